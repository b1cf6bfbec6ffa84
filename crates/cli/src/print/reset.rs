use std::fmt::Write as _;

use bridgekeeper_engine::reset::{Action, Item, Outcome, Owner, Reset, ResetDone};
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

/// `812 B`, `4.1 kB`, `12 MB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // In tenths of the unit, rounded down.
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let name = UNITS[unit];
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}

/// `now`, `12 min`, `5 h`, `3 days`, `2 years`.
fn age(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let days = hours / 24;
    match (minutes, hours, days) {
        (0, ..) => "now".to_owned(),
        (_, 0, _) => format!("{minutes} min"),
        (_, _, 0) => format!("{hours} h"),
        (_, _, 1) => "1 day".to_owned(),
        (_, _, 2..730) => format!("{days} days"),
        _ => format!("{} years", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_short() {
        let sizes = [0, 999, 1000, 4_150, 12_345, 999_999, 1_000_000, 45_600_000, 33_000_000_000];
        let told = sizes.map(size);
        assert_eq!(told, ["0 B", "999 B", "1.0 kB", "4.1 kB", "12 kB", "999 kB", "1.0 MB", "45 MB", "33 GB"]);
        let ages = [5, 60, 7200, 90_000, 200_000, 86_400 * 800].map(age);
        assert_eq!(ages, ["now", "1 min", "2 h", "1 day", "2 days", "2 years"]);
    }
}
