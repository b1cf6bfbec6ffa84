//! `npx` by its full path, whose `node` is still looked up.

use bridgekeeper_model::{Applicability, Os};

use super::{Fix, Make, Offer, Target};

pub(super) static PATH_FOR_NPX: Fix = Fix {
    id: "path-for-npx",
    title: "Set `PATH` so that `npx` finds the `node` beside it",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = target.entry.command.as_ref().filter(|_| target.facts.os != Some(Os::Windows)) else {
        return Offer::Nothing;
    };
    let Some((folder, "npx" | "npm")) = command.value.rsplit_once('/') else { return Offer::Nothing };
    let searched = matches!(folder, "/usr/local/bin" | "/opt/homebrew/bin" | "/usr/bin" | "/bin");
    if searched || !folder.starts_with('/') || target.entry.variable("PATH").is_some() {
        return Offer::Nothing;
    }
    let path = format!("{folder}:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    let edits = target.set_variables(&[("PATH".to_owned(), path)]);
    Offer::ask(edits, "The server then has this PATH and not the one that Claude would give it.")
}
