//! The way back from Bridgekeeper's bridge to `npx mcp-remote`.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::program_name;

pub(super) static USE_MCP_REMOTE: Fix = Fix {
    id: "use-mcp-remote",
    title: "Connect through `npx mcp-remote` instead of Bridgekeeper's bridge",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = &target.entry.command else { return Offer::Nothing };
    let ours = target.facts.bridge.as_ref().is_some_and(|bridge| *bridge == command.value);
    if !ours && program_name(&command.value) != "mcp-bridge" {
        return Offer::Nothing;
    }
    let needs_bridge =
        target.entry.args.iter().any(|arg| arg.value.contains("${secret:") || arg.value == "exec")
            || target.entry.env.iter().any(|variable| variable.value.value.contains("${secret:"));
    if needs_bridge {
        return Offer::Refused("It takes secrets from the keyring, which mcp-remote cannot read.".to_owned());
    }
    let mut edits = vec![Target::set(command, "npx")];
    edits.extend(target.insert_args(None, &["-y", "mcp-remote@latest"]));
    Offer::on_request(edits, "It then needs Node, and a server that signs you in asks once more.")
}
