use std::fmt::Write as _;

use bridgekeeper_engine::change::Entry;

use super::change::{after_writing, before_writing};
use super::style::{DIM, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted};
use crate::closing::Around;

/// What of Claude's configs would go back.
pub(crate) fn changes_to_take_back(
    changes: &[Entry],
    claude_running: Option<bool>,
    setting: Setting<'_>,
) -> String {
    if changes.is_empty() {
        return format!("{} in Claude's configs.\n", painted(GOOD, "✓ No change of Bridgekeeper's stands"));
    }
    let number = counted(changes.len(), "change", "changes");
    let mut text = format!("{}\n", painted(TITLE, &format!("{number} would be taken back, newest first:")));
    text.extend(changes.iter().map(|entry| line(entry, None)));
    let command = setting.command("undo --all --yes");
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "\n{} Then:\n  {command}", before_writing(claude_running));
    text
}

/// What went back, and what did not.
pub(crate) fn all_taken_back(
    done: &[Entry],
    left: &[(Entry, String)],
    around: &Around,
    setting: Setting<'_>,
) -> String {
    let mut text = String::new();
    if done.is_empty() && left.is_empty() {
        return changes_to_take_back(&[], around.running, setting);
    }
    if !done.is_empty() {
        let number = counted(done.len(), "change", "changes");
        let _ = writeln!(text, "{}", painted(GOOD, &format!("✓ Took back {number}:")));
        text.extend(done.iter().map(|entry| line(entry, None)));
    }
    if !left.is_empty() {
        let number = counted(left.len(), "change", "changes");
        let _ = writeln!(text, "{}", painted(WARNING, &format!("{number} could not be taken back:")));
        text.extend(left.iter().map(|(entry, why)| line(entry, Some(why))));
        let _ = writeln!(
            text,
            "Entries that are left name the bridge in .bridgekeeper; they work while it is there."
        );
    }
    if !done.is_empty() {
        let _ = writeln!(text, "\n{}", after_writing(around));
    }
    text
}

fn line(entry: &Entry, why: Option<&str>) -> String {
    let why = why.map(|why| format!("\n    {why}")).unwrap_or_default();
    format!("  {}  {}{why}\n", painted(DIM, entry.id.as_str()), entry.reason)
}
