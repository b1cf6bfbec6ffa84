//! The desktop app as it is shipped, on the demo's home: when its icon and its window are there, and what it costs at
//! rest. On a display and a session bus of its own, so nothing opens on the screen of who measures.

use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{Bar, Figure, target};
use crate::steps::{cargo, command, must_pass};
use crate::{package, window};

/// Starts the app and looks at it.
const MEASURE: &str = "bridgekeeper-desktop-bench";

/// Name in the output, what it is, unit, and the most it may be.
const BARS: [(&str, &str, &str, f64); 5] = [
    ("tray_ms", "start to tray", "ms", 400.0),
    ("content_ms", "start to first content", "ms", 700.0),
    ("line_ms", "a log line on the screen", "ms", 200.0),
    ("memory_mib", "anonymous memory without a window", "MiB", 60.0),
    ("idle_percent", "processor in an idle minute", "%", 0.1),
];

pub(super) fn figures(rounds: u32) -> Result<Vec<Figure>> {
    if !cfg!(target_os = "linux") {
        println!("desktop: not measured, it uses a virtual display and a session bus, which only Linux has");
        return Ok(Vec::new());
    }
    println!("building bridgekeeper-desktop as it is shipped");
    let programs = package::shipped_programs()?;
    window::requirements_of_tests()?;
    must_pass(cargo().args([
        "build",
        "--quiet",
        "--package",
        "bridgekeeper-desktop-tests",
        "--bin",
        MEASURE,
    ]))?;
    println!("measuring bridgekeeper-desktop");
    let output = command(target().join("debug").join(MEASURE))
        .arg(rounds.max(1).to_string())
        .env("BRIDGEKEEPER_DESKTOP", programs.join("bridgekeeper-desktop"))
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("the app was not measured");
    }
    let measured: Value = serde_json::from_str(&text).with_context(|| format!("{MEASURE} gave {text}"))?;
    rows(&measured)
}

fn rows(measured: &Value) -> Result<Vec<Figure>> {
    let row = |(name, what, unit, most): (&str, &str, &'static str, f64)| {
        let value = measured[name].as_f64().with_context(|| format!("{name} was not measured"))?;
        Ok(Figure { what: format!("desktop: {what}"), unit, value, peer: None, bar: Some(Bar::AtMost(most)) })
    };
    BARS.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_figure_is_held_against_its_bar() {
        let measured = json!({
            "tray_ms": 399.0, "content_ms": 701.0, "line_ms": 20.0, "memory_mib": 31.5, "idle_percent": 0.05,
        });
        let kept: Vec<_> = rows(&measured).unwrap().iter().map(Figure::meets_its_bar).collect();
        assert_eq!(kept, [Some(true), Some(false), Some(true), Some(true), Some(true)]);
    }

    #[test]
    fn a_figure_that_is_missing_is_told_and_not_taken_for_a_good_one() {
        let error = rows(&json!({ "tray_ms": 1.0 })).err().unwrap();
        assert_eq!(error.to_string(), "content_ms was not measured");
    }
}
