//! A bare program name that Claude would not find.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static ABSOLUTE_COMMAND: Fix = Fix {
    id: "absolute-command",
    title: "Write the full path of the program, which Claude does not find by its name",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = &target.entry.command else { return Offer::Nothing };
    match target.facts.programs.get(command.value.trim()) {
        Some(path) => Offer::automatic(vec![Target::set(command, path)]),
        None => Offer::Nothing,
    }
}
