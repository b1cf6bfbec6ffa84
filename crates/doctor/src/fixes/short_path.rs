//! A command with a space in its path, written in the short form that Windows keeps beside it.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static SHORT_PATH: Fix = Fix {
    id: "short-path",
    title: "Write the command in its 8.3 form, which has no space",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = &target.entry.command else { return Offer::Nothing };
    match target.facts.short_paths.get(command.value.trim()) {
        Some(short) => Offer::on_request(
            vec![Target::set(command, short)],
            "The short form is this computer's own; elsewhere it may be another.",
        ),
        None => Offer::Nothing,
    }
}
