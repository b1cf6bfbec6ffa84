//! A host of 2026-07-28 that does not shake hands, in front of a server that wants it to.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge, bridge_at};

const MODERN: &str = "2026-07-28";

fn server() -> ScriptedServer {
    ScriptedServer::start(|request| {
        let in_session = request.header("mcp-session-id") == Some("s1");
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
            ("POST", "notifications/initialized") => Reply::accepted(),
            _ if !in_session => Reply::typed(400, "application/json", r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID"},"id":null}"#),
            ("GET", _) => Reply::events()
                .and(event(&json!({ "jsonrpc": "2.0", "id": "ask", "method": "vendor/ask" })))
                .stall(),
            // Whatever was subscribed to changes while the tool runs.
            ("POST", "tools/call") => Reply::events()
                .and(event(&json!({ "jsonrpc": "2.0", "method": "notifications/tools/list_changed" })))
                .and(event(&json!({ "jsonrpc": "2.0", "method": "notifications/prompts/list_changed" })))
                .and(event(&json!({ "jsonrpc": "2.0", "method": "notifications/resources/updated", "params": { "uri": "a:b" } })))
                .and(event(&json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": { "ok": true } })))
                .close(),
            ("POST", "slow") => Reply::nothing().stall(),
            ("POST", method) if !method.is_empty() && request.message().get("id").is_some() => {
                Reply::result(request, &json!({ "tools": [] }))
            }
            _ => Reply::accepted(),
        }
    })
}

fn params(mut more: Value) -> Value {
    more["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": { "name": "modern-host", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": { "sampling": {} },
    });
    more
}

fn assert_used(server: &ScriptedServer, host: &mut StdioHost) {
    assert_eq!(host.call(1, "tools/list", &params(json!({})))["result"]["tools"], json!([]));
    assert_eq!(host.call(2, "tools/call", &params(json!({ "name": "x" })))["result"]["ok"], true);
    let seen = server.seen();
    let handshakes: Vec<_> = seen.iter().filter(|seen| seen.rpc_method() == "initialize").collect();
    assert_eq!(handshakes.len(), 1);
    let asked = handshakes[0].message();
    assert_eq!(asked["params"]["clientInfo"]["name"], "modern-host");
    assert_eq!(asked["params"]["capabilities"], json!({ "sampling": {} }));
    let call = server.wait_for(|seen| seen.rpc_method() == "tools/call");
    assert_eq!(call.header("mcp-session-id"), Some("s1"));
    assert_eq!(call.header("mcp-protocol-version"), Some(VERSION));
}

#[test]
fn the_bridge_shakes_hands_in_its_place() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    assert_used(&server, &mut host);
    let refused = server.wait_for(|seen| seen.message()["id"] == "ask");
    assert_eq!(refused.message()["error"]["code"], -32601);
    assert!(host.finish().success());
    assert_eq!(server.seen().last().map(Request::method), Some("DELETE"));
}

#[test]
fn what_the_command_line_or_the_last_time_says_is_not_tried_again() {
    let home = tempfile::tempdir().expect("a folder");
    let pinned = server();
    assert_used(&pinned, &mut bridge(&pinned.url(), &["--protocol", "legacy"]));
    assert_eq!(pinned.seen()[0].rpc_method(), "initialize");

    let server = server();
    let mut first = bridge_at(home.path(), &server.url(), &[]);
    assert_used(&server, &mut first);
    assert!(first.finish().success(), "it remembers what it learned");
    let before = server.seen().len();
    bridge_at(home.path(), &server.url(), &[]).call(1, "tools/list", &params(json!({})));
    assert_eq!(server.seen()[before].rpc_method(), "initialize");

    let mut modern = bridge(&server.url(), &["--protocol", "modern"]);
    let answer = modern.call(1, "tools/list", &params(json!({})));
    assert_eq!(answer["error"]["code"], -32000, "{answer}");
}

#[test]
fn a_refusal_that_is_about_one_request_leaves_the_next_one_as_it_is() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "resources/read" | "initialize" => Reply::typed(404, "text/html", "<html>"),
        _ if request.method() == "GET" => Reply::status(405),
        _ => Reply::result(request, &json!({ "resultType": "complete" })),
    });
    let mut host = bridge(&server.url(), &[]);
    let refused = host.call(1, "resources/read", &params(json!({ "uri": "a:b" })));
    assert_eq!(refused["error"]["data"]["status"], 404, "{refused}");
    assert_eq!(host.call(2, "tools/list", &params(json!({})))["result"]["resultType"], "complete");
}

#[test]
fn what_the_server_tells_goes_to_those_who_subscribed() {
    let server = server();
    let mut host = bridge(&server.url(), &[]);
    let filter = json!({ "toolsListChanged": true, "resourceSubscriptions": ["a:b"] });
    host.request(7, "subscriptions/listen", &params(json!({ "notifications": filter })));
    let acknowledged = host.message("notifications/subscriptions/acknowledged");
    assert_eq!(acknowledged["params"]["notifications"], filter);
    let about =
        |message: &Value| message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].clone();
    assert_eq!(about(&acknowledged), 7);
    assert_eq!(
        server.wait_for(|seen| seen.rpc_method() == "resources/subscribe").message()["params"]["uri"],
        "a:b"
    );
    host.call(1, "tools/call", &params(json!({ "name": "x" })));
    assert_eq!(about(&host.message("notifications/tools/list_changed")), 7);
    assert_eq!(about(&host.message("notifications/resources/updated")), 7);
    host.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#);
    host.call(2, "tools/call", &params(json!({ "name": "x" })));
    assert_eq!(host.rest(), Vec::<String>::new(), "prompts were not asked for, and the rest is cancelled");
}

