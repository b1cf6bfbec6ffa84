//! `bridgekeeper doctor` on the demo's home, and on one without Claude.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Bar, Figure, measure, shipped, target};
use crate::steps::{cargo, command, must_pass};

/// The longest that a look may take, in ms.
const LOOK: f64 = 150.0;

pub(super) fn figures(rounds: u32) -> Result<Vec<Figure>> {
    let bridgekeeper = shipped("bridgekeeper-cli", "bridgekeeper")?;
    println!("building the demo's home");
    must_pass(cargo().args([
        "build",
        "--quiet",
        "--package",
        "bridgekeeper-testkit",
        "--bin",
        "bridgekeeper-demo",
    ]))?;
    let folder =
        tempfile::Builder::new().prefix("bridgekeeper-bench-").tempdir().context("no temporary folder")?;
    let (demo, empty) = (folder.path().join("demo"), folder.path().join("empty"));
    std::fs::create_dir_all(&demo)?;
    std::fs::create_dir_all(&empty)?;
    let maker = target().join("debug").join(format!("bridgekeeper-demo{}", std::env::consts::EXE_SUFFIX));
    must_pass(command(maker).arg("--only-home").arg(&demo))?;
    [("the demo's home", &demo), ("an empty home", &empty)]
        .into_iter()
        .map(|(what, home)| {
            let took = measure(&bridgekeeper, &arguments(home), &[0, 1], rounds.max(5))?;
            let bar = Some(Bar::AtMost(LOOK));
            Ok(Figure {
                what: format!("doctor: {what}"),
                unit: "ms",
                value: took.seconds * 1000.0,
                peer: None,
                bar,
            })
        })
        .collect()
}

fn arguments(home: &Path) -> Vec<OsString> {
    vec!["doctor".into(), "--json".into(), "--home".into(), home.into()]
}
