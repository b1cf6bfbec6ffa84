//! Whatever the server does, a request is answered once.

use std::time::Duration;

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// A server whose handshake is in order; `call` decides what becomes of `tools/call`.
fn server(call: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> ScriptedServer {
    ScriptedServer::start(move |request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => call(request),
        ("POST", _) => Reply::accepted(),
        _ => Reply::status(405),
    })
}

fn connected(server: &ScriptedServer, flags: &[&str]) -> StdioHost {
    let mut host = bridge(&server.url(), flags);
    host.initialize(VERSION);
    host
}

/// Calls a tool on a server that spoils the reply, and gives back the error. Nothing else may be printed.
fn error_of(reply: Reply) -> Value {
    let server = server(move |_| reply.clone());
    let mut host = connected(&server, &["--timeout", "1"]);
    let answer = host.call(1, "tools/call", &json!({ "name": "x" }));
    assert_eq!(host.rest(), Vec::<String>::new());
    answer["error"].clone()
}

fn assert_says(error: &Value, text: &str) {
    assert!(error["message"].as_str().is_some_and(|message| message.contains(text)), "{error}");
}

#[test]
fn a_reset_connection() {
    assert_eq!(error_of(Reply::nothing().reset())["data"]["stage"], "http");
    assert_eq!(error_of(Reply::events().reset())["data"]["stage"], "http");
}

#[test]
fn a_connection_closed_without_a_word() {
    assert_eq!(error_of(Reply::nothing().close())["data"]["stage"], "http");
}

#[test]
fn a_server_that_falls_silent() {
    assert_says(&error_of(Reply::nothing().stall()), "sent nothing for 1 s");
    assert_says(&error_of(Reply::events().stall()), "sent nothing for 1 s");
    assert_says(
        &error_of(Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{").stall()),
        "sent nothing for 1 s",
    );
}

#[test]
fn a_server_that_took_too_long_hears_that_nobody_waits() {
    let server = server(|_| Reply::events().stall());
    let mut host = connected(&server, &["--timeout", "1"]);
    assert_says(&host.call(1, "tools/call", &json!({}))["error"], "sent nothing for 1 s");
    let told = server.wait_for(|seen| seen.rpc_method() == "notifications/cancelled");
    assert_eq!(told.message()["params"]["requestId"], 1);
}

#[test]
fn a_stream_that_ends_before_the_answer() {
    assert_says(&error_of(Reply::events().close()), "ended the stream before the answer");
    assert_says(&error_of(Reply::events().and(": only a comment\n\n").close()), "ended the stream");
    // It names a place to go on from, and answers 405 to who does.
    assert_says(&error_of(Reply::events().and("retry: 0\nid: 1\ndata:\n\n").close()), "ended the stream");
}

#[test]
fn a_stream_that_is_taken_up_again_and_again_without_a_word() {
    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => Reply::events().and("retry: 0\nid: 1\ndata:\n\n").close(),
        ("POST", _) => Reply::accepted(),
        ("GET", _) if request.header("last-event-id").is_some() => Reply::events().close(),
        _ => Reply::status(405),
    });
    let mut host = connected(&server, &["--timeout", "1"]);
    let answer = host.call(1, "tools/call", &json!({}));
    assert_says(&answer["error"], "sent nothing for 1 s");
    // As often as it asks, but not without any pause.
    assert!(server.seen().len() < 40, "{}", server.seen().len());
}

#[test]
fn a_stream_that_is_not_given_back_when_it_is_asked_for() {
    let server = ScriptedServer::start(|request| match (request.method(), request.rpc_method()) {
        ("POST", "initialize") => Reply::initialized(request).with_session("s1"),
        ("POST", "tools/call") => Reply::events().and("retry: 0\nid: 1\ndata:\n\n").close(),
        ("POST", _) => Reply::accepted(),
        ("GET", _) if request.header("last-event-id").is_some() => Reply::nothing().stall(),
        _ => Reply::status(405),
    });
    let mut host = connected(&server, &["--timeout", "1"]);
    assert_says(&host.call(1, "tools/call", &json!({}))["error"], "sent nothing for 1 s");
}

#[test]
fn half_a_frame_inside_a_character() {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": "grüße" });
    let bytes = event(&answer).into_bytes();
    let cut = bytes.iter().position(|&byte| byte == 0xc3).expect("a character of two bytes") + 1;
    assert_says(&error_of(Reply::events().and(&bytes[..cut]).close()), "ended the stream");
}

#[test]
fn an_answer_that_drips_in_is_waited_for() {
    let server = server(|request| {
        let answer = event(&json!({ "jsonrpc": "2.0", "id": request.message()["id"], "result": "grüße" }));
        // Longer in all than the server may be silent.
        Reply::events().drip(answer, Duration::from_millis(30)).close()
    });
    let mut host = connected(&server, &["--timeout", "1"]);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"], "grüße");
}

