//! Blanks at the ends of programs and paths.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::{is_path, texts};

pub(super) static TRIM_PATHS: Fix = Fix {
    id: "trim-paths",
    title: "Remove the blanks before and after programs and paths",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let command = target.entry.command.as_ref();
    let edits = texts(target.entry)
        .filter(|text| text.value.trim() != text.value && !text.value.trim().is_empty())
        .filter(|text| is_path(text.value.trim()) || command.is_some_and(|command| command.span == text.span))
        .map(|text| Target::set(text, text.value.trim()))
        .collect();
    Offer::automatic(edits)
}
