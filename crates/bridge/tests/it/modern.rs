//! 2026-07-28: hosts and servers of either age.

use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

const MODERN: &str = "2026-07-28";

/// The server's state goes back byte for byte, whatever it is.
const STATE: &str = r#""a\u00e4\/ 1.50""#;

/// A server that has no handshake.
fn server() -> ScriptedServer {
    server_with(|request| listen(request).stall())
}

/// One that answers `subscriptions/listen` so.
fn server_with(listen: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> ScriptedServer {
    ScriptedServer::start(move |request| {
        let message = request.message();
        if message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] != MODERN
            || request.header("mcp-protocol-version") != Some(MODERN)
            || request.header("mcp-method") != Some(request.rpc_method())
        {
            let error = json!({ "jsonrpc": "2.0", "id": message["id"], "error": { "code": -32020, "message": "no" } });
            return Reply::json(&error).with_status(400);
        }
        let result = |result: Value| Reply::result(request, &result);
        match request.rpc_method() {
            "server/discover" => result(json!({
                "resultType": "complete",
                "supportedVersions": [MODERN],
                "capabilities": { "tools": { "listChanged": true } },
                "instructions": "be kind",
                "_meta": { "io.modelcontextprotocol/serverInfo": { "name": "modern", "version": "1" } },
            })),
            "tools/list" => result(json!({ "tools": [
                { "name": "good", "inputSchema": { "properties": { "r": { "type": "string", "x-mcp-header": "Region" } } } },
                { "name": "bad", "inputSchema": { "properties": { "r": { "type": "number", "x-mcp-header": "Region" } } } },
            ] })),
            "subscriptions/listen" => listen(request),
            "tools/call" => call(request),
            _ => result(json!({})),
        }
    })
}

fn listen(request: &Request) -> Reply {
    let about = json!({ "io.modelcontextprotocol/subscriptionId": request.message()["id"] });
    let notice =
        |method: &str| event(&json!({ "jsonrpc": "2.0", "method": method, "params": { "_meta": about } }));
    Reply::events()
        .and(notice("notifications/subscriptions/acknowledged"))
        .and(notice("notifications/tools/list_changed"))
}

fn call(request: &Request) -> Reply {
    let message = request.message();
    match message["params"]["name"].as_str() {
        Some("slow") => Reply::events().stall(),
        Some("ask") if message["params"].get("inputResponses").is_none() => Reply::typed(
            200,
            "application/json",
            format!(
                r#"{{"jsonrpc":"2.0","id":{},"result":{{"resultType":"input_required","inputRequests":{{"name":{{"method":"elicitation/create","params":{{"message":"who?"}}}}}},"requestState":{STATE}}}}}"#,
                message["id"]
            ),
        ),
        _ => Reply::result(request, &json!({ "resultType": "complete", "params": message["params"] })),
    }
}

fn older_host(server: &ScriptedServer) -> StdioHost {
    let mut host = bridge(&server.url(), &[]);
    let result = host.initialize(VERSION);
    assert_eq!(result["protocolVersion"], VERSION);
    assert_eq!(result["serverInfo"]["name"], "modern");
    assert_eq!(result["instructions"], "be kind");
    host
}

#[test]
fn an_older_host_shakes_hands_with_the_bridge_and_calls_the_server() {
    let server = server();
    let mut host = older_host(&server);
    let tools = host.call(1, "tools/list", &json!({}));
    let names: Vec<_> =
        tools["result"]["tools"].as_array().expect("tools").iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, ["good"], "a tool whose headers are invalid is not offered");
    let answer = host.call(
        2,
        "tools/call",
        &json!({ "name": "good", "arguments": { "r": "zürich" }, "_meta": { "progressToken": 1 } }),
    );
    assert_eq!(answer["result"]["params"]["_meta"]["progressToken"], 1);
    assert_eq!(answer["result"]["params"]["_meta"]["io.modelcontextprotocol/clientInfo"]["name"], "testkit");
    let call = server.wait_for(|seen| seen.rpc_method() == "tools/call");
    assert_eq!(call.header("mcp-name"), Some("good"));
    assert_eq!(call.header("mcp-param-region"), Some("=?base64?esO8cmljaA==?="));
    assert!(host.finish().success());
    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.method() == "POST"), "no GET and no DELETE in this revision");
    assert!(seen.iter().all(|seen| !matches!(seen.rpc_method(), "initialize" | "notifications/initialized")));
}

