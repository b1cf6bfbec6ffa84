//! A callback port of its own for each server.

use std::collections::BTreeSet;

use bridgekeeper_mcp_remote::{Invocation, Program};
use bridgekeeper_model::Applicability;

use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::remote;

/// The port that mcp-remote took before it had one per server, and where people begin to count.
const FIRST: u16 = 3334;

pub(super) static CALLBACK_PORTS: Fix = Fix {
    id: "callback-ports",
    title: "Give the server a callback port of its own",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

fn make(target: &Target<'_>) -> Offer {
    let Some(mine) = target.remote().filter(|invocation| invocation.program == Program::Bridge) else {
        return Offer::Nothing;
    };
    let Some(url) = mine.server_url() else { return Offer::Nothing };
    let others: Vec<(bool, Invocation)> = others(target);
    match mine.line.callback_port.as_ref() {
        Some(port) => {
            if target.facts.lost_ports.contains(&port.value) && !is_registered(&mine) {
                let Some(arg) = target.entry.args.get(port.index) else { return Offer::Nothing };
                let Some(free) = free_port(target, &others) else { return no_port() };
                let edits = vec![Target::set(arg, &free.to_string())];
                return Offer::ask(
                    edits,
                    "Another port can mean signing in again: the server knows the old one.",
                );
            }
            let clash = others.iter().find(|(_, other)| port_of(other) == Some(port.value));
            let Some((before, other)) = clash else { return Offer::Nothing };
            // Whoever stands first keeps the port, but a registered client cannot move.
            let moves = if is_registered(&mine) { false } else { *before || is_registered(other) };
            if !moves {
                return if is_registered(&mine) && is_registered(other) && *before {
                    Offer::Refused(
                        "Both servers have a registered client with this port; register one of them anew."
                            .to_owned(),
                    )
                } else {
                    Offer::Nothing
                };
            }
            let Some(arg) = target.entry.args.get(port.index) else { return Offer::Nothing };
            match free_port(target, &others) {
                Some(free) => Offer::automatic(vec![Target::set(arg, &free.to_string())]),
                None => no_port(),
            }
        }
        None if is_registered(&mine) => Offer::Nothing,
        None => {
            let Some(free) = free_port(target, &others) else { return no_port() };
            let edits = target.insert_args(Some(url.index), &[&free.to_string()]);
            if shares_the_old_default(&mine)
                && others.iter().any(|(before, other)| *before && shares_the_old_default(other))
            {
                return Offer::automatic(edits);
            }
            Offer::on_request(edits, "Another port can mean signing in again: the server knows the old one.")
        }
    }
}

fn no_port() -> Offer {
    Offer::Refused("No free port was found.".to_owned())
}

/// The other entries that start mcp-remote, and whether each stands before this one.
fn others(target: &Target<'_>) -> Vec<(bool, Invocation)> {
    let servers = target.file.servers().iter().filter(|entry| entry.span != target.entry.span);
    servers.filter_map(|entry| Some((entry.span.start < target.entry.span.start, remote(entry)?))).collect()
}

fn port_of(invocation: &Invocation) -> Option<u16> {
    invocation.line.callback_port.as_ref().map(|port| port.value)
}

/// A client that was registered by hand names its port in the redirect address.
fn is_registered(invocation: &Invocation) -> bool {
    ["--static-oauth-client-info", "--client-metadata-url"].iter().any(|flag| invocation.line.has(flag))
}

/// Before 0.1.5 every copy took the same port.
fn shares_the_old_default(invocation: &Invocation) -> bool {
    let version = invocation.package.as_ref().and_then(bridgekeeper_mcp_remote::PackageSpec::pinned);
    version.is_some_and(|version| version < (0, 1, 5)) && port_of(invocation).is_none()
}

/// The first port from 3334 that no entry uses, explicitly or by default, and nobody holds.
fn free_port(target: &Target<'_>, others: &[(bool, Invocation)]) -> Option<u16> {
    let defaults = others.iter().filter_map(|(_, other)| other.line.effective_callback_port());
    let used: BTreeSet<u16> = others.iter().filter_map(|(_, other)| port_of(other)).chain(defaults).collect();
    (FIRST..49_152).find(|port| !used.contains(port) && !target.facts.taken_ports.contains(port))
}
