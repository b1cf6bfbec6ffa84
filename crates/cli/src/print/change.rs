use std::fmt::Write as _;

use bridgekeeper_engine::change::{Back, Entry, FileBack, Way, WayBack};
use bridgekeeper_engine::{AppliedFix, ConfigFix, Diff};
use bridgekeeper_model::Severity;

use super::style::{DIM, ERROR, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted, shell_word};
use crate::closing::Around;

/// What fixes would change, as a diff.
pub(crate) fn proposed(fix: &ConfigFix, claude_running: Option<bool>, setting: Setting<'_>) -> String {
    let mut text = applied("These fixes would be made:", &fix.applied);
    text.push('\n');
    text.push_str(&coloured(&fix.diff));
    text.push_str(&skipped(fix));
    let file = shell_word(&fix.path.to_string_lossy());
    let only = if fix.only.is_empty() { String::new() } else { format!(" --only {}", fix.only.join(",")) };
    let command = setting.command(&format!("fix-config {file}{only} --write"));
    let _ = writeln!(text, "\n{} Then:\n  {command}", before_writing(claude_running));
    text
}

/// Nothing to change, which is not to say that nothing is wrong.
pub(crate) fn no_fix(fix: &ConfigFix, setting: Setting<'_>) -> String {
    let path = setting.path(&fix.path);
    let left = fix.leaves.iter().filter(|finding| finding.severity != Severity::Info).count();
    let text = if left == 0 {
        format!("{} in {path}\n", painted(GOOD, "✓ Nothing to repair"))
    } else {
        let title = painted(WARNING, "! Nothing that could be repaired here");
        let problems = counted(left, "problem is", "problems are");
        let command = setting.command(&format!("check-config {}", shell_word(&fix.path.to_string_lossy())));
        format!("{title} in {path}; {problems} left:\n  {command}\n")
    };
    text + &skipped(fix)
}

/// What was written, and how to take it back.
pub(crate) fn fixed(fix: &ConfigFix, entry: &Entry, around: &Around, setting: Setting<'_>) -> String {
    let mut text = applied(&format!("Repaired {}:", setting.path(&fix.path)), &fix.applied);
    text.push_str(&skipped(fix));
    let command = setting.command(&format!("undo {} --yes", entry.id));
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "\n{} To take it back:\n  {command}", after_writing(around));
    text
}

/// What to do about Claude before a change.
pub(super) fn before_writing(claude_running: Option<bool>) -> String {
    match claude_running {
        Some(true) => painted(
            WARNING,
            "Claude Desktop is running and will write over this. Quit it first, from its tray icon too, or add \
             --restart-claude.",
        ),
        Some(false) => "Claude Desktop is not running, so nothing writes over this.".to_owned(),
        None => "Quit Claude Desktop first, for it may overwrite the file while it runs.".to_owned(),
    }
}

/// What to do about Claude after a change.
pub(super) fn after_writing(around: &Around) -> String {
    if let Some(restarted) = &around.restarted {
        return super::restarted(restarted);
    }
    match around.running {
        Some(true) => painted(
            WARNING,
            "Claude Desktop is running and may write over this: `bridgekeeper restore` puts it back then. Quit it \
             now, from its tray icon too, and start it again.",
        ),
        Some(false) | None => "Start Claude Desktop again to use it.".to_owned(),
    }
}

/// How a change would be taken back.
pub(crate) fn way_back(
    way: &WayBack,
    diff: &Diff,
    claude_running: Option<bool>,
    setting: Setting<'_>,
) -> String {
    let mut text = format!("{} {}\n", painted(TITLE, &format!("Change {}:", way.entry.id)), way.entry.reason);
    let how = match (&way.back, way.way) {
        (Back::Text(_), Way::Exact) => "The file is as Bridgekeeper left it, so every byte comes back.",
        (Back::Text(_), Way::Inverse) => {
            "The file was changed since, so only this change is taken out; the rest stays."
        }
        (Back::Files(_), Way::Exact) => "Nothing was put there since, so everything comes back as it was.",
        (Back::Files(_), Way::Inverse) => {
            "Other files stand there now. They are set aside, and come back if this is taken back in turn."
        }
    };
    let _ = writeln!(text, "{how}\n");
    match &way.back {
        Back::Text(_) => text.push_str(&coloured(diff)),
        Back::Files(files) => files.iter().for_each(|file| text.push_str(&place(file, setting))),
    }
    let command = setting.command(&format!("undo {} --yes", way.entry.id));
    let _ = writeln!(text, "\n{} Then:\n  {command}", before_writing(claude_running));
    text
}

