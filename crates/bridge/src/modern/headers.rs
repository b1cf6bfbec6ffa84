//! Values from a message's body in HTTP headers (MCP 2026-07-28, *Header Mirroring*).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bridgekeeper_net::header::{HeaderMap, HeaderName, HeaderValue};

const SENTINEL: &str = "=?base64?";

/// Adds a header whose value may be any text.
pub(crate) fn insert(map: &mut HeaderMap, name: &str, value: &str) {
    // The names are our own or have been checked to be tokens; encoded values are visible ASCII.
    if let (Ok(name), Ok(value)) =
        (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&encode(value)))
    {
        map.insert(name, value);
    }
}

/// Text as it is where a header can carry it, else Base64 of its UTF-8 between marks.
fn encode(value: &str) -> String {
    let visible = value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    if visible && value.trim_matches(' ') == value && !value.starts_with(SENTINEL) {
        return value.to_owned();
    }
    format!("{SENTINEL}{}?=", STANDARD.encode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_header_cannot_carry_is_encoded() {
        assert_eq!(encode("plain text"), "plain text");
        assert_eq!(encode(""), "");
        assert_eq!(encode("ä"), "=?base64?w6Q=?=");
        assert_eq!(encode(" a"), "=?base64?IGE=?=");
        assert_eq!(encode("a\nb"), "=?base64?YQpi?=");
        assert_eq!(encode("=?base64?w6Q=?="), "=?base64?PT9iYXNlNjQ/dzZRPT89?=");
    }
}
