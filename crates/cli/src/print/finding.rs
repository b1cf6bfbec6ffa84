use std::fmt::Write as _;
use std::path::Path;

use bridgekeeper_model::{Applicability, Evidence, Finding, Fix, ServerName, Severity, Verdict};

use super::style::{self, DIM, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted, name_of};

/// Lines of evidence that are shown of each finding.
const EVIDENCE_SHOWN: usize = 3;

/// A finding: one sentence, the lines that prove it, what to do.
pub(super) fn finding(finding: &Finding, setting: Setting<'_>) -> String {
    let (glyph, paint) = style::severity(finding.severity);
    let mut text = String::new();
    let sentence = sentence(finding.server.as_ref(), &finding.message);
    let id = painted(DIM, &format!("[{}]", finding.id));
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "{} {sentence} {id}", painted(paint, glyph));
    for evidence in finding.evidence.iter().take(EVIDENCE_SHOWN) {
        let _ = writeln!(text, "    {}", line(evidence, setting));
    }
    text.push_str(&fix_lines(&finding.fixes));
    if finding.fixes.is_empty() && finding.severity != Severity::Info {
        let command = setting.command(&format!("explain {}", finding.id));
        let _ = writeln!(text, "    {} {command}", painted(DIM, "what to do:"));
    }
    text
}

/// What can be done. Where a fix can be made at once, work by hand is not worth a line.
pub(super) fn fix_lines(fixes: &[Fix]) -> String {
    let at_once = fixes.iter().any(|fix| fix.applicability == Applicability::Automatic);
    let shown = fixes.iter().filter(|fix| !at_once || fix.applicability != Applicability::Manual);
    let mut text = String::new();
    for fix in shown {
        let _ = writeln!(text, "    {}", fix_line(fix));
    }
    text
}

/// The sentence with its server set off: where the sentence begins with the name, that is it.
pub(super) fn sentence(server: Option<&ServerName>, message: &str) -> String {
    let Some(server) = server else { return message.to_owned() };
    let name = painted(TITLE, &name_of(server));
    match message.strip_prefix(&format!("`{server}`")) {
        Some(rest) => format!("{name}{rest}"),
        None => format!("{name}: {message}"),
    }
}

/// A note is worth one line, however many servers it concerns.
pub(super) fn notes<'a>(notes: impl Iterator<Item = (&'a str, Option<&'a ServerName>, &'a str)>) -> String {
    let mut grouped: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for (id, server, message) in notes {
        match grouped.iter_mut().find(|(known, _, _)| *known == id) {
            Some((_, _, others)) => others.extend(server.map(ServerName::as_str)),
            None => grouped.push((id, sentence(server, message), vec![])),
        }
    }
    let mut text = String::new();
    for (id, sentence, mut others) in grouped {
        others.dedup();
        let also = if others.is_empty() { String::new() } else { format!(" Also: {}.", others.join(", ")) };
        let id = painted(DIM, &format!("[{id}]"));
        let _ = writeln!(text, "{} {sentence}{also} {id}", painted(DIM, "·"));
    }
    text
}

pub(super) fn fix_line(fix: &Fix) -> String {
    let who = match fix.applicability {
        Applicability::Automatic => "fix",
        Applicability::Ask => "fix on request",
        Applicability::Manual => "to do",
    };
    format!("{} {} {}", painted(DIM, &format!("{who}:")), fix.title, painted(DIM, &format!("[{}]", fix.id)))
}

fn line(evidence: &Evidence, setting: Setting<'_>) -> String {
    let file = match evidence.file.as_str() {
        "-" => "standard input".to_owned(),
        file => Path::new(file)
            .file_name()
            .map_or_else(|| setting.path(Path::new(file)), |name| name.to_string_lossy().into_owned()),
    };
    format!("{} {}", painted(DIM, &format!("{file}:{}", evidence.line)), evidence.text)
}

/// How many of what.
pub(super) fn summary(severities: impl Iterator<Item = Severity>) -> String {
    let severities: Vec<Severity> = severities.collect();
    let count = |wanted: Severity| severities.iter().filter(|severity| **severity == wanted).count();
    let parts: Vec<String> = [
        (count(Severity::Error), "error", "errors"),
        (count(Severity::Warning), "warning", "warnings"),
        (count(Severity::Info), "note", "notes"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, one, many)| counted(number, one, many))
    .collect();
    parts.join(", ")
}

/// What logs say.
pub(crate) fn diagnosis(verdict: Verdict, findings: &[Finding], setting: Setting<'_>) -> String {
    let mut text = match verdict {
        Verdict::Ok => painted(GOOD, "✓ These lines show no failure."),
        Verdict::Problem => {
            painted(TITLE, &format!("Found {}.", summary(findings.iter().map(|f| f.severity))))
        }
        Verdict::Inconclusive => {
            painted(WARNING, "? These lines prove nothing.")
                + " Hand in more of the log, from the last \"Initializing server\" on."
        }
    };
    text.push('\n');
    for one in findings {
        text.push('\n');
        text.push_str(&finding(one, setting));
    }
    if let Some(first) = findings.first() {
        let command = setting.command(&format!("explain {}", first.id));
        let _ = writeln!(text, "\nMore about the first one: {command}");
    }
    text
}
