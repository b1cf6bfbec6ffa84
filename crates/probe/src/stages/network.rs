//! Name and sockets.

use std::net::{IpAddr, SocketAddr};

use bridgekeeper_net::{Client, Route, Url, connect};
use tokio::time::Instant;

use crate::Status;
use crate::cause::{CONNECT_TIMEOUT, DNS_FAILURE, PROXY_REQUIRED};
use crate::outcome::Outcome;
use crate::text::{quoted, shown};

/// Looks the route's host up in both families.
pub(crate) async fn look_up(client: &Client, route: &Route) -> Outcome<Vec<SocketAddr>> {
    let host = &route.host;
    let proxy = if route.proxy.is_some() { "The proxy " } else { "" };
    if let Ok(address) = host.parse::<IpAddr>() {
        let message = format!("{proxy}{address} is an address; there is no name to look up.");
        return Outcome::passed(message, vec![SocketAddr::new(address, route.port)]);
    }
    match client.resolve(host, route.port).await {
        Ok(mut addresses) => {
            addresses.dedup();
            let six = addresses.iter().filter(|address| address.is_ipv6()).count();
            let four = addresses.len() - six;
            let message = format!("{proxy}{host} has {four} IPv4 and {six} IPv6 addresses.");
            let lines: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
            Outcome::passed(message, addresses).details(lines)
        }
        Err(error) => {
            let why = quoted(&error.cause());
            Outcome::failed(&DNS_FAILURE, format!("{proxy}{host} cannot be looked up: {why}."))
        }
    }
}

/// Opens a socket to every address; those that accepted come back, in order.
pub(crate) async fn reach(addresses: &[SocketAddr], limit: std::time::Duration) -> Outcome<Vec<SocketAddr>> {
    let mut open = Vec::new();
    let mut lines = Vec::new();
    let mut cause = None;
    for &address in addresses {
        let began = Instant::now();
        let result = tokio::time::timeout(limit, connect(address)).await;
        let took = began.elapsed().as_millis();
        lines.push(match result {
            Ok(Ok(())) => {
                open.push(address);
                format!("{address} accepts, {took} ms")
            }
            Ok(Err(error)) => {
                cause.get_or_insert(crate::endpoint::cause(&error));
                format!("{address} does not: {}", quoted(&error.cause()))
            }
            Err(_) => {
                cause.get_or_insert(&CONNECT_TIMEOUT);
                format!("{address} says nothing for {took} ms")
            }
        });
    }
    let count = addresses.len();
    match (open.is_empty(), cause) {
        (true, cause) => {
            let message = match addresses {
                [only] => format!("Nothing accepts connections at {only}."),
                _ => format!("None of {count} addresses accepts connections."),
            };
            Outcome::failed(cause.unwrap_or(&CONNECT_TIMEOUT), message).details(lines)
        }
        (false, None) if count == 1 => Outcome::passed(format!("{} accepts connections.", open[0]), open),
        (false, None) => {
            Outcome::passed(format!("All {count} addresses accept connections."), open).details(lines)
        }
        (false, Some(_)) => {
            let message = format!("{} of {count} addresses accept connections.", open.len());
            Outcome::passed(message, open).details(lines)
        }
    }
}

/// What failed without a proxy on a system that has a script (PAC) to choose one: it may well work with it.
pub(crate) fn past_a_script<T>(outcome: Outcome<T>, client: &Client, route: &Route) -> Outcome<T> {
    let is_near =
        route.host == "localhost" || route.host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    match &client.options().proxies.script {
        Some(script) if outcome.status == Status::Failed && route.proxy.is_none() && !is_near => {
            let script = Url::parse(script).map_or_else(|_| quoted(script), |url| shown(&url));
            let message = format!(
                "This system chooses its proxy by a script, {script}, which is not run; the server was looked for without a proxy."
            );
            outcome.finding(&PROXY_REQUIRED, &message)
        }
        _ => outcome,
    }
}
