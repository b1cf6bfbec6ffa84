//! The company's proxy.

use bridgekeeper_model::Applicability;

use super::{BridgeMake, Fix, Make, Offer, Target};

pub(super) static PROXY: Fix = Fix {
    id: "proxy",
    title: "Connect through the proxy",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(proxy) = &target.facts.proxy else { return Offer::Nothing };
    let Some(bridge) = target.bridge() else { return Offer::Nothing };
    let variables = ["HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name.to_owned(), proxy.clone()));
    let mut edits = target.set_variables(&variables);
    // mcp-remote reads the variables only when it is told to.
    if bridge.make == BridgeMake::McpRemote && !bridge.line.has("--enable-proxy") {
        edits.extend(target.insert_flag(&bridge, &["--enable-proxy"]));
    }
    Offer::on_request(edits, "All requests of this server then go through the proxy.")
}