/// What was taken back.
pub(crate) fn taken_back(way: &WayBack, entry: &Entry, around: &Around, setting: Setting<'_>) -> String {
    let how = match way.way {
        Way::Exact => "byte for byte",
        Way::Inverse => "around what was changed since",
    };
    format!(
        "{} change {} in {}, {how}.\n\n{} To make it again:\n  {}\n",
        painted(GOOD, "✓ Took back"),
        way.entry.id,
        places(&way.entry, setting),
        after_writing(around),
        setting.command(&format!("undo {} --yes", entry.id)),
    )
}

/// Every change that can be taken back, newest first.
pub(crate) fn changes(entries: &[Entry], setting: Setting<'_>) -> String {
    if entries.is_empty() {
        return "No change can be taken back.\n".to_owned();
    }
    let mut text = String::new();
    for entry in entries.iter().rev() {
        let time = entry.time.strftime("%Y-%m-%d %H:%M UTC");
        let _ = writeln!(text, "{}  {time}  {}", painted(TITLE, entry.id.as_str()), entry.reason);
        let _ = writeln!(
            text,
            "{:>width$}  {}",
            "",
            painted(DIM, &places(entry, setting)),
            width = entry.id.as_str().len()
        );
    }
    text
}

/// What becomes of one place, on a line.
fn place(file: &FileBack, setting: Setting<'_>) -> String {
    let path = setting.path(&file.path);
    match (&file.comes, &file.goes) {
        (Some(_), None) => format!("  {} {path}\n", painted(GOOD, "+")),
        (Some(_), Some(_)) => format!("  {} {path}\n", painted(WARNING, "±")),
        (None, _) => format!("  {} {path}\n", painted(ERROR, "-")),
    }
}

/// The file that a change concerns; of several, the first with their number.
fn places(entry: &Entry, setting: Setting<'_>) -> String {
    let paths = entry.paths();
    let first = paths.first().map(|path| setting.path(path)).unwrap_or_default();
    match paths.len() {
        0 | 1 => first,
        number => format!("{first} and {} more", number - 1),
    }
}

fn applied(title: &str, applied: &[AppliedFix]) -> String {
    let mut text = format!("{}\n", painted(TITLE, title));
    for fix in applied {
        let server = fix.server.as_ref().map(|server| format!("{server}: ")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {} {server}{} {}",
            painted(GOOD, "✓"),
            fix.title,
            painted(DIM, &format!("[{}]", fix.id))
        );
        if let Some(note) = &fix.note {
            let _ = writeln!(text, "    {}", painted(WARNING, note));
        }
    }
    text
}

fn skipped(fix: &ConfigFix) -> String {
    let mut text = String::new();
    if !fix.skipped.is_empty() {
        let left = counted(fix.skipped.len(), "fix left out", "fixes left out");
        let _ = writeln!(text, "\n{}", painted(TITLE, &format!("{left}:")));
    }
    for one in &fix.skipped {
        let server = one.server.as_ref().map(|server| format!("{server}: ")).unwrap_or_default();
        let _ = writeln!(
            text,
            "  {} {server}{} {}",
            painted(DIM, "–"),
            one.why,
            painted(DIM, &format!("[{}]", one.id))
        );
    }
    text
}

/// The diff with colours; without them it is the very text.
pub(super) fn coloured(diff: &Diff) -> String {
    let mut text = String::new();
    for line in diff.text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let paint = match line.as_bytes().first() {
            Some(b'#') => Some(WARNING),
            Some(b'@') => Some(DIM),
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => Some(TITLE),
            Some(b'-') => Some(ERROR),
            Some(b'+') => Some(GOOD),
            _ => None,
        };
        text.push_str(&paint.map_or_else(|| line.to_owned(), |paint| painted(paint, line)));
        text.push_str(end);
    }
    text
}
