//! The way to the server: proxies, address families, a connection that is kept alive.

use std::net::{Ipv6Addr, SocketAddr, TcpListener};

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::network::TunnelProxy;
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::{Value, json};

use crate::{VERSION, bridge, command};

/// The error of a first message that goes through a proxy.
fn error_behind(variable: &str, proxy: &str, url: &str) -> Value {
    // It does not come to a certificate; so the system, which has none to give under Wine, is not asked for any.
    let mut command = command(url, &["--allow-http", "--ca-only"]);
    command.env(variable, proxy);
    let mut host = StdioHost::start(command);
    host.call(0, "initialize", &json!({}))["error"].clone()
}

#[test]
fn a_proxy_that_wants_a_sign_in_is_named() {
    let proxy = ScriptedServer::start(|_| Reply::status(407).with("Proxy-Authenticate", "Basic"));
    let address = format!("http://{}", proxy.address());
    let error = error_behind("http_proxy", &address, "http://mcp.example.invalid/mcp");
    assert_eq!(error["data"]["status"], 407, "{error}");
    assert!(error["data"]["next"].as_str().is_some_and(|next| next.contains("proxy's URL")), "{error}");
    assert_eq!(proxy.seen()[0].target(), "http://mcp.example.invalid/mcp");

    let tunnel = TunnelProxy::start(None).expect("a proxy on loopback");
    let address = format!("http://ada:winter-river-71@{}", tunnel.address());
    let error = error_behind("https_proxy", &address, "https://mcp.example.invalid/mcp");
    assert_eq!(error["data"]["stage"], "proxy", "{error}");
    assert_eq!(error["data"]["origin"], format!("http://{}", tunnel.address()));
    assert!(error["data"]["next"].as_str().is_some_and(|next| next.contains("password")), "{error}");
    assert!(!error.to_string().contains("winter-river-71"), "{error}");
}

#[test]
fn what_no_proxy_excepts_is_reached_directly() {
    let proxy = ScriptedServer::start(|_| Reply::status(502));
    let mut command = command("http://mcp.example.invalid/mcp", &["--allow-http"]);
    command.env("http_proxy", format!("http://{}", proxy.address())).env("no_proxy", "example.invalid");
    let error = StdioHost::start(command).call(0, "initialize", &json!({}))["error"].clone();
    assert_eq!(error["data"]["stage"], "resolve", "{error}");
    assert!(proxy.seen().is_empty());
}

#[test]
fn ipv6_is_not_used_where_it_is_not_wanted() {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let Ok(free) = TcpListener::bind(address).and_then(|listener| listener.local_addr()) else {
        println!("skipped: this machine has no IPv6");
        return;
    };
    let server = ScriptedServer::start_at(free, Reply::proper);
    bridge(&server.url(), &[]).initialize(VERSION);
    let asked = server.seen().len();
    let error = &bridge(&server.url(), &["--ipv4"]).call(0, "initialize", &json!({}))["error"];
    assert_eq!(error["data"]["stage"], "connect", "{error}");
    assert_eq!(server.seen().len(), asked);
}

#[test]
fn a_connection_is_kept_alive_and_the_host_hears_nothing_of_it() {
    let server = ScriptedServer::start(Reply::proper);
    let mut host = bridge(&server.url(), &["--keep-alive", "--ping-interval", "1"]);
    host.initialize(VERSION);
    server.wait_for(|seen| seen.rpc_method() == "ping");
    assert_eq!(host.rest(), Vec::<String>::new());
}
