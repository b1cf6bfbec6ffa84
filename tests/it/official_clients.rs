//! The official clients, in Python and TypeScript, with the bridge as their server: tools, resources, prompts, completion,
//! progress, what the server asks the host, subscriptions, logging, cancellation. The scripts are in `tests/clients`.

use std::path::Path;
use std::process::Command;

use bridgekeeper_tests::{node, program, python, workspace};

use crate::bridge_servers::Server;

#[test]
fn the_typescript_client_uses_server_everything() {
    for (transport, path) in [("streamableHttp", "/mcp"), ("sse", "/sse")] {
        let server = Server::everything(transport);
        holds(typescript(), "everything", &server.url(path));
    }
}

#[test]
fn the_python_client_uses_server_everything() {
    for (transport, path) in [("streamableHttp", "/mcp"), ("sse", "/sse")] {
        let server = Server::everything(transport);
        holds(script(&python(), "python_client.py"), "everything", &server.url(path));
    }
}

#[test]
fn both_clients_use_fastmcp() {
    let server = Server::fastmcp(&[]);
    let url = server.url("/mcp");
    holds(typescript(), "fastmcp", &url);
    holds(script(&python(), "python_client.py"), "fastmcp", &url);
}

fn typescript() -> Command {
    let mut command = script(&node(), "typescript_client.mjs");
    command.arg(workspace().join("target/fixtures").canonicalize().expect("the fixtures"));
    command
}

fn script(program: &Path, name: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(workspace().join("tests/clients").join(name));
    command
}

/// Runs a script on a server. The scripts bound each wait themselves.
fn holds(mut command: Command, server: &str, url: &str) {
    let home = tempfile::tempdir().expect("a home");
    command.arg(server).arg(program("mcp-bridge")).arg(url).arg("--home").arg(home.path());
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&printed));
}
