//! `npx` without `-y`, which may wait for an answer that nobody can give.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static NPX_YES: Fix = Fix {
    id: "npx-yes",
    title: "Add `-y`, so that npx does not ask before it installs",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(started) = target.started().filter(|started| started.program == "npx") else {
        return Offer::Nothing;
    };
    let options = started.args.iter().take_while(|arg| arg.value.starts_with('-'));
    let answered = options.into_iter().any(|arg| {
        matches!(arg.value.as_str(), "-y" | "--yes" | "--no" | "--no-install")
            || arg.value.starts_with("--yes=")
    });
    if answered || started.args.is_empty() {
        return Offer::Nothing;
    }
    let before = target.entry.args.len() - started.args.len();
    Offer::on_request(
        target.insert_args(before.checked_sub(1), &["-y"]),
        "The package is then installed without a question.",
    )
}
