//! An MCP server that costs next to nothing: answers that were made beforehand, one write for each.
//!
//! One thread for all connections. It reads HTTP as far as the clients here write it.

use std::io::{Read as _, Write as _};
use std::rc::Rc;

use anyhow::{Context as _, Result};
use bytes::{Buf as _, BytesMut};
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use crate::workload::{LARGE, LARGE_JSON_TOOL, LARGE_SSE_TOOL};

/// How an event stream is cut.
const CHUNK: usize = 64 << 10;

/// Runs until standard input ends. Tells its port on standard output.
pub(crate) fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("a port on 127.0.0.1")?;
        println!("listening on {}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        let large = Rc::new(Large::new());
        loop {
            let (connection, _) = listener.accept().await?;
            connection.set_nodelay(true)?;
            let large = Rc::clone(&large);
            // However a connection ends, the others go on.
            tokio::task::spawn_local(async move { serve(connection, &large).await });
        }
    })
}

/// What large answers have in common: all that stands behind the id.
struct Large {
    json: Vec<u8>,
    /// The same as the rest of an event, in chunks, and the end of the body.
    events: Vec<u8>,
}

impl Large {
    fn new() -> Self {
        let json = format!(r#","result":{}}}"#, result(&large_text()));
        let mut events = Vec::new();
        for piece in json.as_bytes().chunks(CHUNK) {
            chunk(&mut events, piece);
        }
        chunk(&mut events, b"\n\n");
        chunk(&mut events, b"");
        Self { json: json.into_bytes(), events }
    }
}

/// JSON text of the size that is asked for, with what JSON text has in it. No escape that could be written shorter: some
/// bridges write messages anew.
fn large_text() -> String {
    let words = r#"The harbour opens at seven.\n\"Is it far?\" über die Brücke — 1,234.5 km. "#;
    words.repeat(LARGE / words.len() + 1)
}

async fn serve(mut connection: TcpStream, large: &Large) -> Result<()> {
    let mut read = BytesMut::with_capacity(16 << 10);
    let mut answer = Vec::new();
    loop {
        let Some((head, body)) = lengths(&read) else {
            if connection.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
            continue;
        };
        if read.len() < head + body {
            read.reserve(head + body - read.len());
            if connection.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
            continue;
        }
        answer.clear();
        let rest = answer_to(&read[..head], &read[head..head + body], large, &mut answer);
        read.advance(head + body);
        connection.write_all(&answer).await?;
        connection.write_all(rest).await?;
    }
}

/// Lengths of a request's head and body, once the head is there.
fn lengths(read: &[u8]) -> Option<(usize, usize)> {
    let head = memmem::find(read, b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some((head, length.and_then(|value| value.trim().parse().ok()).unwrap_or(0)))
}

/// Writes the answer, or the beginning of a large one, whose rest it gives.
fn answer_to<'l>(head: &[u8], body: &[u8], large: &'l Large, answer: &mut Vec<u8>) -> &'l [u8] {
    if !head.starts_with(b"POST") {
        // No stream of its own, and no session to end.
        answer.extend_from_slice(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
        return &[];
    }
    let body = std::str::from_utf8(body).unwrap_or_default();
    let method = member(body, "method").trim_matches('"');
    let id = member(body, "id");
    match method {
        "initialize" => json(
            answer,
            "200 OK\r\nMcp-Session-Id: bench",
            &format!(
                r#"{{"jsonrpc":"2.0","id":{id},"result":{{"protocolVersion":"2025-11-25","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"bench","version":"1"}}}}}}"#
            ),
        ),
        "tools/call" if body.contains(LARGE_JSON_TOOL) => {
            let begin = begin(id);
            json_head(answer, "200 OK", begin.len() + large.json.len());
            answer.extend_from_slice(begin.as_bytes());
            return &large.json;
        }
        "tools/call" if body.contains(LARGE_SSE_TOOL) => {
            answer.extend_from_slice(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            );
            chunk(answer, format!("event: message\ndata: {}", begin(id)).as_bytes());
            return &large.events;
        }
        "tools/call" => {
            json(answer, "200 OK", &format!(r#"{},"result":{}}}"#, begin(id), result("fine, thank you")));
        }
        _ if id.is_empty() => answer.extend_from_slice(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
        "server/discover" => json(
            answer,
            "400 Bad Request",
            r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Bad Request: Server not initialized"}}"#,
        ),
        _ => json(answer, "200 OK", &format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"tools":[]}}}}"#)),
    }
    &[]
}

fn json(answer: &mut Vec<u8>, status: &str, body: &str) {
    json_head(answer, status, body.len());
    answer.extend_from_slice(body.as_bytes());
}

fn json_head(answer: &mut Vec<u8>, status: &str, length: usize) {
    answer.extend_from_slice(
        format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n")
            .as_bytes(),
    );
}

/// One chunk of a body; the last one is empty (RFC 9112, section 7.1).
fn chunk(answer: &mut Vec<u8>, piece: &[u8]) {
    answer.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
    answer.extend_from_slice(piece);
    answer.extend_from_slice(b"\r\n");
}

fn begin(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id}"#)
}

fn result(text: &str) -> String {
    format!(r#"{{"content":[{{"type":"text","text":"{text}"}}]}}"#)
}

/// The text of a member without blanks in it, by the first place where its name stands; empty where it does not.
fn member<'t>(body: &'t str, name: &str) -> &'t str {
    let quoted = format!("\"{name}\":");
    let Some((_, rest)) = body.split_once(&quoted) else { return "" };
    rest.trim_start().split([',', '}']).next().unwrap_or_default().trim()
}
