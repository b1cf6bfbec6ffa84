//! What the small files say that is no secret: which process wrote them and which port it held.

use serde_json::Value;
use url::Url;

/// What a lock, a lease or a registration tells of the process behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// The process that wrote it (`lock.json`, `refresh_in_progress.json`).
    pub process: Option<u32>,
    /// The callback port (`lock.json`; in `client_info.json` the one in `redirect_uris`).
    pub port: Option<u16>,
}

impl Record {
    /// Reads the text of a `lock.json`, `refresh_in_progress.json` or `client_info.json`. What is torn or of
    /// another shape tells nothing.
    pub fn parse(text: &str) -> Self {
        let Ok(value) = serde_json::from_str::<Value>(text) else { return Self::default() };
        let number = |key: &str| value.get(key).and_then(Value::as_u64);
        let port = number("port").and_then(|port| u16::try_from(port).ok());
        Self {
            process: number("pid").and_then(|process| u32::try_from(process).ok()),
            port: port.or_else(|| redirect_port(&value)),
        }
    }
}

/// mcp-remote registers one address, always on loopback.
fn redirect_port(registration: &Value) -> Option<u16> {
    let addresses = registration.get("redirect_uris")?.as_array()?;
    addresses.iter().find_map(|address| Url::parse(address.as_str()?).ok()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_tells_what_it_knows() {
        let told = |text: &str| {
            let record = Record::parse(text);
            (record.process, record.port)
        };
        assert_eq!(told(r#"{"pid": 4711, "port": 21371, "timestamp": 1}"#), (Some(4711), Some(21371)));
        assert_eq!(told(r#"{"pid": 4711, "nonce": "x", "at": 1}"#), (Some(4711), None));
        let registration =
            r#"{"client_id": "x", "redirect_uris": ["http://localhost:22227/oauth/callback"]}"#;
        assert_eq!(told(registration), (None, Some(22227)));
        for torn in ["", "{", "[]", r#"{"pid": -1, "port": 70000}"#, r#"{"redirect_uris": [7, "x"]}"#] {
            assert_eq!(told(torn), (None, None), "{torn}");
        }
    }
}
