//! The bridge's debug log, on and off.

use bridgekeeper_model::Applicability;

use super::{BridgeMake, Fix, Make, Offer, Target};

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
    let Some(bridge) = target.bridge().filter(|bridge| !bridge.line.has(FLAG)) else { return Offer::Nothing };
    let note = match bridge.make {
        BridgeMake::Ours => "The log grows until it is switched off.",
        BridgeMake::McpRemote => {
            "mcp-remote's debug log under ~/.mcp-auth holds tokens in plain text; switch it off and delete it afterwards."
        }
    };
    Offer::on_request(target.insert_flag(&bridge, &[FLAG]), note)
}

fn off(target: &Target<'_>) -> Offer {
    let Some(bridge) = target.bridge() else { return Offer::Nothing };
    let given = bridge.line.flags.iter().filter(|given| given.flag.name == FLAG);
    let indices: Vec<usize> = given.map(|given| given.index).collect();
    Offer::on_request(target.remove_args(&indices), "Logs that were written stay where they are.")
}