#[test]
fn what_the_server_needs_is_asked_of_the_older_host() {
    let server = server();
    let mut host = older_host(&server);
    host.request(1, "tools/call", &json!({ "name": "ask" }));
    let question = host.message("elicitation/create");
    assert_eq!(question["params"]["message"], "who?");
    host.send(
        &json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "accept" } }).to_string(),
    );
    let answer = host.answer(1);
    assert_eq!(answer["result"]["params"]["inputResponses"], json!({ "name": { "action": "accept" } }));
    let calls: Vec<_> = server.seen().into_iter().filter(|seen| seen.rpc_method() == "tools/call").collect();
    assert_ne!(calls[0].message()["id"], calls[1].message()["id"]);
    let again = String::from_utf8(calls[1].body().to_vec()).expect("UTF-8");
    assert!(again.contains(&format!("\"requestState\":{STATE}")), "{again}");
}

#[test]
fn an_older_hosts_refusal_is_the_answer() {
    let server = server();
    let mut host = older_host(&server);
    host.request(1, "tools/call", &json!({ "name": "ask" }));
    let question = host.message("elicitation/create");
    host.send(
        &json!({ "jsonrpc": "2.0", "id": question["id"], "error": { "code": -1, "message": "no" } })
            .to_string(),
    );
    assert_eq!(host.answer(1)["error"], json!({ "code": -1, "message": "no" }));
}

#[test]
fn an_older_host_hears_what_changes() {
    let server = server();
    let mut host = older_host(&server);
    host.message("notifications/tools/list_changed");
    let listen = server.wait_for(|seen| seen.rpc_method() == "subscriptions/listen");
    assert_eq!(listen.message()["params"]["notifications"], json!({ "toolsListChanged": true }));
    assert_eq!(host.call(1, "ping", &json!({}))["result"], json!({}));
    assert_eq!(host.call(2, "resources/subscribe", &json!({ "uri": "a:b" }))["result"], json!({}));
    server.wait_for(|seen| {
        seen.message()["params"]["notifications"]["resourceSubscriptions"] == json!(["a:b"])
    });
    assert_eq!(host.call(3, "logging/setLevel", &json!({ "level": "info" }))["result"], json!({}));
    host.call(4, "prompts/list", &json!({}));
    let list = server.wait_for(|seen| seen.rpc_method() == "prompts/list");
    assert_eq!(list.message()["params"]["_meta"]["io.modelcontextprotocol/logLevel"], "info");
}

#[test]
fn a_server_that_ends_each_subscription_is_asked_less_and_less_often() {
    let (tell, opened) = mpsc::channel();
    let tell = Mutex::new(tell);
    let server = server_with(move |request| {
        let _ = tell.lock().expect("not poisoned").send(Instant::now());
        let acknowledged = json!({ "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged" });
        let over = json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": {} });
        Reply::events().and(event(&acknowledged)).and(event(&over)).close()
    });
    let _host = older_host(&server);
    let opened: Vec<Instant> = opened.iter().take(3).collect();
    assert!(opened[2] - opened[1] >= Duration::from_secs(2), "{opened:?}");
}

#[test]
fn cancelling_closes_the_stream_and_says_nothing_more() {
    let server = server();
    let mut host = older_host(&server);
    host.request(1, "tools/call", &json!({ "name": "slow" }));
    server.wait_for(|seen| seen.rpc_method() == "tools/call");
    host.send(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } })
            .to_string(),
    );
    host.call(2, "ping", &json!({}));
    host.message("notifications/tools/list_changed");
    assert_eq!(host.rest(), Vec::<String>::new());
    assert!(server.seen().iter().all(|seen| seen.rpc_method() != "notifications/cancelled"));
}

#[test]
fn a_modern_hosts_bytes_pass_unchanged_and_get_their_headers() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    let line = r#"{ "id":1.0,"jsonrpc":"2.0","method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"},"name":"x","n":1.50} }"#;
    host.send(line);
    host.line();
    assert_eq!(server.seen()[0].body(), line.as_bytes());
    assert_eq!(server.seen()[0].header("mcp-name"), Some("x"));
}

#[test]
fn a_modern_host_falls_back_to_the_handshake_of_an_older_server() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "initialize" => Reply::initialized(request).with_session("s1"),
        "server/discover" => Reply::status(400).with_body("no valid session"),
        _ if request.method() == "POST" => Reply::accepted(),
        _ => Reply::status(405),
    });
    let mut host = bridge(&server.url(), &[]);
    let meta = json!({ "_meta": { "io.modelcontextprotocol/protocolVersion": MODERN } });
    assert_eq!(host.call(1, "server/discover", &meta)["error"]["code"], -32601);
    host.initialize(VERSION);
    let asked = server.seen().iter().filter(|seen| seen.rpc_method() == "server/discover").count();
    assert_eq!(asked, 1, "the host has asked already");
}

