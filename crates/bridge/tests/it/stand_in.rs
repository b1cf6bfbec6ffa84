//! The host's first message is answered at once, whatever the server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{VERSION, bridge_at};

const MODERN: &str = "2026-07-28";

/// Nothing that waits for the network answers so soon; a busy machine does.
const AT_ONCE: Duration = Duration::from_secs(3);

fn home() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A server with one tool of that name.
fn proper(request: &Request, tool: &str) -> Reply {
    match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => {
            Reply::json(&json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": {
                "protocolVersion": VERSION, "capabilities": { "tools": {}, "prompts": {} },
                "serverInfo": { "name": "proper", "version": "1" }, "instructions": "be kind" } }))
            .with_session("sekret-session")
        }
        ("POST", "tools/list") => Reply::result(request, &json!({ "tools": [{ "name": tool }] })),
        ("POST", "tools/call") => Reply::result(request, &json!({ "ok": tool })),
        ("POST", "server/discover") => Reply::status(404),
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    }
}

fn tools(host: &mut StdioHost, id: u64) -> Vec<String> {
    let answer = host.call(id, "tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().unwrap_or_else(|| panic!("{answer}"));
    tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
}

/// A first run, so that there is something to remember.
fn get_acquainted(home: &TempDir, server: &ScriptedServer) {
    let mut host = bridge_at(home.path(), &server.url(), &[]);
    host.initialize(VERSION);
    tools(&mut host, 1);
    assert!(host.finish().success());
}

#[test]
fn what_the_server_said_last_time_is_the_answer_while_it_is_silent() {
    let home = home();
    let server = ScriptedServer::start(|request| proper(request, "one"));
    get_acquainted(&home, &server);
    let address = server.address();
    drop(server);
    let _silent = ScriptedServer::start_at(address, |_| Reply::nothing().stall());
    let begun = Instant::now();
    let mut host = bridge_at(home.path(), &format!("http://{address}/mcp"), &["--timeout", "2"]);
    let result = host.initialize(VERSION);
    assert_eq!(tools(&mut host, 1), ["one"]);
    assert!(begun.elapsed() < AT_ONCE);
    assert_eq!(result["serverInfo"]["name"], "proper");
    assert_eq!(result["instructions"], "be kind");
    assert_eq!(result["capabilities"], json!({ "tools": { "listChanged": true }, "prompts": {} }));
    let call = host.call(2, "tools/call", &json!({ "name": "one" }));
    assert!(call["error"]["message"].as_str().is_some_and(|text| text.contains("sent nothing")), "{call}");
}

#[test]
fn a_server_that_comes_back_with_other_tools_is_told_and_used() {
    let home = home();
    let server = ScriptedServer::start(|request| proper(request, "one"));
    get_acquainted(&home, &server);
    let address = server.address();
    drop(server);
    let mut host = bridge_at(home.path(), &format!("http://{address}/mcp"), &[]);
    host.initialize(VERSION);
    assert_eq!(tools(&mut host, 1), ["one"]);
    let other = ScriptedServer::start_at(address, |request| proper(request, "two"));
    host.message("notifications/tools/list_changed");
    assert_eq!(tools(&mut host, 2), ["two"]);
    assert_eq!(host.call(3, "tools/call", &json!({ "name": "two" }))["result"]["ok"], "two");
    assert!(host.finish().success());
    // And is remembered.
    drop(other);
    let mut host = bridge_at(home.path(), &format!("http://{address}/mcp"), &[]);
    host.initialize(VERSION);
    assert_eq!(tools(&mut host, 1), ["two"]);
}

#[test]
fn a_server_that_has_not_changed_is_not_told_of() {
    let home = home();
    let server = ScriptedServer::start(|request| proper(request, "one"));
    get_acquainted(&home, &server);
    let before = server.seen().len();
    let mut host = bridge_at(home.path(), &server.url(), &[]);
    host.initialize(VERSION);
    assert_eq!(tools(&mut host, 1), ["one"]);
    assert_eq!(host.call(2, "tools/call", &json!({}))["result"]["ok"], "one");
    assert_eq!(host.rest(), Vec::<String>::new());
    let seen = server.seen();
    let methods: Vec<&str> = seen[before..].iter().map(Request::rpc_method).collect();
    assert!(!methods.contains(&"server/discover"), "what it speaks is remembered: {methods:?}");
    assert_eq!(methods.iter().filter(|method| **method == "initialize").count(), 1);
}

#[test]
fn every_request_is_answered_even_if_the_server_never_comes() {
    let home = home();
    let server = ScriptedServer::start(|request| proper(request, "one"));
    get_acquainted(&home, &server);
    let url = server.url();
    drop(server);
    let mut host = bridge_at(home.path(), &url, &[]);
    host.initialize(VERSION);
    for id in 1..=20 {
        host.request(id, if id % 2 == 0 { "tools/call" } else { "prompts/list" }, &json!({}));
    }
    for id in 1..=20 {
        assert_eq!(host.answer(id)["error"]["data"]["stage"], "connect");
    }
    assert_eq!(host.call(21, "ping", &json!({}))["result"], json!({}));
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn a_server_that_nothing_is_known_of_is_waited_for_and_then_stood_in_for() {
    let home = home();
    let gate = Arc::new(AtomicUsize::new(0));
    let open = Arc::clone(&gate);
    let server = ScriptedServer::start(move |request| {
        if open.load(Ordering::SeqCst) == 0 { Reply::nothing().stall() } else { proper(request, "one") }
    });
    // The first attempt is over after 12 s, the wait after 10.
    let mut host = bridge_at(home.path(), &server.url(), &["--timeout", "12", "--protocol", "legacy"]);
    let begun = Instant::now();
    let result = host.initialize(VERSION);
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(9) && waited < Duration::from_secs(25), "{waited:?}");
    assert_eq!(result["serverInfo"]["name"], "mcp-bridge");
    assert_eq!(result["protocolVersion"], VERSION);
    assert_eq!(tools(&mut host, 1), ["connection_status"]);
    let status = host.call_tool(2, "connection_status", &json!({}));
    assert!(status.contains("has not answered yet"), "{status}");
    gate.store(1, Ordering::SeqCst);
    host.message("notifications/tools/list_changed");
    assert_eq!(tools(&mut host, 3), ["one"]);
    let status = host.call_tool(4, "connection_status", &json!({}));
    assert!(status.contains("is connected now"), "{status}");
}

#[test]
fn what_is_remembered_holds_no_secret() {
    let home = home();
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "tools/list" => Reply::result(
            request,
            &json!({ "tools": [{ "name": "x", "description": "Authorization: Bearer sekret-0123456789abcdef" }] }),
        ),
        _ => proper(request, "one"),
    });
    let url = server.url().replace("http://", "http://user:sekret-password@") + "?api_key=sekret-query";
    let flags = ["--header", "Authorization: Bearer sekret-header"];
    let run = || {
        let mut host = bridge_at(home.path(), &url, &flags);
        let result = host.initialize(VERSION);
        tools(&mut host, 1);
        assert!(host.finish().success());
        result
    };
    run();
    assert_eq!(run()["serverInfo"]["name"], "proper");
    let mut files = 0;
    for entry in std::fs::read_dir(home.path().join(".bridgekeeper/servers")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(!text.contains("sekret"), "{text}");
        assert!(text.contains("be kind"), "{text}");
        files += 1;
    }
    assert_eq!(files, 1);
}

