//! Blanks at the ends of a URL.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::urls;

pub(super) static TRIM_URL: Fix = Fix {
    id: "trim-url",
    title: "Remove the blanks before and after URLs",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let spaced = urls(target.entry).filter(|url| url.value.contains(char::is_whitespace));
    let mut edits = Vec::new();
    for url in spaced {
        if url.value.trim().contains(char::is_whitespace) {
            return Offer::Refused(
                "A space stands inside the URL; whether it ends there is not plain.".to_owned(),
            );
        }
        edits.push(Target::set(url, url.value.trim()));
    }
    Offer::automatic(edits)
}
