//! `bridgekeeper diagnose --log` on a large log, beside ripgrep that looks for 70 texts in it.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::log_kinds::{KINDS, SIGNATURES, write};
use super::{Bar, Figure, Measured, measure, save, shipped};
use crate::steps::on_path;

/// How many times ripgrep's time it may take.
const TIMES_RIPGREP: f64 = 2.0;
/// The most memory, in MiB.
const MEMORY: f64 = 64.0;

/// Two figures per kind of log: time and peak memory.
pub(super) fn figures(mebibytes: u64, rounds: u32) -> Result<Vec<Figure>> {
    let bridgekeeper = shipped("bridgekeeper-cli", "bridgekeeper")?;
    let ripgrep = on_path("rg").then(|| PathBuf::from("rg"));
    if ripgrep.is_none() {
        println!(
            "ripgrep is missing, so nothing is compared: apt-get install ripgrep, or cargo install ripgrep"
        );
    }
    let folder = tempdir()?;
    let texts = folder.path().join("texts");
    save(&texts, &SIGNATURES.join("\n"))?;
    let mut figures = Vec::new();
    for kind in KINDS {
        println!("writing {mebibytes} MiB: {}", kind.what);
        let log = folder.path().join(kind.file);
        write(kind, &log, mebibytes).with_context(|| format!("could not write {}", log.display()))?;
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        println!("measuring");
        let peer = match &ripgrep {
            Some(rg) => {
                let mut arguments = words(&["-c", "-F", "-f"]);
                arguments.extend([texts.clone().into(), log.clone().into()]);
                // 1: no line holds any of them
                Some(("rg", measure(rg, &arguments, &[0, 1], rounds)?.seconds))
            }
            None => None,
        };
        let mut arguments = words(&["diagnose", "--json", "--log"]);
        arguments.push(log.clone().into());
        let Measured { seconds, peak_mib } = measure(&bridgekeeper, &arguments, &[0, 1], rounds)?;
        std::fs::remove_file(&log)?;
        let what = format!("logs: {}", kind.what);
        let bar = Some(Bar::TimesPeer(TIMES_RIPGREP));
        figures.push(Figure { what: what.clone(), unit: "s", value: seconds, peer, bar });
        if let Some(value) = peak_mib {
            let bar = Some(Bar::AtMost(MEMORY));
            figures.push(Figure { what: format!("{what}, memory"), unit: "MiB", value, peer: None, bar });
        }
    }
    Ok(figures)
}

fn tempdir() -> Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("bridgekeeper-bench-").tempdir().context("no temporary folder")
}
