//! Whatever the server does, a request is answered once.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bridgekeeper_testkit::fault::{FaultServer, Incoming, Reply, event};
use bridgekeeper_testkit::host::StdioHost;
use serde_json::{Value, json};

use crate::{VERSION, bridge};

/// A server whose handshake is in order; `call` decides what becomes of `tools/call`.
fn server(call: impl Fn(&Incoming) -> Reply + Send + Sync + 'static) -> FaultServer {
    FaultServer::start(move |request| match (request.method.as_str(), request.rpc_method().as_str()) {
        ("POST", "initialize") => Reply::initialized(request, "s1"),
        ("POST", "tools/call") => call(request),
        ("POST", _) => Reply::accepted(),
        _ => Reply::new(405, &[], ""),
    })
}

fn connected(server: &FaultServer, flags: &[&str]) -> StdioHost {
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
    assert_eq!(error_of(Reply::default().reset())["data"]["stage"], "http");
    assert_eq!(error_of(Reply::events().reset())["data"]["stage"], "http");
}

#[test]
fn a_connection_closed_without_a_word() {
    assert_eq!(error_of(Reply::default().close())["data"]["stage"], "http");
}

#[test]
fn a_server_that_falls_silent() {
    assert_says(&error_of(Reply::default().stall()), "sent nothing for 1 s");
    assert_says(&error_of(Reply::events().stall()), "sent nothing for 1 s");
    assert_says(
        &error_of(Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{").stall()),
        "sent nothing for 1 s",
    );
}

#[test]
fn a_stream_that_ends_before_the_answer() {
    assert_says(&error_of(Reply::events().close()), "ended the stream before the answer");
    assert_says(&error_of(Reply::events().and(": only a comment\n\n").close()), "ended the stream");
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
        let (sender, drops) = channel();
        thread::spawn(move || {
            let (_never, clock) = channel::<()>();
            for byte in answer.into_bytes() {
                // Longer in all than the server may be silent.
                let _ = clock.recv_timeout(Duration::from_millis(30));
                if sender.send(vec![byte]).is_err() {
                    return;
                }
            }
        });
        Reply::events().and_each(drops).close()
    });
    let mut host = connected(&server, &["--timeout", "1"]);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"], "grüße");
}

#[test]
fn something_that_is_no_message() {
    assert_says(
        &error_of(Reply::new(200, &[("Content-Type", "application/json")], "{\"a\":")),
        "no JSON-RPC message",
    );
    assert_says(&error_of(Reply::new(200, &[("Content-Type", "text/html")], "<html>")), "text/html");
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
fn an_error_status_is_named() {
    let error = error_of(Reply::new(502, &[("Content-Type", "text/html")], "<html>Bad gateway"));
    assert_says(&error, "502 Bad Gateway with a web page");
    assert_eq!(error["data"]["status"], 502);
}

#[test]
fn the_servers_own_error_reaches_the_host_as_it_is() {
    let body = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32077,"message":"own","data":{"n":1.50}}}"#;
    let server = server(move |_| Reply::new(400, &[("Content-Type", "application/json")], body));
    let mut host = connected(&server, &[]);
    host.request(1, "tools/call", &json!({}));
    assert_eq!(
        host.line(),
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32077,"message":"own","data":{"n":1.50}}}"#
    );
}

#[test]
fn a_redirect_to_another_origin_is_not_followed() {
    let other = FaultServer::start(|_| Reply::accepted());
    let target = other.url();
    let server = server(move |_| Reply::new(307, &[("Location", &target)], ""));
    let mut host = connected(&server, &["--header", "Authorization:secret"]);
    let answer = host.call(1, "tools/call", &json!({}));
    assert_says(&answer["error"], "redirects to");
    assert!(other.seen().is_empty());
}

#[test]
fn a_redirect_within_the_origin_is_followed_and_keeps_what_is_sent() {
    let server = server(|request| match request.path.as_str() {
        "/mcp" => Reply::new(307, &[("Location", "/moved")], ""),
        _ => Reply::result(request, &json!({ "path": request.path })),
    });
    let mut host = connected(&server, &["--header", "Authorization:secret"]);
    assert_eq!(host.call(1, "tools/call", &json!({}))["result"]["path"], "/moved");
    let moved = server.wait_for(|seen| seen.path == "/moved");
    assert_eq!(moved.method, "POST");
    assert_eq!((moved.header("authorization"), moved.header("mcp-session-id")), (Some("secret"), Some("s1")));
}

#[test]
fn a_batch_and_a_document_of_many_lines_become_single_lines() {
    let body = "[\n {\"jsonrpc\":\"2.0\",\n  \"method\":\"notifications/a\"},\r\n {\"jsonrpc\":\"2.0\",\"id\":1,\n\"result\":1.50}\n]\n";
    let server = server(move |_| Reply::new(200, &[("Content-Type", "application/json")], body));
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
fn an_id_that_is_still_in_use_is_refused() {
    let server = server(|_| Reply::default().stall());
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
    let reply = Reply::new(200, &[("Content-Type", "application/json"), ("X-Endless", &endless)], "{}");
    assert_eq!(error_of(reply)["data"]["stage"], "http");
}

#[test]
fn a_packed_body_is_not_asked_for_and_named_where_it_comes() {
    let bomb =
        Reply::new(200, &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")], b"\x1f\x8b");
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
        Reply::new(200, &[("Content-Type", "application/json")], format!("\u{feff}{answer}")),
        Reply::new(200, &[("Content-Type", "application/json; charset=utf-8")], format!("\r\n{answer}\r\n")),
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
        let body = String::from_utf8(request.body.clone()).expect("UTF-8");
        let id =
            body.strip_prefix("{\"id\":").and_then(|rest| rest.split_once(",\"jsonrpc\"")).expect("an id").0;
        let answer = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{{}}}}");
        // None is answered before all have come: no two of them are taken for the same.
        all_there.wait();
        Reply::new(200, &[("Content-Type", "application/json")], answer)
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
    let error = error_of(Reply::new(307, &[("Location", "/mcp")], ""));
    assert_says(&error, "answered 307");
    assert_eq!(error["data"]["status"], 307);
}

#[test]
fn what_needs_no_answer_may_be_taken_in_any_way() {
    for reply in [
        Reply::accepted(),
        Reply::new(204, &[], ""),
        Reply::new(200, &[], ""),
        Reply::new(200, &[("Content-Type", "text/plain")], "ok"),
        Reply::new(200, &[("Content-Type", "application/json")], "null"),
    ] {
        let server = FaultServer::start(move |request| match request.rpc_method().as_str() {
            "initialize" => Reply::initialized(request, ""),
            "tools/call" => Reply::result(request, &json!({})),
            _ if request.method == "POST" => reply.clone(),
            _ => Reply::new(405, &[], ""),
        });
        let mut host = connected(&server, &[]);
        host.send(r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#);
        assert_eq!(host.call(1, "tools/call", &json!({}))["result"], json!({}));
        assert_eq!(host.rest(), Vec::<String>::new());
    }
}
