//! Quotes that are part of an argument.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::{is_quoted_inside, is_shell, option_value};

pub(super) static REMOVE_INNER_QUOTES: Fix = Fix {
    id: "remove-inner-quotes",
    title: "Remove the quotes that are part of an argument",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(started) = target.started().filter(|started| !is_shell(&started.program)) else {
        return Offer::Nothing;
    };
    let edits = started
        .args
        .iter()
        .filter(|arg| is_quoted_inside(option_value(&arg.value)))
        .map(|arg| {
            let value = option_value(&arg.value);
            let option = &arg.value[..arg.value.len() - value.len()];
            let inner = &value[1..value.len() - 1];
            // JSON that was quoted once more is escaped once more.
            let inner =
                if inner.starts_with(['{', '[']) { inner.replace("\\\"", "\"") } else { inner.to_owned() };
            Target::set(arg, &format!("{option}{inner}"))
        })
        .collect();
    Offer::ask(edits, "A few programs want the quotes; if this one worked, leave them.")
}
