//! Keys of other hosts in an entry.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static REMOVE_UNKNOWN_KEYS: Fix = Fix {
    id: "remove-unknown-keys",
    title: "Remove the keys that Claude does not read",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    if target.entry.command.is_none() {
        return Offer::Nothing;
    }
    let keys: Vec<&str> = target.entry.other.iter().map(|key| key.name.value.as_str()).collect();
    Offer::on_request(target.remove_keys(&keys), "Another program that reads this file may want them.")
}
