//! Numbers and truth values where Claude wants texts, put in quotes.

use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::json::quote;
use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static QUOTE_VALUES: Fix = Fix {
    id: "quote-values",
    title: "Write the values of `args` and `env` as texts",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let mut edits = Vec::new();
    let mut left = None;
    for misfit in &target.entry.misfits {
        let raw = &target.file.text()[misfit.span.clone()];
        let value = misfit.place.contains(['[', '.']);
        match misfit.found {
            "a number" | "true or false" if value => {
                edits.push(Edit::replace(misfit.span.clone(), quote(raw)));
            }
            "an object" if misfit.place.starts_with("env.") => {
                edits.push(Edit::replace(misfit.span.clone(), quote(&compact(raw))));
            }
            "a text" if misfit.place == "args" && !raw.contains(char::is_whitespace) => {
                edits.push(Edit::insert(misfit.span.start, "["));
                edits.push(Edit::insert(misfit.span.end, "]"));
            }
            "null" if misfit.place == "args" => edits.push(Edit::replace(misfit.span.clone(), "[]")),
            "null" if misfit.place == "env" => edits.push(Edit::replace(misfit.span.clone(), "{}")),
            _ => left = left.or(Some(misfit)),
        }
    }
    match left {
        Some(misfit) if edits.is_empty() => {
            let place = if misfit.place.is_empty() { "the entry" } else { &misfit.place };
            Offer::Refused(format!("`{place}` is {}, and what it should be is not plain.", misfit.found))
        }
        _ => Offer::automatic(edits),
    }
}

/// JSON on one line: line breaks outside of texts are white space.
fn compact(json: &str) -> String {
    json.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