#[test]
fn a_request_that_was_cancelled_is_not_spoken_of_and_the_server_is_told() {
    let server = server();
    let mut host = bridge(&server.url(), &["--timeout", "1"]);
    host.call(1, "tools/list", &params(json!({})));
    host.request(2, "slow", &params(json!({})));
    server.wait_for(|seen| seen.rpc_method() == "slow");
    host.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#);
    server.wait_for(|seen| seen.rpc_method() == "notifications/cancelled");
    assert_eq!(host.rest(), Vec::<String>::new());
}

/// A server that asks twice in the middle of a call and says at its end what it was told.
fn asking_server(on: Stream) -> ScriptedServer {
    let told: Arc<Mutex<Vec<Value>>> = Arc::default();
    let streams: Mutex<Vec<Sender<Vec<u8>>>> = Mutex::default();
    let ask = |id: &str, method: &str| {
        event(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": { "message": id } }))
            .into_bytes()
    };
    ScriptedServer::start(move |request| {
        let message = request.message();
        let mut streams = streams.lock().expect("not poisoned");
        match (request.method(), request.rpc_method()) {
            ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
            _ if request.header("mcp-session-id") != Some("s1") => Reply::status(405),
            ("GET", _) => {
                let (sender, events) = channel();
                streams.insert(0, sender);
                Reply::events().and_each(events)
            }
            ("POST", "tools/call") => {
                let (sender, events) = channel();
                streams.push(sender);
                let asks = ask("first", "elicitation/create");
                match on {
                    Stream::OfTheCall => streams.last(),
                    Stream::OfItsOwn => streams.first(),
                }
                .expect("a stream")
                .send(asks)
                .expect("it is read");
                Reply::events().and_each(events).close()
            }
            ("POST", "") => {
                let mut told = told.lock().expect("not poisoned");
                told.push(message["result"].clone());
                let call = streams.last().expect("the call's stream");
                if told.len() == 1 {
                    call.send(ask("second", "sampling/createMessage")).expect("it is read");
                } else {
                    // The id under which the call was made
                    let end = json!({ "jsonrpc": "2.0", "id": 1, "result": { "told": *told } });
                    call.send(event(&end).into_bytes()).expect("it is read");
                }
                Reply::accepted()
            }
            _ => Reply::accepted(),
        }
    })
}

#[derive(Clone, Copy)]
enum Stream {
    OfTheCall,
    OfItsOwn,
}

fn asked_params(more: Value) -> Value {
    let mut params = params(more);
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
        json!({ "sampling": {}, "elicitation": {} });
    params
}

#[test]
fn what_the_server_asks_in_a_call_becomes_its_result() {
    for on in [Stream::OfTheCall, Stream::OfItsOwn] {
        let server = asking_server(on);
        let mut host = bridge(&server.url(), &["--protocol", "legacy"]);
        let first = &host.call(1, "tools/call", &asked_params(json!({ "name": "x" })))["result"];
        assert_eq!(first["resultType"], "input_required", "{first}");
        assert_eq!(first["inputRequests"]["0"]["method"], "elicitation/create");
        assert_eq!(first["inputRequests"]["0"]["params"]["message"], "first");
        let again = |state: &Value, said: Value| {
            asked_params(json!({ "name": "x", "requestState": state, "inputResponses": { "0": said } }))
        };
        let said = json!({ "action": "accept", "content": { "n": 1 } });
        let second = &host.call(2, "tools/call", &again(&first["requestState"], said.clone()))["result"];
        assert_eq!(second["inputRequests"]["0"]["method"], "sampling/createMessage", "{second}");
        let end = host.call(3, "tools/call", &again(&second["requestState"], json!({ "role": "user" })));
        assert_eq!(end["result"]["told"], json!([said, { "role": "user" }]), "{end}");
        assert_eq!(server.seen().iter().filter(|seen| seen.rpc_method() == "tools/call").count(), 1);
        assert_eq!(host.rest(), Vec::<String>::new());
    }
}

#[test]
fn a_call_that_breaks_while_the_host_looks_for_an_answer_fails_when_the_host_comes_back() {
    let server = asking_server(Stream::OfTheCall);
    let mut host = bridge(&server.url(), &["--protocol", "legacy"]);
    let first = host.call(1, "tools/call", &asked_params(json!({ "name": "x" })))["result"].clone();
    drop(server);
    let again = asked_params(json!({
        "name": "x",
        "requestState": first["requestState"],
        "inputResponses": { "0": { "action": "decline" } },
    }));
    assert!(host.call(2, "tools/call", &again).get("error").is_some());
    assert_eq!(host.rest(), Vec::<String>::new());
}

#[test]
fn a_host_that_cannot_be_asked_is_not() {
    let server = asking_server(Stream::OfTheCall);
    let mut host = bridge(&server.url(), &["--protocol", "legacy"]);
    host.request(1, "tools/call", &params(json!({ "name": "x" })));
    let refused = server.wait_for(|seen| seen.message()["id"] == "first");
    assert_eq!(refused.message()["error"]["code"], -32601, "{refused:?}");
    let second = host.answer(1);
    assert_eq!(second["result"]["inputRequests"]["0"]["method"], "sampling/createMessage", "{second}");
}
