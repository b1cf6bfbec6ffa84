//! `mcp-bridge` beside `mcp-remote`, `hyper-mcp-remote` and the same calls over bare HTTP: one server, one host, all in
//! turn in each round.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{Bar, Figure, shipped, sizes, target};
use crate::steps::{cargo, command, must_pass};

const MCP_REMOTE: &str = "0.15.1";
const HYPER_MCP_REMOTE: &str = "0.5.0";

/// The most memory after 1,000 calls, in MiB.
const MEMORY: f64 = 10.0;
/// The most memory with results of 10 MiB, in MiB.
const MEMORY_LARGE: f64 = 64.0;

/// Everything that can carry the calls.
struct Programs {
    ours: PathBuf,
    hyper: PathBuf,
    mcp_remote: PathBuf,
    bench: PathBuf,
}

/// The best of all rounds.
#[derive(Default)]
struct Best {
    ours: Value,
    hyper: Value,
    mcp_remote: Value,
    bare: Value,
    copier: Value,
}

pub(super) fn figures(rounds: u32) -> Result<Vec<Figure>> {
    let programs = Programs {
        ours: shipped("bridgekeeper-bridge", "mcp-bridge")?,
        bench: shipped("bridgekeeper-bench", "bridgekeeper-bench")?,
        hyper: installed_hyper()?,
        mcp_remote: installed_mcp_remote()?,
    };
    let mut best = Best::default();
    for round in 1..=rounds.max(1) {
        println!("measuring bridges, round {round}");
        // Anew for each round, so that no bridge finds a server that another has worn.
        let server = Server::start(&programs.bench)?;
        let bridge = |words: &[&Path]| measured(&programs.bench, "bridge", words);
        let url = Path::new(&server.url);
        // Once for nothing: a server that has just begun is slower for whoever comes first.
        measured(&programs.bench, "bare", &[url])?;
        keep_better(&mut best.bare, &measured(&programs.bench, "bare", &[url])?);
        keep_better(&mut best.ours, &bridge(&[&programs.ours, url])?);
        keep_better(&mut best.copier, &bridge(&[&programs.bench, "copier".as_ref(), url])?);
        keep_better(&mut best.hyper, &bridge(&[&programs.hyper, url, "--no-auth".as_ref()])?);
        let node: &Path = "node".as_ref();
        let http: [&Path; 2] = ["--transport".as_ref(), "http-only".as_ref()];
        keep_better(&mut best.mcp_remote, &bridge(&[node, &programs.mcp_remote, url, http[0], http[1]])?);
    }
    let mut rows = rows(&best)?;
    rows.extend(sizes::figures(&programs.ours, &programs.hyper, &programs.mcp_remote)?);
    Ok(rows)
}

fn rows(best: &Best) -> Result<Vec<Figure>> {
    let Best { ours, hyper, mcp_remote, bare, copier } = best;
    let of = |measured: &Value, name: &str| {
        measured[name].as_f64().with_context(|| format!("{name} was not measured"))
    };
    let row = |what: &str, unit, name: &str, peer: &'static str, measured: &Value, bar| -> Result<Figure> {
        let peer = Some((peer, of(measured, name)?));
        Ok(Figure { what: format!("bridge: {what}"), unit, value: of(ours, name)?, peer, bar: Some(bar) })
    };
    let added = |measured: &Value| anyhow::Ok(of(measured, "call_us")? - of(bare, "call_us")?);
    let added_row = |peer, measured: &Value, times| -> Result<Figure> {
        let what = "bridge: added to a call (p50)".to_owned();
        let peer = Some((peer, added(measured)?));
        Ok(Figure { what, unit: "µs", value: added(ours)?, peer, bar: Some(Bar::TimesPeer(times)) })
    };
    let (remote, native, none) = ("mcp-remote", "hyper-mcp-remote", "bare HTTP");
    let start = "start to first answer";
    let mut rows = vec![
        row(start, "ms", "start_ms", remote, mcp_remote, Bar::TimesPeer(1.0 / 30.0))?,
        row(start, "ms", "start_ms", native, hyper, Bar::TimesPeer(0.25))?,
        added_row(remote, mcp_remote, 1.0 / 25.0)?,
        added_row(native, hyper, 1.0 / 3.0)?,
    ];
    for (what, name, times) in [
        ("64 calls at once", "calls_per_second", 0.6),
        ("10 MiB results as JSON", "json_mib_per_second", 0.5),
        ("10 MiB results as events", "sse_mib_per_second", 0.5),
    ] {
        let unit = if name == "calls_per_second" { "/s" } else { "MiB/s" };
        rows.push(row(what, unit, name, none, bare, Bar::AtLeastTimesPeer(times))?);
        rows.push(row(what, unit, name, native, hyper, Bar::AtLeastTimesPeer(2.0))?);
        rows.push(row(what, unit, name, remote, mcp_remote, Bar::AtLeastTimesPeer(1.0))?);
        // It carries one call at a time.
        if unit == "MiB/s" {
            let (what, peer) = (format!("bridge: {what}"), Some(("a copier", of(copier, name)?)));
            rows.push(Figure { what, unit, value: of(ours, name)?, peer, bar: None });
        }
    }
    // Not every system tells these of another process.
    if ours["peak_mib"].is_f64() {
        let memory = "peak memory after 1,000 calls";
        rows.push(row(memory, "MiB", "peak_mib", remote, mcp_remote, Bar::AtMost(MEMORY))?);
        rows.push(row(memory, "MiB", "peak_mib", native, hyper, Bar::AtMost(MEMORY))?);
        let large = "peak memory with 10 MiB results";
        rows.push(row(large, "MiB", "large_peak_mib", native, hyper, Bar::AtMost(MEMORY_LARGE))?);
        let cpu = "processor time of a call";
        rows.push(row(cpu, "µs", "cpu_us", remote, mcp_remote, Bar::TimesPeer(1.0))?);
        rows.push(row(cpu, "µs", "cpu_us", native, hyper, Bar::TimesPeer(0.25))?);
    }
    Ok(rows)
}

