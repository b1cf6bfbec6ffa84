//! Measures a stdio bridge, whoever made it: `cargo xtask bench bridge` calls it.
//!
//! Three roles, each a process of its own, so that none pays for another: a server that costs next to nothing, a host
//! that drives a bridge over its standard input and output, and the same calls over bare HTTP with the workspace's own
//! client. A copier, which the host drives like a bridge, shows what large results cost any of them.
#![expect(clippy::print_stdout, reason = "its output is what it measured")]

mod bare;
mod copier;
mod host;
mod process;
mod server;
mod stdio;
mod workload;

use std::ffi::OsString;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    match words.as_slice() {
        ["server"] => server::run(),
        ["bare", url] => print(&bare::measure(url)?),
        ["copier", url] => copier::run(url),
        ["bridge", program, arguments @ ..] => print(&host::measure(program, arguments)?),
        _ => bail!("usage: bridgekeeper-bench server | bare URL | copier URL | bridge PROGRAM ARGUMENTS"),
    }
}

fn print(measured: &serde_json::Value) -> Result<()> {
    println!("{}", serde_json::to_string(measured).context("figures")?);
    Ok(())
}
