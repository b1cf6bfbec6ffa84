//! `2>&1`, which mixes the log into the messages.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};

pub(super) static KEEP_STDERR_APART: Fix = Fix {
    id: "keep-stderr-apart",
    title: "Remove `2>&1`, so that log lines stay out of the messages",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let mut edits = Vec::new();
    let mut gone = Vec::new();
    for (index, arg) in target.entry.args.iter().enumerate() {
        if arg.value.trim() == "2>&1" {
            gone.push(index);
        } else if arg.value.contains("2>&1") {
            edits.push(Target::set(arg, &without(&arg.value)));
        }
    }
    edits.extend(target.remove_args(&gone));
    if let Some(command) = target.entry.command.as_ref().filter(|command| command.value.contains("2>&1")) {
        edits.push(Target::set(command, &without(&command.value)));
    }
    Offer::automatic(edits)
}

fn without(line: &str) -> String {
    line.replace(" 2>&1", "").replace("2>&1", "").trim_end().to_owned()
}