#[test]
fn a_file_that_is_damaged_is_as_good_as_none() {
    let home = home();
    let server = ScriptedServer::start(|request| proper(request, "one"));
    get_acquainted(&home, &server);
    let folder = home.path().join(".bridgekeeper/servers");
    let path = std::fs::read_dir(&folder).expect("a folder").next().expect("a file").expect("a file").path();
    for damage in [&b"{"[..], b"\xff\xfe", b"{\"schema\":99}", b""] {
        put(&path, damage);
        let mut host = bridge_at(home.path(), &server.url(), &[]);
        assert_eq!(host.initialize(VERSION)["serverInfo"]["name"], "proper");
        assert!(host.finish().success());
    }
}

/// A server of 2026-07-28 alone.
fn modern(request: &Request) -> Reply {
    match request.rpc_method() {
        "server/discover" => Reply::result(
            request,
            &json!({ "resultType": "complete", "supportedVersions": [MODERN], "capabilities": { "tools": {} },
                "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "modern", "version": "1" } } }),
        ),
        "tools/list" => Reply::result(request, &json!({ "tools": [{ "name": "new" }] })),
        "initialize" => Reply::status(400),
        _ => Reply::result(request, &json!({ "method": request.rpc_method() })),
    }
}

fn discover(host: &mut StdioHost, id: u64) -> Value {
    let meta = json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": MODERN } });
    host.call(id, "server/discover", &meta)
}

#[test]
fn a_server_without_a_handshake_is_remembered_too() {
    let home = home();
    let server = ScriptedServer::start(modern);
    get_acquainted(&home, &server);
    let url = server.url();
    let address = server.address();
    drop(server);
    let mut host = bridge_at(home.path(), &url, &[]);
    assert_eq!(host.initialize(VERSION)["serverInfo"]["name"], "modern");
    assert_eq!(tools(&mut host, 1), ["new"]);
    let _server = ScriptedServer::start_at(address, modern);
    assert_eq!(host.call(2, "tools/call", &json!({ "name": "new" }))["result"]["method"], "tools/call");
}

#[test]
fn a_server_that_has_become_another_is_found_out_about() {
    let home = home();
    for (first, second) in [(true, false), (false, true)] {
        let serve = |is_modern: bool| {
            move |request: &Request| if is_modern { modern(request) } else { proper(request, "new") }
        };
        let server = ScriptedServer::start(serve(first));
        get_acquainted(&home, &server);
        let (url, address) = (server.url(), server.address());
        drop(server);
        let _server = ScriptedServer::start_at(address, serve(second));
        let mut host = bridge_at(home.path(), &url, &[]);
        host.initialize(VERSION);
        let answer = host.call(1, "tools/call", &json!({ "name": "new" }));
        assert!(answer.get("result").is_some(), "{answer}");
    }
}

#[test]
fn a_hosts_probe_is_answered_from_memory() {
    let home = home();
    let server = ScriptedServer::start(modern);
    let mut host = bridge_at(home.path(), &server.url(), &[]);
    let first = discover(&mut host, 1);
    assert!(host.finish().success());
    let url = server.url();
    drop(server);
    let mut host = bridge_at(home.path(), &url, &[]);
    assert_eq!(discover(&mut host, 1), first);

    let server = ScriptedServer::start(|request| proper(request, "one"));
    let mut host = bridge_at(home.path(), &server.url(), &[]);
    assert_eq!(discover(&mut host, 1)["error"]["code"], -32601);
    host.initialize(VERSION);
    assert!(host.finish().success());
    let asked = server.seen().len();
    let mut host = bridge_at(home.path(), &server.url(), &[]);
    assert_eq!(discover(&mut host, 1)["error"]["code"], -32601);
    assert_eq!(server.seen().len(), asked, "what it said is remembered");
}
