//! A request as it arrived, read without a check beyond what finds its end.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::io::{self, BufRead as _, BufReader, Read};
use std::time::Instant;

use serde_json::Value;

/// One HTTP request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    message: Value,
    origin: String,
    at: Instant,
}

impl Request {
    pub(crate) fn new(
        origin: &str,
        method: String,
        target: String,
        headers: BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Self {
        let message = serde_json::from_slice(&body).unwrap_or_default();
        Self { method, target, headers, body, message, origin: origin.to_owned(), at: Instant::now() }
    }

    /// The next request on a connection; `None` at its end.
    pub(crate) fn read(stream: &mut BufReader<impl Read>, origin: &str) -> io::Result<Option<Self>> {
        let Some(first) = read_line(stream)? else { return Ok(None) };
        let mut words = first.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut headers = BTreeMap::new();
        while let Some(line) = read_line(stream)?.filter(|line| !line.is_empty()) {
            if let Some((name, value)) = line.split_once(':') {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        Ok(Some(Self::new(origin, method, target, headers, body)))
    }

    /// `GET`, `POST`, …
    pub fn method(&self) -> &str {
        &self.method
    }

    /// What was asked for, as it was sent (RFC 9112 §3.2): the path with its query, for a proxy a whole address.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&*self.target, |(path, _)| path)
    }

    /// The query without its question mark, or the empty text.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Its headers, by their names in lower case; of those that came twice the last one.
    pub const fn headers(&self) -> &BTreeMap<String, String> {
        &self.headers
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; `null` where it is none.
    pub const fn message(&self) -> &Value {
        &self.message
    }

    /// The JSON-RPC method of the body, or the empty text.
    pub fn rpc_method(&self) -> &str {
        self.message["method"].as_str().unwrap_or_default()
    }

    /// Scheme, host and port of the server that it came to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address of a path on that server.
    pub fn address_of(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// When it had been read.
    pub const fn at(&self) -> Instant {
        self.at
    }
}

/// What came, in a line: what a failing test shows of it.
impl Display for Request {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { method, target, .. } = self;
        match self.rpc_method() {
            "" => write!(f, "{method} {target}"),
            message => write!(f, "{method} {target}: {message}"),
        }
    }
}

fn read_line(stream: &mut BufReader<impl Read>) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}
