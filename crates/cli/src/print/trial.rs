use std::fmt::Write as _;

use bridgekeeper_engine::trial::{Era, Printed, Stream, Trial};
use bridgekeeper_model::Severity;

use super::counted;
use super::finding::fix_lines;
use super::style::{self, DIM, ERROR, GOOD, TITLE, WARNING, painted};

/// Lines of what the server printed that are shown again at the end.
const LINES_SHOWN: usize = 20;

/// How it starts, what it answered, what it printed, what that means.
pub(crate) fn trial(trial: &Trial) -> String {
    let start = &trial.start;
    let mut text = format!(
        "{} {}\n",
        painted(TITLE, trial.server.as_str()),
        painted(DIM, &format!("by the rules of {}", start.os))
    );
    let mut say = |name: &str, said: &str| {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "  {} {said}", painted(DIM, &format!("{name:<12}")));
    };
    say("command line", &start.command_line);
    say("program", start.program.as_deref().unwrap_or("not found"));
    say("searched", &start.search_path.join(", "));
    say("folder", &start.folder);
    say("variables", &start.environment.join(", "));
    for one in &start.breaks {
        let _ = writeln!(text, "  {} {one}", painted(ERROR, "✗"));
    }
    for one in &start.assumed {
        let _ = writeln!(text, "  {} {one}", painted(DIM, "?"));
    }
    text.push('\n');
    text.push_str(&outcome(trial));
    if !trial.printed.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "What it printed"));
        let left_out = trial.printed.len().saturating_sub(LINES_SHOWN);
        if left_out > 0 {
            let _ = writeln!(text, "  {}", painted(DIM, &format!("({left_out} lines before these)")));
        }
        for line in trial.printed.iter().skip(left_out) {
            let _ = writeln!(text, "{}", printed(line));
        }
    }
    let findings = trial.findings.iter().filter(|finding| finding.severity != Severity::Info);
    for finding in findings {
        let (glyph, paint) = style::severity(finding.severity);
        let id = painted(DIM, &format!("[{}]", finding.id));
        let _ = writeln!(text, "\n{} {} {id}", painted(paint, glyph), finding.message);
        text.push_str(&fix_lines(&finding.fixes));
    }
    text
}

fn outcome(trial: &Trial) -> String {
    let mut text = String::new();
    if let Some(handshake) = &trial.handshake {
        let name = handshake.name.as_deref().unwrap_or("a server without a name");
        let version = handshake.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let era = match handshake.era {
            Era::Initialize => "initialize",
            Era::Stateless => "stateless",
        };
        let said = format!("{name}{version}, {era}, {}", handshake.protocol);
        let _ = writeln!(text, "{} Answered after {} ms: {said}", painted(GOOD, "✓"), handshake.ms);
    } else {
        let why = trial.not_run.as_deref().unwrap_or("it did not answer the first message");
        let _ = writeln!(text, "{} No handshake: {why}", painted(ERROR, "✗"));
    }
    match &trial.tools {
        Some(tools) if tools.is_empty() => {
            let _ = writeln!(text, "{} It listed no tool", painted(WARNING, "!"));
        }
        Some(tools) => {
            let _ = writeln!(
                text,
                "{} {}: {}",
                painted(GOOD, "✓"),
                counted(tools.len(), "tool", "tools"),
                tools.join(", ")
            );
        }
        None => {}
    }
    if let Some(exit) = &trial.exit {
        let _ = writeln!(text, "{} It ended by itself: {}", painted(ERROR, "✗"), exit.said);
    }
    text
}

/// A line that it printed, marked where Claude could not read it.
pub(crate) fn printed(line: &Printed) -> String {
    match line.stream {
        Stream::Stderr => format!("  {} {}", painted(DIM, "│"), line.text),
        Stream::NotProtocol => {
            format!("  {} {}", painted(ERROR, "│ not a message on standard output:"), line.text)
        }
    }
}
