//! The certificates of a company's own authority.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::program_name;

pub(super) static CA_FILE: Fix = Fix {
    id: "ca-file",
    title: "Trust the company's own certificates (`NODE_EXTRA_CA_CERTS`)",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(path) = &target.facts.ca_file else { return Offer::Nothing };
    let Some(command) = &target.entry.command else { return Offer::Nothing };
    let reads_it = matches!(
        target.started().map(|started| started.program).as_deref(),
        Some("npx" | "node" | "npm" | "pnpm" | "pnpx" | "yarn" | "bunx" | "mcp-remote" | "mcp-bridge")
    );
    if !reads_it && program_name(&command.value) != "mcp-bridge" {
        return Offer::Nothing;
    }
    let edits = target.set_variables(&[("NODE_EXTRA_CA_CERTS".to_owned(), path.clone())]);
    Offer::on_request(edits, format!("The server then trusts every certificate in `{path}`."))
}
