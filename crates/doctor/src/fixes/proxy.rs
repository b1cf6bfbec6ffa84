//! The company's proxy.

use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::program_name;

pub(super) static PROXY: Fix = Fix {
    id: "proxy",
    title: "Connect through the proxy",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(proxy) = &target.facts.proxy else { return Offer::Nothing };
    let is_bridge =
        target.entry.command.as_ref().is_some_and(|command| program_name(&command.value) == "mcp-bridge");
    let remote = target.remote();
    if !is_bridge && remote.is_none() {
        return Offer::Nothing;
    }
    let variables = ["HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name.to_owned(), proxy.clone()));
    let mut edits = target.set_variables(&variables);
    // mcp-remote reads the variables only when it is told to.
    if remote.is_some_and(|invocation| !invocation.line.has("--enable-proxy")) {
        edits.extend(target.insert_args(target.entry.args.len().checked_sub(1), &["--enable-proxy"]));
    }
    Offer::on_request(edits, "All requests of this server then go through the proxy.")
}
