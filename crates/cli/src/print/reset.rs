use std::fmt::Write as _;

use bridgekeeper_engine::reset::{Action, Item, Outcome, Owner, Reset, ResetDone, age, size};
use bridgekeeper_engine::view::NotChecked;

use super::style::{DIM, ERROR, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted};

/// What a reset would do, as a list.
pub(crate) fn reset(reset: &Reset, setting: Setting<'_>) -> String {
    if reset.items.is_empty() {
        let nothing = painted(GOOD, "✓ Nothing to reset: no stored sign-in, lock or stray bridge was found.");
        return format!("{nothing}\n{}", not_checked(&reset.not_checked));
    }
    let mut text = String::new();
    text.push_str(&group(&headline(reset), &reset.items, Item::goes, setting));
    text.push_str(&group(
        "Stopped first, and started again at the end:",
        &reset.items,
        is_restarted,
        setting,
    ));
    text.push_str(&group(
        "Should go, and cannot:",
        &reset.items,
        |item| item.action == Action::Skip,
        setting,
    ));
    text.push_str(&group("Stays:", &reset.items, |item| item.action == Action::Keep, setting));
    text.push_str(&not_checked(&reset.not_checked));
    if reset.goes() {
        let _ = writeln!(
            text,
            "The files go to quarantine and can be taken back for 30 days. The next start asks for a new sign-in."
        );
    }
    text
}

/// What a reset did.
pub(crate) fn reset_done(reset: &Reset, done: &ResetDone, setting: Setting<'_>) -> String {
    let of = |outcome: Outcome| {
        move |item: &Item| {
            item.result == outcome && item.action != Action::Keep && item.action != Action::Skip
        }
    };
    let number = done.items.iter().filter(|item| of(Outcome::Done)(item)).count();
    let title = painted(GOOD, &format!("✓ Reset {}:", counted(number, "item", "items")));
    let mut text = group(&title, &done.items, of(Outcome::Done), setting);
    text.push_str(&group(&painted(ERROR, "✗ Failed:"), &done.items, of(Outcome::Failed), setting));
    text.push_str(&group("Should go, and cannot:", &done.items, |item| item.action == Action::Skip, setting));
    text.push_str(&not_checked(&reset.not_checked));
    if let Some(why) = &done.kept_plain {
        let _ = writeln!(text, "{} The tokens in quarantine are not encrypted: {why}", painted(WARNING, "!"));
    }
    if let Some(entry) = &done.entry {
        let command = setting.command(&format!("undo {} --yes", entry.id));
        let _ = writeln!(text, "To take it back:\n  {command}");
    }
    text
}

fn headline(reset: &Reset) -> String {
    let number = reset.items.iter().filter(|item| item.goes()).count();
    format!("This would reset {} ({}):", counted(number, "item", "items"), size(reset.bytes()))
}

fn is_restarted(item: &Item) -> bool {
    item.action == Action::Restart
}

fn group(title: &str, items: &[Item], belongs: impl Fn(&Item) -> bool, setting: Setting<'_>) -> String {
    let lines: String = items.iter().filter(|item| belongs(item)).map(|item| line(item, setting)).collect();
    if lines.is_empty() { lines } else { format!("{}\n{lines}\n", painted(TITLE, title)) }
}

/// Kind, size, age, place; whose it is and what else there is to say below.
fn line(item: &Item, setting: Setting<'_>) -> String {
    let size = item.bytes.map(size).unwrap_or_default();
    let age = item.age_s.map(age).unwrap_or_default();
    let path = setting.path(&item.path);
    let mut text = format!("  {:<15} {size:>8} {age:>10}  {path}\n", item.kind.title());
    let mut remarks = vec![];
    let own = item.servers.iter().filter(|owner| !item.shared_with.contains(owner));
    if let Some(servers) = listed(own) {
        remarks.push(painted(DIM, &format!("of {servers}")));
    }
    if let Some(others) = listed(item.shared_with.iter()) {
        remarks.push(painted(WARNING, &format!("shared with {others}")));
    }
    if let Some(note) = &item.note {
        let style = if item.is_left_over() { WARNING } else { DIM };
        remarks.push(painted(style, note));
    }
    if !remarks.is_empty() {
        let _ = writeln!(text, "  {:15} {:>8} {:>10}  {}", "", "", "", remarks.join("; "));
    }
    text
}

fn listed<'a>(owners: impl Iterator<Item = &'a Owner>) -> Option<String> {
    let names: Vec<String> = owners.map(ToString::to_string).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn not_checked(not_checked: &[NotChecked]) -> String {
    let lines =
        not_checked.iter().map(|one| format!("{} {}: {}\n", painted(WARNING, "?"), one.check, one.why));
    lines.collect()
}
