//! The bundle as a text that reads well as it is.

use std::fmt::Write as _;

use bridgekeeper_formats::secrets::{Redacted, Redactor};
use bridgekeeper_model::{Health, Severity};

use super::{Bundle, FindingPart, Section, TextPart};

/// Findings in the text to paste; the file has them all.
const FINDINGS_IN_BODY: usize = 3;

pub(super) const INTRODUCTION: &str = "\
Read this before you send it: it is everything that would be sent, and nothing was sent yet. Values of variables and \
headers, tokens, sign-in codes, keys, names of people, e-mail addresses and words that look random were replaced by \
`••••`, your home folder by `~`. Names of servers, their addresses and the texts of errors are still there.";

/// The whole file.
pub(super) fn whole(bundle: &Bundle) -> String {
    let mut text = format!("# Bridgekeeper report, {}\n\n{INTRODUCTION}\n", bundle.made_at);
    for section in sections(bundle) {
        // Writing to a String cannot fail, here and below.
        let _ = write!(text, "\n## {}\n\n{}\n", section.title, section.text.trim_end());
    }
    text
}

/// All that stands below the introduction.
pub(super) fn sections(bundle: &Bundle) -> Vec<Section> {
    let parts = |parts: &[TextPart]| parts.iter().map(part).collect::<String>();
    let findings = match bundle.findings.as_slice() {
        [] => "None.\n".to_owned(),
        findings => findings.iter().map(finding).collect(),
    };
    let not_checked = bundle.not_checked.iter().map(|(check, why)| format!("- {check}: {why}\n"));
    let sections = [
        ("Where to report it", to_paste(bundle)),
        ("Environment", environment(bundle)),
        ("Running processes", list(&bundle.processes)),
        ("Running bridges", list(&bundle.bridges)),
        ("Computer", list(&bundle.computer)),
        ("Servers", servers(bundle)),
        ("Findings", findings),
        ("Config files", parts(&bundle.configs)),
        ("Logs", parts(&bundle.logs)),
        ("Not checked", not_checked.collect()),
    ];
    let sections = sections.into_iter();
    sections.map(|(title, text)| Section { title, text: text.trim_matches('\n').to_owned() }).collect()
}

fn to_paste(bundle: &Bundle) -> String {
    format!(
        "{}\n\nTitle to paste:\n\n{}\n\nText to paste:\n\n{}\n",
        tracker(bundle),
        fenced(bundle.title.as_str()),
        fenced(body(bundle).as_str())
    )
}

fn servers(bundle: &Bundle) -> String {
    let mut text = String::from("| server | state | since | found |\n| --- | --- | --- | --- |\n");
    for server in &bundle.servers {
        let cells =
            [server.name.as_str(), state(server.state), server.since.as_str(), server.findings.as_str()];
        let cells = cells.map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " "));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// The text to paste. It is made of what was redacted, and goes through a redactor once more because that is how such
/// a text is made.
pub(super) fn body(bundle: &Bundle) -> Redacted {
    let mut text = String::from("What happens:\n");
    let wrong: Vec<&FindingPart> =
        bundle.findings.iter().filter(|one| one.severity != Severity::Info).collect();
    for one in wrong.iter().take(FINDINGS_IN_BODY) {
        text.push_str(&finding(one));
    }
    if wrong.is_empty() {
        text.push_str("\n(Say here what does not work; no known cause was found.)\n");
    }
    let _ = write!(text, "\nEnvironment:\n\n{}", environment(bundle));
    text.push_str("\nThe full report of Bridgekeeper, without secrets, is attached.\n");
    Redactor::new().redact(&text)
}

fn tracker(bundle: &Bundle) -> String {
    let tracker = &bundle.tracker;
    match &tracker.address {
        Some(address) => format!("{}\n\nReport it to {}: <{address}>", tracker.why, tracker.name),
        None => format!("{}", tracker.why),
    }
}

fn environment(bundle: &Bundle) -> String {
    let lines = bundle.environment.iter().map(|(name, value)| format!("- {name}: {value}\n"));
    lines.collect()
}

fn list(lines: &[Redacted]) -> String {
    if lines.is_empty() {
        return "Nothing was found; what could not be looked at is under Not checked.\n".to_owned();
    }
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "- {line}");
    }
    text
}

fn finding(finding: &FindingPart) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let server = finding.server.as_ref().map(|server| format!("{server}: ")).unwrap_or_default();
    let mut text = format!("\n- **{severity}** `{}` {server}{}\n", finding.id, finding.message);
    if !finding.evidence.is_empty() {
        let lines: Vec<&str> = finding.evidence.iter().map(Redacted::as_str).collect();
        let _ = writeln!(text, "\n{}", fenced(&lines.join("\n")));
    }
    for fix in &finding.fixes {
        let _ = writeln!(text, "  - {fix}");
    }
    text
}

fn part(part: &TextPart) -> String {
    let mut text = format!("\n### {}\n\n{}\n", part.heading, part.about);
    if !part.text.as_str().is_empty() {
        let _ = writeln!(text, "\n{}", fenced(part.text.as_str()));
    }
    text
}

/// Between fences that the text itself cannot close.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_end())
}

const fn state(state: Health) -> &'static str {
    match state {
        Health::Failing => "failing",
        Health::NeedsSignIn => "needs sign-in",
        Health::Starting => "starting",
        Health::Connected => "connected",
        Health::Stopped => "stopped",
        Health::NeverSeen => "never seen",
        Health::Off => "off",
    }
}
