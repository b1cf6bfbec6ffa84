//! `~` and `$HOME`, which no shell expands.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::{is_shell, option_value};

pub(super) static EXPAND_HOME: Fix = Fix {
    id: "expand-home",
    title: "Write the home folder in full instead of `~`",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(started) = target.started().filter(|started| !is_shell(&started.program)) else {
        return Offer::Nothing;
    };
    let tilde = |text: &str| {
        ["~", "$HOME", "${HOME}"].into_iter().find(|home| {
            text.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
        })
    };
    let command = target.entry.command.as_ref().filter(|command| tilde(&command.value).is_some());
    let args: Vec<_> = started.args.iter().filter(|arg| tilde(option_value(&arg.value)).is_some()).collect();
    if command.is_none() && args.is_empty() {
        return Offer::Nothing;
    }
    let Some(home) = &target.facts.home else {
        return Offer::Refused("The home folder is not known here.".to_owned());
    };
    let expanded = |text: &str| {
        let value = option_value(text);
        let option = &text[..text.len() - value.len()];
        let rest = tilde(value).map_or(value, |home| &value[home.len()..]);
        format!("{option}{}{rest}", home.trim_end_matches(['/', '\\']))
    };
    let edits =
        command.into_iter().chain(args).map(|text| Target::set(text, &expanded(&text.value))).collect();
    Offer::ask(edits, "Some servers expand `~` themselves; for those nothing changes.")
}