#[test]
fn the_age_can_be_given() {
    let server = server();
    let mut host = bridge(&server.url(), &["--protocol", "legacy"]);
    assert_eq!(host.call(0, "initialize", &json!({}))["error"]["code"], -32020);
    assert_eq!(server.seen().len(), 2, "initialize, and a look for HTTP+SSE");
}

#[test]
fn a_server_that_refuses_a_version_and_offers_it_is_asked_again() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = ScriptedServer::start(move |request| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            let error = json!({ "code": -32022, "message": "no", "data": { "supported": [MODERN] } });
            let body = json!({ "jsonrpc": "2.0", "id": request.message()["id"], "error": error });
            return Reply::json(&body).with_status(400);
        }
        Reply::result(request, &json!({ "supportedVersions": [MODERN], "capabilities": {} }))
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    assert!(server.seen().iter().all(|seen| seen.rpc_method() == "server/discover"));
}

#[test]
fn a_server_of_both_ages_that_names_only_the_newer_one_is_left_to_the_older_host() {
    let server = ScriptedServer::start(|request| {
        match (request.header("mcp-protocol-version"), request.rpc_method()) {
            (Some(MODERN), _) => Reply::result(
                request,
                &json!({ "resultType": "complete", "supportedVersions": [MODERN], "capabilities": {} }),
            ),
            (_, "initialize") => Reply::initialized(request).with_session("s1"),
            _ if request.method() != "POST" => Reply::status(405),
            _ if request.header("mcp-session-id") != Some("s1") => {
                let error = json!({ "code": -32600, "message": "Bad Request: Missing session ID" });
                let body = json!({ "jsonrpc": "2.0", "id": "server-error", "error": error });
                Reply::json(&body).with_status(400)
            }
            // It can ask only within a session.
            (_, "tools/call") => {
                let question =
                    json!({ "jsonrpc": "2.0", "id": 7, "method": "elicitation/create", "params": {} });
                Reply::events().and(event(&question)).stall()
            }
            _ => Reply::accepted(),
        }
    });
    let mut host = bridge(&server.url(), &[]);
    assert_eq!(host.initialize(VERSION)["serverInfo"]["name"], "scripted");
    host.request(1, "tools/call", &json!({ "name": "ask" }));
    assert_eq!(host.message("elicitation/create")["id"], 7);
    let seen = server.seen();
    let before = seen.iter().take_while(|seen| seen.rpc_method() != "initialize").count();
    assert_eq!(before, 1, "one question tells");
}

#[test]
fn a_result_that_cannot_be_understood_is_none() {
    for result in [
        json!({ "resultType": "surprise" }),
        json!({ "resultType": "input_required", "inputRequests": [1, 2] }),
    ] {
        let server = ScriptedServer::start(move |request| match request.rpc_method() {
            "server/discover" => {
                let discovered = json!({ "supportedVersions": [MODERN], "capabilities": {} });
                Reply::result(request, &discovered)
            }
            _ => Reply::result(request, &result),
        });
        let mut host = bridge(&server.url(), &[]);
        host.initialize(VERSION);
        let error = &host.call(1, "tools/call", &json!({ "name": "x" }))["error"];
        assert!(error["message"].as_str().is_some_and(|text| text.contains("not known")), "{error}");
    }
}

#[test]
fn a_stream_that_breaks_off_is_not_asked_for_again() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "server/discover" => {
            Reply::result(request, &json!({ "supportedVersions": [MODERN], "capabilities": {} }))
        }
        _ => Reply::events().and("retry: 0\nid: 1\ndata:\n\n").close(),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let error = &host.call(1, "tools/call", &json!({ "name": "x" }))["error"];
    assert!(error["message"].as_str().is_some_and(|text| text.contains("ended the stream")), "{error}");
    assert!(server.seen().iter().all(|seen| seen.method() == "POST"));
}

#[test]
fn a_server_that_never_has_enough_is_an_answer() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "server/discover" => Reply::result(
            request,
            &json!({ "resultType": "complete", "supportedVersions": [MODERN], "capabilities": {} }),
        ),
        _ => Reply::result(request, &json!({ "resultType": "input_required", "requestState": "more" })),
    });
    let mut host = bridge(&server.url(), &[]);
    host.initialize(VERSION);
    let error = &host.call(1, "tools/call", &json!({ "name": "x" }))["error"];
    assert!(error["message"].as_str().is_some_and(|text| text.contains("again and again")), "{error}");
}