#[test]
fn something_that_is_no_message() {
    assert_says(&error_of(Reply::typed(200, "application/json", "{\"a\":")), "no JSON-RPC message");
    assert_says(&error_of(Reply::typed(200, "text/html", "<html>")), "text/html");
    assert_says(&error_of(Reply::accepted()), "took the request and sent no answer");
    assert_eq!(error_of(Reply::raw("nonsense\r\n\r\n").close())["data"]["stage"], "http");
}

#[test]
fn an_event_that_is_no_message_does_not_end_the_stream() {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let server = server(move |_| Reply::events().and("data: <html>\n\n").and(event(&answer)).close());
    let mut host = connected(&server, &[]);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"], json!({}));
}

#[test]
fn an_answer_that_is_broken_is_not_waited_for_any_longer() {
    let broken = r#"data: {"jsonrpc":"2.0","id":1,"result":{"ratio":NaN}}"#;
    assert_says(&error_of(Reply::events().and(format!("{broken}\n\n")).stall()), "no JSON-RPC message");
}

#[test]
fn an_error_status_is_named() {
    let error = error_of(Reply::typed(502, "text/html", "<html>Bad gateway"));
    assert_says(&error, "502 Bad Gateway with a web page");
    assert_eq!(error["data"]["status"], 502);
}

#[test]
fn the_servers_own_error_reaches_the_host_as_it_is() {
    let body = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32077,"message":"own","data":{"n":1.50}}}"#;
    let server = server(move |_| Reply::typed(400, "application/json", body));
    let mut host = connected(&server, &[]);
    host.request(1, "tools/call", &json!({}));
    assert_eq!(
        host.line(),
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32077,"message":"own","data":{"n":1.50}}}"#
    );
}

#[test]
fn a_redirect_to_another_origin_is_not_followed() {
    let other = ScriptedServer::start(|_| Reply::accepted());
    let target = other.url();
    let server = server(move |_| Reply::status(307).with("Location", &target));
    let mut host = connected(&server, &["--header", "Authorization:secret"]);
    let answer = host.call(1, "tools/call", &json!({}));
    assert_says(&answer["error"], "redirects to");
    assert!(other.seen().is_empty());
}

#[test]
fn a_redirect_within_the_origin_is_followed_and_keeps_what_is_sent() {
    let server = server(|request| match request.path() {
        "/mcp" => Reply::status(307).with("Location", "/moved"),
        _ => Reply::result(request, &json!({ "path": request.path() })),
    });
    let mut host = connected(&server, &["--header", "Authorization:secret"]);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["path"], "/moved");
    let moved = server.wait_for(|seen| seen.path() == "/moved");
    assert_eq!(moved.method(), "POST");
    assert_eq!((moved.header("authorization"), moved.header("mcp-session-id")), (Some("secret"), Some("s1")));
}

#[test]
fn a_batch_and_a_document_of_many_lines_become_single_lines() {
    let body = "[\n {\"jsonrpc\":\"2.0\",\n  \"method\":\"notifications/a\"},\r\n {\"jsonrpc\":\"2.0\",\"id\":1,\n\"result\":1.50}\n]\n";
    let server = server(move |_| Reply::typed(200, "application/json", body));
    let mut host = connected(&server, &[]);
    host.request(1, "tools/call", &json!({}));
    assert_eq!(host.line(), r#"{"jsonrpc":"2.0",   "method":"notifications/a"}"#);
    assert_eq!(host.line(), r#"{"jsonrpc":"2.0","id":1, "result":1.50}"#);
}

#[test]
fn what_is_no_message_in_a_batch_does_not_take_the_answer_along() {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": "here" });
    for batch in [json!([{ "a": 1 }, answer]), json!([7, answer, "b"])] {
        let server = server(move |_| Reply::json(&batch));
        let mut host = connected(&server, &[]);
        assert_eq!(host.call(1, "tools/call", &json!({}))["result"], "here");
        assert_eq!(host.rest(), Vec::<String>::new());
    }
}

#[test]
fn an_answer_that_comes_twice_is_given_once() {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} });
    let server = server(move |_| Reply::events().and(event(&answer)).and(event(&answer)).close());
    let mut host = connected(&server, &[]);
    host.request(1, "tools/call", &json!({}));
    assert_eq!(host.rest().len(), 1);
}

