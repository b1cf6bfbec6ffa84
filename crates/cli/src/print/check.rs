use std::fmt::Write as _;
use std::path::Path;

use bridgekeeper_engine::{ConfigCheck, PlacedFinding};
use bridgekeeper_model::{Applicability, Severity};

use super::finding::{fix_lines, notes, sentence, summary};
use super::style::{self, DIM, ERROR, GOOD, TITLE, painted};
use super::{Setting, shell_word};

/// Characters of a line that a code frame shows up to the end of the place.
const FRAME_WIDTH: usize = 100;

/// The problems of a config file, each with its place.
pub(crate) fn check(path: &Path, check: &ConfigCheck, setting: Setting<'_>) -> String {
    let mut text = String::new();
    let parses = if check.parses {
        painted(GOOD, "✓ valid JSON")
    } else {
        painted(ERROR, "✗ not valid JSON, so Claude reads nothing of it")
    };
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "{}\n  {parses}", painted(TITLE, &setting.path(path)));
    if check.findings.is_empty() {
        let _ = writeln!(text, "  {}", painted(GOOD, "✓ no problem found in it"));
        return text;
    }
    let _ = writeln!(text, "  {}", summary(check.findings.iter().map(|finding| finding.severity)));
    let (infos, problems): (Vec<_>, Vec<_>) =
        check.findings.iter().partition(|finding| finding.severity == Severity::Info);
    for finding in problems {
        text.push('\n');
        text.push_str(&placed(finding));
    }
    if !infos.is_empty() {
        text.push('\n');
    }
    text.push_str(&notes(
        infos.iter().map(|note| (note.id.as_str(), note.server.as_ref(), note.message.as_str())),
    ));
    let automatic = |finding: &PlacedFinding| {
        finding.fixes.iter().any(|fix| fix.applicability == Applicability::Automatic)
    };
    if check.findings.iter().any(automatic) {
        let file = shell_word(&path.to_string_lossy());
        let command = setting.command(&format!("fix-config {file} --diff"));
        let _ = writeln!(text, "\nSee the repair, before anything is written:\n  {command}");
    }
    text
}

fn placed(finding: &PlacedFinding) -> String {
    let (glyph, paint) = style::severity(finding.severity);
    let mut text = String::new();
    let sentence = sentence(finding.server.as_ref(), &finding.message);
    let id = painted(DIM, &format!("[{}]", finding.id));
    let _ = writeln!(text, "{} {sentence} {id}", painted(paint, glyph));
    text.push_str(&frame(finding));
    text.push_str(&fix_lines(&finding.fixes));
    text
}

/// The line, with marks below the place. Of a long line the part around the place is shown.
fn frame(finding: &PlacedFinding) -> String {
    let one_column = |text: &str| text.replace('\t', " ");
    let before = one_column(&finding.frame.before);
    let marked: String = one_column(&finding.frame.marked).chars().take(FRAME_WIDTH).collect();
    let after: String = one_column(&finding.frame.after).chars().take(FRAME_WIDTH / 4).collect();
    let left_out = (before.chars().count() + marked.chars().count()).saturating_sub(FRAME_WIDTH);
    let before: String = before.chars().skip(left_out).collect();
    let indent = " ".repeat(before.chars().count());
    let marks = "^".repeat(marked.chars().count().max(1));
    let (number, bar) = (painted(DIM, &format!("{:>6}", finding.line)), painted(DIM, "|"));
    format!(
        "  {number} {bar} {before}{marked}{after}\n  {:>6} {bar} {indent}{}\n",
        "",
        painted(ERROR, &marks)
    )
}
