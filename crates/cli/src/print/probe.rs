use std::fmt::Write as _;

use bridgekeeper_engine::probe::{Report, StageReport, Status, Who};
use bridgekeeper_model::{Finding, Severity};

use super::style::{self, DIM, ERROR, GOOD, TITLE, WARNING, painted};

/// The longest name of a stage, in characters.
const STAGE_WIDTH: usize = 20;

/// One line per stage, what belongs to it below, and then who can use the server.
pub(crate) fn probed(report: &Report) -> String {
    let mut text = format!("{}\n\n", painted(TITLE, &report.url));
    for stage in &report.stages {
        text.push_str(&line(stage));
    }
    let _ = writeln!(text, "\n{}", painted(TITLE, "Who can use it"));
    for who in &report.who {
        text.push_str(&client(who));
    }
    let as_of: Vec<_> = report.who.iter().map(|who| who.as_of).max().into_iter().collect();
    let _ = writeln!(
        text,
        "\n{}",
        painted(DIM, &format!("What is known of clients is as of {}.", as_of.join("")))
    );
    text
}

fn line(report: &StageReport) -> String {
    let (glyph, word, paint) = match report.status {
        Status::Passed if worst(report) == Some(Severity::Warning) => ("!", "ok, but", WARNING),
        Status::Passed => ("✓", "ok", GOOD),
        Status::Failed => ("✗", "failed", ERROR),
        Status::NotChecked => ("?", "not checked", DIM),
        Status::NotNeeded => ("–", "not needed", DIM),
    };
    let state = painted(paint, &format!("{glyph} {word:<11}"));
    let took = match report.status {
        Status::Passed | Status::Failed => format!("{} ms", report.elapsed.as_millis()),
        Status::NotChecked | Status::NotNeeded => String::new(),
    };
    let took = painted(DIM, &format!("{took:>8}"));
    // Writing to a String cannot fail, here and below.
    let mut text = format!("  {state} {:<STAGE_WIDTH$} {took}  {}\n", report.stage, report.message);
    for detail in &report.details {
        let _ = writeln!(text, "      {}", painted(DIM, detail));
    }
    for finding in &report.findings {
        text.push_str(&advice(finding, &report.message));
    }
    text
}

fn worst(report: &StageReport) -> Option<Severity> {
    report.findings.iter().map(|finding| finding.severity).min()
}

/// What to do. Where the finding only repeats the stage's sentence, that is left out.
fn advice(finding: &Finding, said: &str) -> String {
    let (glyph, paint) = style::severity(finding.severity);
    let text = finding.message.strip_prefix(said).unwrap_or(&finding.message).trim_start();
    let id = painted(DIM, &format!("[{}]", finding.id));
    format!("      {} {text} {id}\n", painted(paint, glyph))
}

fn client(who: &Who) -> String {
    let (glyph, word, paint) = match who.ok {
        Some(true) => ("✓", "yes", GOOD),
        Some(false) => ("✗", "no", ERROR),
        None => ("?", "unknown", DIM),
    };
    let state = painted(paint, &format!("{glyph} {word:<7}"));
    format!("  {state} {}\n      {}\n", painted(TITLE, who.client), painted(DIM, &who.why))
}
