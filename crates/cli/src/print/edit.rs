use std::fmt::Write as _;

use bridgekeeper_engine::change::Entry;
use bridgekeeper_engine::{EngineError, PlannedEdit};
use bridgekeeper_model::chain;

use super::Setting;
use super::change::{after_writing, before_writing, coloured};
use super::style::{DIM, GOOD, TITLE, WARNING, painted};
use crate::closing::Around;

/// That all is as the call would have it.
pub(crate) fn nothing_to_do(why: &EngineError) -> String {
    let why = chain(why);
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.\n", letters.as_str())
}

/// What a change would do, as a diff.
pub(crate) fn planned(
    planned: &PlannedEdit,
    command: &str,
    claude_running: Option<bool>,
    setting: Setting<'_>,
) -> String {
    let mut text = format!("{}\n{}\n", painted(TITLE, &planned.title), notes(planned));
    text.push_str(&coloured(&planned.diff));
    let command = setting.command(&format!("{command} --yes"));
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "\n{} Then:\n  {command}", before_writing(claude_running));
    text
}

/// What was written, and how to take it back.
pub(crate) fn edited(planned: &PlannedEdit, entry: &Entry, around: &Around, setting: Setting<'_>) -> String {
    let mut text = format!("{} {}\n{}", painted(GOOD, "✓ Done:"), planned.title, notes(planned));
    let command = setting.command(&format!("undo {} --yes", entry.id));
    let _ = writeln!(text, "\n{} To take it back:\n  {command}", after_writing(around));
    text
}

/// Said once, with the first copy that is kept plain.
pub(crate) fn plain_copies(setting: Setting<'_>) -> String {
    let command = setting.command("undo --seal");
    let how =
        "The copy that undo needs is kept for 30 days, readable by your user alone like the config itself.";
    format!("\n{}\nTo encrypt it with a key in the system's keyring:\n  {command}\n", painted(DIM, how))
}

/// The copies are sealed.
pub(crate) fn sealed() -> String {
    let how = "The copies that undo needs are encrypted. The key is in the system's keyring.";
    format!("{} {how}\n", painted(GOOD, "✓"))
}

fn notes(planned: &PlannedEdit) -> String {
    let mut text = String::new();
    for note in &planned.notes {
        let _ = writeln!(text, "  {}", painted(WARNING, note));
    }
    text
}
