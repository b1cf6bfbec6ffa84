//! `cargo xtask fuzz`: libFuzzer looks for input that breaks a parser.
//!
//! Works with the stable compiler: what libFuzzer needs is code that counts where it has been, which LLVM adds when
//! asked. Unsafe code is denied in this workspace, so no sanitizer is needed.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::requirements::{C_COMPILER, CXX_COMPILER, ensure};
use crate::steps::{Steps, cargo, command, must_pass};
use crate::workspace;

/// The passes that libFuzzer is fed by, and names for its modules that keep their paths apart.
const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Ccodegen-units=1",
];

#[derive(Args)]
pub(crate) struct Options {
    /// A target by its folder under fuzz/seeds; all of them one after the other where none is given
    target: Option<String>,
    /// How long each target is searched
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the targets and searches.
pub(crate) fn run(options: &Options) -> Result<()> {
    let all = targets()?;
    let chosen = match &options.target {
        None => all,
        Some(name) if all.contains(name) => vec![name.clone()],
        Some(name) => bail!("there is no target {name}; there are {}", all.join(", ")),
    };
    let mut steps = Steps::default();
    steps.step("requirements", || ensure(&[&C_COMPILER, &CXX_COMPILER]))?;
    let mut program = PathBuf::new();
    steps.step("fuzz targets", || {
        program = build()?;
        Ok(())
    })?;
    for target in chosen {
        steps.step(&target, || search(&program, &target, options.seconds))?;
    }
    steps.summary();
    Ok(())
}

/// Each target has a folder of seeds; a test of theirs compares.
fn targets() -> Result<Vec<String>> {
    let folder = workspace().join("fuzz/seeds");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}

/// In a folder of its own: with these flags everything is built anew.
fn build() -> Result<PathBuf> {
    let host = host_triple()?;
    let mut build = cargo();
    build
        .args(["build", "--release", "--package", "bridgekeeper-fuzz", "--features", "libfuzzer"])
        .args(["--target", &host, "--target-dir", "target/fuzz"])
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
        .env("CARGO_PROFILE_RELEASE_LTO", "off");
    must_pass(&mut build)?;
    let name = format!("bridgekeeper-fuzz{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace().join("target/fuzz").join(host).join("release").join(name))
}

/// What is found new is kept under target/fuzz and searched from next time; what breaks a target is named.
fn search(program: &PathBuf, target: &str, seconds: u32) -> Result<()> {
    let corpus = workspace().join("target/fuzz/corpus").join(target);
    let broken = workspace().join("target/fuzz/broken").join(target);
    std::fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    std::fs::create_dir_all(&broken).with_context(|| format!("cannot make {}", broken.display()))?;
    must_pass(
        command(program)
            .env("BRIDGEKEEPER_FUZZ_TARGET", target)
            .arg(corpus)
            .arg(workspace().join("fuzz/seeds").join(target))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .args(["-timeout=10", "-max_len=4096", "-print_final_stats=1", "-verbosity=0"]),
    )
}

fn host_triple() -> Result<String> {
    let output = command("rustc").arg("-vV").output().context("could not start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}
