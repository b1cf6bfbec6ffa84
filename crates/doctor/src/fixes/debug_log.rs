//! The bridge's debug log, on and off.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::program_name;

const FLAG: &str = "--debug";

pub(super) static DEBUG_ON: Fix = Fix {
    id: "debug-on",
    title: "Write a debug log",
    applicability: Applicability::Ask,
    make: Make::Entry(on),
};

pub(super) static DEBUG_OFF: Fix = Fix {
    id: "debug-off",
    title: "Write no debug log any more",
    applicability: Applicability::Ask,
    make: Make::Entry(off),
};

fn on(target: &Target<'_>) -> Offer {
    let is_ours = is_ours(target);
    if (target.remote().is_none() && !is_ours) || target.entry.args.iter().any(|arg| arg.value == FLAG) {
        return Offer::Nothing;
    }
    let edits = target.insert_args(target.entry.args.len().checked_sub(1), &[FLAG]);
    let note = if is_ours {
        "The log grows until it is switched off."
    } else {
        "mcp-remote's debug log under ~/.mcp-auth holds tokens in plain text; switch it off and delete it afterwards."
    };
    Offer::on_request(edits, note)
}

fn off(target: &Target<'_>) -> Offer {
    if target.remote().is_none() && !is_ours(target) {
        return Offer::Nothing;
    }
    let indices: Vec<usize> =
        (0..target.entry.args.len()).filter(|index| target.entry.args[*index].value == FLAG).collect();
    Offer::on_request(target.remove_args(&indices), "Logs that were written stay where they are.")
}

fn is_ours(target: &Target<'_>) -> bool {
    target.entry.command.as_ref().is_some_and(|command| program_name(&command.value) == "mcp-bridge")
}