#[test]
fn an_answer_under_an_id_of_another_type_is_none_and_the_log_says_so() {
    let server = server(|_| Reply::json(&json!({ "jsonrpc": "2.0", "id": "1", "result": {} })));
    let mut host = connected(&server, &[]);
    assert_says(&host.call(1, "tools/call", &json!({}))["error"], "sent no answer");
    assert_eq!(host.rest(), Vec::<String>::new());
    assert!(host.log().contains(r#"answers the request 1 as "1""#), "{}", host.log());
}

#[test]
fn an_id_that_is_still_in_use_is_refused() {
    let server = server(|_| Reply::nothing().stall());
    let mut host = connected(&server, &["--timeout", "1"]);
    host.request(1, "tools/call", &json!({}));
    host.request(1, "tools/call", &json!({}));
    assert_says(&host.answer(1)["error"], "still waiting");
    assert_says(&host.answer(1)["error"], "sent nothing");
}

#[test]
fn an_event_of_many_megabytes_passes() {
    let text = "x".repeat(33 << 20);
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": { "text": text } });
    let server = server(move |_| Reply::events().and(event(&answer)).close());
    let mut host = connected(&server, &[]);
    let answer = host.call(1, "tools/call", &json!({}));
    assert_eq!(answer["result"]["text"].as_str().map(str::len), Some(33 << 20));
}

#[test]
fn a_head_beyond_measure_is_not_read() {
    let endless = "x".repeat(4 << 20);
    let reply = Reply::typed(200, "application/json", "{}").with("X-Endless", &endless);
    assert_eq!(error_of(reply)["data"]["stage"], "http");
}

#[test]
fn a_packed_body_is_not_asked_for_and_named_where_it_comes() {
    let bomb = Reply::typed(200, "application/json", b"\x1f\x8b").with("Content-Encoding", "gzip");
    assert_says(&error_of(bomb), "a body in gzip");
    let server = server(|request| Reply::result(request, &json!({})));
    let mut host = connected(&server, &["--header", "Accept-Encoding: gzip"]);
    host.call(1, "tools/call", &json!({}));
    let call = server.wait_for(|seen| seen.rpc_method() == "tools/call");
    assert_eq!(call.header("accept-encoding"), Some("identity"));
}

#[test]
fn byte_order_marks_and_line_ends_of_every_kind_are_read_over() {
    let answer = r#"{"jsonrpc":"2.0","id":1,"result":1.50}"#;
    for reply in [
        Reply::typed(200, "application/json", format!("\u{feff}{answer}")),
        Reply::typed(200, "application/json; charset=utf-8", format!("\r\n{answer}\r\n")),
        Reply::events().and(format!("\u{feff}data: {answer}\r\r")).close(),
        Reply::events().and(format!(": \r\nevent: message\r\ndata: {answer}\r\n\r\n")).close(),
    ] {
        let server = server(move |_| reply.clone());
        let mut host = connected(&server, &[]);
        host.request(1, "tools/call", &json!({}));
        assert_eq!(host.line().trim(), answer);
    }
}

#[test]
fn ids_of_every_kind_come_back_as_they_are_spelt() {
    let ids = [
        "0",
        "-1",
        "1.50",
        "1e3",
        "\"a\"",
        "\"\\u0061b\\n\"",
        "\"ä\"",
        "9007199254740993",
        "-9007199254740993",
        "-9007199254740992",
        "123456789012345678901234567890",
    ];
    let all_there = std::sync::Barrier::new(ids.len());
    let server = server(move |request| {
        let body = String::from_utf8(request.body().to_vec()).expect("UTF-8");
        let id =
            body.strip_prefix("{\"id\":").and_then(|rest| rest.split_once(",\"jsonrpc\"")).expect("an id").0;
        let answer = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}");
        // None is answered before all have come: no two of them are taken for the same.
        all_there.wait();
        Reply::typed(200, "application/json", answer)
    });
    let mut host = connected(&server, &[]);
    for id in ids {
        host.send(&format!("{{\"id\":{id},\"jsonrpc\":\"2.0\",\"method\":\"tools/call\"}}"));
    }
    let mut answers: Vec<String> = ids.iter().map(|_| host.line()).collect();
    let mut expected = ids.map(|id| format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}"));
    answers.sort();
    expected.sort();
    assert_eq!(answers, expected);
}

#[test]
fn a_redirect_in_a_circle_is_an_answer_that_names_the_status() {
    let error = error_of(Reply::status(307).with("Location", "/mcp"));
    assert_says(&error, "answered 307");
    assert_eq!(error["data"]["status"], 307);
}

#[test]
fn what_needs_no_answer_may_be_taken_in_any_way() {
    for reply in [
        Reply::accepted(),
        Reply::status(204),
        Reply::status(200),
        Reply::typed(200, "text/plain", "ok"),
        Reply::typed(200, "application/json", "null"),
    ] {
        let server = ScriptedServer::start(move |request| match request.rpc_method() {
            "initialize" => Reply::initialized(request),
            "tools/call" => Reply::result(request, &json!({})),
            _ if request.method() == "POST" => reply.clone(),
            _ => Reply::status(405),
        });
        let mut host = connected(&server, &[]);
        host.send(r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#);
        assert_eq!(host.call(1, "tools/call", &json!({}))["result"], json!({}));
        assert_eq!(host.rest(), Vec::<String>::new());
    }
}
