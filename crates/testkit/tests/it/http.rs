//! One HTTP exchange on a plain socket, so that the server is not tested with the client it is there to test.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;
use url::{Url, form_urlencoded};

/// Status, headers as one text, and the body as JSON (`null` where it is none).
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, Value) {
    let url = Url::parse(url).unwrap();
    let mut stream = TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).unwrap();
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let headers: String = headers.iter().flat_map(|(name, value)| [*name, ": ", *value, "\r\n"]).collect();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        url.authority(),
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    // A server that breaks off on purpose leaves what came before.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_ascii_lowercase(), serde_json::from_str(body).unwrap_or_default())
}

pub(crate) fn post_form(url: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
    let (status, _, body) = send("POST", url, &[FORM], &form(pairs));
    (status, body)
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub(crate) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");