/// Rates count by the highest; memory too, for it is the peak that matters; times by the shortest.
fn keep_better(best: &mut Value, new: &Value) {
    for (name, value) in new.as_object().into_iter().flatten() {
        let more_counts = name.ends_with("per_second") || name.contains("peak");
        let is_better = match (best[name].as_f64(), value.as_f64()) {
            (Some(known), Some(new)) => (new > known) == more_counts,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if is_better {
            best[name] = value.clone();
        }
    }
}

fn measured(bench: &Path, role: &str, words: &[&Path]) -> Result<Value> {
    let output = command(bench).arg(role).args(words).stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{role} {words:?} was not measured");
    }
    println!("{}: {}", words[0].display(), text.trim());
    serde_json::from_str(&text).with_context(|| format!("{role} {words:?} gave {text}"))
}

/// The server, for as long as this lives.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(bench: &Path) -> Result<Self> {
        let mut child = command(bench).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("a pipe")?).read_line(&mut line)?;
        let port = line.trim().strip_prefix("listening on ").context("the server names no port")?;
        Ok(Self { child, url: format!("http://127.0.0.1:{port}/mcp") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn installed_hyper() -> Result<PathBuf> {
    let folder = target().join("tools").join(format!("hyper-mcp-remote-{HYPER_MCP_REMOTE}"));
    let program = folder.join("bin").join(format!("hyper-mcp-remote{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("building hyper-mcp-remote {HYPER_MCP_REMOTE} (many minutes, once per checkout)");
        must_pass(
            cargo()
                .args(["install", "--quiet", "--locked", "--version", HYPER_MCP_REMOTE, "--root"])
                .arg(&folder)
                .arg("hyper-mcp-remote"),
        )?;
    }
    Ok(program)
}

fn installed_mcp_remote() -> Result<PathBuf> {
    let folder = target().join("tools").join(format!("mcp-remote-{MCP_REMOTE}"));
    let program = folder.join("node_modules/mcp-remote/dist/proxy.js");
    if !program.is_file() {
        println!("installing mcp-remote {MCP_REMOTE}");
        std::fs::create_dir_all(&folder)?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        must_pass(
            command(npm)
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
                .arg(&folder)
                .arg(format!("mcp-remote@{MCP_REMOTE}")),
        )?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_better_of_two_rounds_counts() {
        let mut best = Value::Null;
        for (start, rate, peak) in [(3.0, 10.0, 5.0), (2.0, 9.0, 6.0)] {
            let round = json!({ "start_ms": start, "calls_per_second": rate, "peak_mib": peak });
            keep_better(&mut best, &round);
        }
        assert_eq!(best, json!({ "start_ms": 2.0, "calls_per_second": 10.0, "peak_mib": 6.0 }));
    }
}
