//! The wire is read as bytes: what a client makes of them is the business of the tests that use the server.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer, event};
use serde_json::json;

/// Longer than anything here takes, so that a failure is told and not waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection over which this was asked.
fn asking(server: &ScriptedServer, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// Everything that comes until the server closes the connection.
fn told(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn one_connection_serves_until_its_client_or_a_reply_says_otherwise() {
    let server = ScriptedServer::start(|request| match request.path() {
        "/whole" => Reply::json(&json!({})).with_status(201).with("X-One", "1"),
        _ => Reply::raw("HTTP/1.1 nonsense").close(),
    });
    let both = asking(&server, "GET /whole?a=b HTTP/1.1\r\nA: 1\r\n\r\nGET /raw HTTP/1.1\r\n\r\n");
    let whole = "Content-Type: application/json\r\nX-One: 1\r\nContent-Length: 2\r\n";
    assert_eq!(told(both), format!("HTTP/1.1 201 Scripted\r\n{whole}\r\n{{}}HTTP/1.1 nonsense"));
    let last = asking(&server, "GET /whole HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_eq!(told(last), format!("HTTP/1.1 201 Scripted\r\n{whole}Connection: close\r\n\r\n{{}}"));

    let seen = server.seen();
    let targets: Vec<_> = seen.iter().map(Request::target).collect();
    assert_eq!(targets, ["/whole?a=b", "/raw", "/whole"]);
    assert_eq!((seen[0].path(), seen[0].query(), seen[0].header("a")), ("/whole", "a=b", Some("1")));
}

#[test]
fn a_stream_comes_in_pieces_and_ends_with_the_connection() {
    let (pieces, coming) = channel();
    let coming = Mutex::new(Some(coming));
    let server = ScriptedServer::start(move |_| {
        let coming = coming.lock().unwrap().take().expect("one request");
        Reply::events()
            .drip("id: 7\n", Duration::from_millis(1))
            .and(event(&json!(1)))
            .and_each(coming)
            .close()
    });
    let stream = asking(&server, "GET / HTTP/1.1\r\n\r\n");
    pieces.send(b": from the test".to_vec()).unwrap();
    drop(pieces);
    assert!(told(stream).ends_with("Connection: close\r\n\r\nid: 7\ndata: 1\n\n: from the test"));
}

#[test]
fn a_reset_is_no_end() {
    let server = ScriptedServer::start(|_| Reply::nothing().reset());
    let mut stream = asking(&server, "GET / HTTP/1.1\r\n\r\n");
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn what_hangs_ends_with_the_server() {
    // The channel stays open for as long as the script lives, and the script for as long as a reply waits for it.
    let (open, coming) = channel();
    let coming = Mutex::new(Some(coming));
    let (gone, is_gone) = channel::<()>();
    let server = ScriptedServer::start(move |request| {
        let _held = (&open, &gone);
        match request.path() {
            "/channel" => Reply::events().and_each(coming.lock().unwrap().take().expect("one request")),
            "/drip" => Reply::raw("").drip("never", PATIENCE),
            _ => Reply::nothing().stall(),
        }
    });
    let paths = ["/channel", "/drip", "/stall"];
    let hanging = paths.map(|path| asking(&server, &format!("GET {path} HTTP/1.1\r\n\r\n")));
    for path in paths {
        server.wait_for(|request| request.path() == path);
    }
    drop(server);
    for stream in hanging {
        assert!(!told(stream).contains("never"));
    }
    let last = is_gone.recv_timeout(PATIENCE);
    assert_eq!(last, Err(RecvTimeoutError::Disconnected), "every thread lets go of the script");
}

#[test]
fn a_script_that_panics_closes_the_connection() {
    let server = ScriptedServer::start(|request| {
        assert_ne!(request.path(), "/unexpected");
        Reply::accepted()
    });
    assert_eq!(told(asking(&server, "GET /unexpected HTTP/1.1\r\n\r\n")), "");
    assert!(told(asking(&server, "GET / HTTP/1.1\r\nconnection: close\r\n\r\n")).starts_with("HTTP/1.1 202"));
}
