//! The desktop app as it is shipped, on the demo's home: when its icon and its window are there, what it costs at rest,
//! and how smooth it scrolls through a thousand servers and a log of 100 MB. On a display and a session bus of its own, so
//! nothing opens on the screen of who measures. The same pages are scrolled in Chromium on invented servers, where it can
//! be told how much of a frame is their own work.

use std::fs;
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

/// The longest that a frame may last, in milliseconds.
const FRAME: f64 = 50.0;

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
    let mut figures = rows(&measured)?;
    figures.extend(frames("desktop", &measured["scrolls"])?);
    figures.extend(frames("in Chromium", &in_chromium(rounds)?)?);
    Ok(figures)
}

fn in_chromium(rounds: u32) -> Result<Value> {
    println!("scrolling the pages in Chromium");
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("frames.json");
    window::frames(rounds, &file)?;
    let text = fs::read_to_string(file).context("the pages gave no figures")?;
    Ok(serde_json::from_str(&text)?)
}

/// Of each scroll its longest frame, how long all but one in a hundred last, how many are too long, and, where it is
/// known, the most work that one held.
fn frames(place: &str, scrolls: &Value) -> Result<Vec<Figure>> {
    let scrolls = scrolls.as_object().with_context(|| format!("{place}: nothing was scrolled"))?;
    let mut figures = Vec::new();
    for (name, scroll) in scrolls {
        let mut row = |key: &str, what: &str, unit, bar| {
            let value = scroll[key].as_f64();
            figures.extend(value.map(|value| Figure {
                what: format!("{place}: {name}, {what}"),
                unit,
                value,
                peer: None,
                bar,
            }));
            value.is_some()
        };
        if !row("worst_ms", "longest frame", "ms", Some(Bar::AtMost(FRAME))) {
            bail!("{place}: {name} was not measured");
        }
        row("p99_ms", "99 of 100 frames within", "ms", None);
        row("over", "frames over 50 ms", "frames", None);
        row("work_ms", "most work in a frame", "ms", None);
    }
    Ok(figures)
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
    fn a_scroll_is_held_against_its_longest_frame() {
        let scrolls = json!({
            "a log": { "worst_ms": 51.0, "p99_ms": 17.0, "over": 1, "work_ms": 12.0 },
            "servers": { "worst_ms": 33.0, "p99_ms": 17.0, "over": 0 },
        });
        let figures = frames("desktop", &scrolls).unwrap();
        let kept: Vec<_> =
            figures.iter().filter_map(|figure| Some((&*figure.what, figure.meets_its_bar()?))).collect();
        let wanted = [("desktop: a log, longest frame", false), ("desktop: servers, longest frame", true)];
        assert_eq!((kept, figures.len()), (wanted.to_vec(), 7));
        assert!(frames("desktop", &json!({ "a log": {} })).is_err());
        assert!(frames("desktop", &json!(null)).is_err());
    }

    #[test]
    fn a_figure_that_is_missing_is_told_and_not_taken_for_a_good_one() {
        let error = rows(&json!({ "tray_ms": 1.0 })).err().unwrap();
        assert_eq!(error.to_string(), "content_ms was not measured");
    }
}
