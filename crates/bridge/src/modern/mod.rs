//! The protocol of 2026-07-28: no sessions, each request complete in itself, its routing data repeated in headers
//! (SEP-2243, SEP-2575).
//!
//! Everything here is text in, text out. Messages are spliced, never written anew: what is not ordered to change
//! keeps its bytes.

pub(crate) mod headers;
pub(crate) mod splice;
pub(crate) mod tools;

use std::borrow::Cow;
use std::sync::LazyLock;

use bridgekeeper_net::header::HeaderMap;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;

use self::tools::Tools;

/// The revision that this module speaks.
pub(crate) const VERSION: &str = "2026-07-28";

/// A header is missing, or differs from the body (JSON-RPC error code).
const HEADER_MISMATCH: i64 = -32020;

/// Nobody answers to the method (JSON-RPC error code).
const METHOD_NOT_FOUND: i64 = -32601;

/// The server does not speak the version that the request names (JSON-RPC error code).
const UNSUPPORTED_VERSION: i64 = -32022;

/// Finds the key by which a message names its version. It is looked for in each message.
static VERSION_KEY: LazyLock<Finder<'static>> =
    LazyLock::new(|| Finder::new("io.modelcontextprotocol/protocolVersion"));

/// A message of a host that speaks the revision, as far as its headers need it.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) version: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    arguments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(default, borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    uri: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(rename = "_meta", borrow)]
    meta: Meta<'a>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion", borrow)]
    version: Cow<'a, str>,
}

impl<'a> Call<'a> {
    /// Reads a message that names its protocol version; `None` for one of the time before.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        VERSION_KEY.find(line)?;
        let Message { method, params } = serde_json::from_slice(line).ok()?;
        let name = match &*method {
            "tools/call" | "prompts/get" => params.name,
            "resources/read" => params.uri,
            _ => None,
        };
        Some(Self { method, version: params.meta.version, name, arguments: params.arguments })
    }

    /// What the request must carry beside its body.
    pub(crate) fn headers(&self, tools: &Tools) -> HeaderMap {
        let mut map = HeaderMap::new();
        headers::insert(&mut map, "mcp-protocol-version", &self.version);
        headers::insert(&mut map, "mcp-method", &self.method);
        if let Some(name) = &self.name {
            headers::insert(&mut map, "mcp-name", name);
        }
        if self.method == "tools/call"
            && let Some(name) = &self.name
        {
            for (header, value) in tools.parameters(name, self.arguments) {
                headers::insert(&mut map, &format!("mcp-param-{header}"), &value);
            }
        }
        map
    }
}

/// The result in an answer; `None` for an error.
pub(crate) fn result_of(answer: &[u8]) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: &'a RawValue,
    }
    serde_json::from_slice(answer).ok().map(|Answer { result }| result)
}

/// Whether an error says that a header is missing or differs from the body.
pub(crate) fn is_header_mismatch(error: &str) -> bool {
    #[derive(Deserialize)]
    struct ErrorObject {
        code: i64,
    }
    serde_json::from_str(error).is_ok_and(|ErrorObject { code }| code == HEADER_MISMATCH)
}

/// Whether an error says that the method is not known, which since the revision comes with 404.
pub(crate) fn is_unknown_method(error: &str) -> bool {
    #[derive(Deserialize)]
    struct ErrorObject {
        code: i64,
    }
    serde_json::from_str(error).is_ok_and(|ErrorObject { code }| code == METHOD_NOT_FOUND)
}

/// Whether an error is one that only a server of the revision gives, or that says nothing about its age.
pub(crate) fn is_of_the_revision(error: &str) -> bool {
    #[derive(Deserialize)]
    struct ErrorObject {
        code: i64,
    }
    // Of the revision itself; then JSON-RPC's own for methods, parameters and inner errors.
    serde_json::from_str(error)
        .is_ok_and(|ErrorObject { code }| matches!(code, -32022..=-32020 | -32603..=-32601))
}

/// Whether an error refuses a version and offers ours in the same breath: then the request may be sent again.
pub(crate) fn offers_our_version(error: &str) -> bool {
    #[derive(Deserialize)]
    struct ErrorObject {
        code: i64,
        data: Offer,
    }
    #[derive(Deserialize)]
    struct Offer {
        supported: Vec<String>,
    }
    serde_json::from_str(error).is_ok_and(|ErrorObject { code, data }| {
        code == UNSUPPORTED_VERSION && data.supported.iter().any(|version| version == VERSION)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_names_its_version_gets_its_headers() {
        let line = br#"{"id":1,"method":"resources/read","params":{"uri":"file:///\u00e4","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
        let map = Call::parse(line).expect("a modern message").headers(&Tools::default());
        assert_eq!(map["mcp-protocol-version"], "2026-07-28");
        assert_eq!(map["mcp-method"], "resources/read");
        assert_eq!(map["mcp-name"], "=?base64?ZmlsZTovLy/DpA==?=");
    }

    #[test]
    fn a_message_of_the_time_before_gets_none() {
        assert!(Call::parse(br#"{"id":1,"method":"tools/list","params":{}}"#).is_none());
        assert!(
            Call::parse(br#"{"id":1,"method":"x","params":{"a":"io.modelcontextprotocol/protocolVersion"}}"#)
                .is_none()
        );
    }
}
