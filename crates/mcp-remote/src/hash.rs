//! The hash by which mcp-remote names a server's files, and the callback port it derives from it.

use std::collections::BTreeMap;
use std::fmt;

use md5::{Digest, Md5};
use url::Url;

/// Lower-case hexadecimal MD5 of what tells one remote server from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerHash(String);

/// What enters the hash. Empty text and empty maps do not enter.
#[derive(Debug, Clone, Copy)]
pub struct HashParts<'a> {
    /// The URL as written: slash, case and port matter.
    pub server_url: &'a str,
    /// `--resource`.
    pub resource: &'a str,
    /// `--authorize-param`, the last value of each name.
    pub authorize_params: &'a BTreeMap<String, String>,
    /// `--header`, the last value of each name, `${VARIABLES}` unresolved.
    pub headers: &'a BTreeMap<String, String>,
    /// `--client-metadata-url`.
    pub client_metadata_url: &'a str,
    /// `--token-endpoint`.
    pub token_endpoint: &'a str,
}

/// Which release's rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashScheme {
    /// Up to 0.1.29: the URL alone.
    UrlAlone,
    /// Since 0.1.30: everything that was given.
    Current,
}

/// Lowest port that is derived from a hash.
const FIRST_PORT: u16 = 3335;
/// Number of ports: 3335 to 49150.
const PORTS: u16 = 45816;

impl ServerHash {
    /// Hashes the parts.
    pub fn of(parts: &HashParts<'_>, scheme: HashScheme) -> Self {
        let text = match scheme {
            HashScheme::UrlAlone => parts.server_url.to_owned(),
            HashScheme::Current => parts.joined(),
        };
        let mut hexadecimal = String::with_capacity(32);
        for byte in Md5::digest(text.as_bytes()) {
            hexadecimal.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            hexadecimal.push(char::from_digit(u32::from(byte & 0xf), 16).unwrap_or('0'));
        }
        Self(hexadecimal)
    }

    /// Takes a hash from a file name; `None` if it is not 32 lower-case hexadecimal digits.
    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The callback port that mcp-remote tries first when none is given (since 0.1.5; before it was 3334).
    pub fn default_port(&self) -> u16 {
        let number = self.0.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok()).unwrap_or(0);
        FIRST_PORT + number % PORTS
    }
}

impl fmt::Display for ServerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HashParts<'_> {
    fn joined(&self) -> String {
        let mut parts = vec![self.server_url.to_owned()];
        if !self.resource.is_empty() {
            parts.push(self.resource.to_owned());
        }
        if !self.authorize_params.is_empty() {
            parts.push(sorted_json(self.authorize_params));
        }
        if !self.headers.is_empty() {
            parts.push(sorted_json(self.headers));
        }
        if !self.client_metadata_url.is_empty() {
            parts.push(self.client_metadata_url.to_owned());
        }
        if !self.token_endpoint.is_empty() {
            let url = Url::parse(self.token_endpoint);
            parts.push(url.map_or_else(|_| self.token_endpoint.to_owned(), String::from));
        }
        parts.join("|")
    }
}

/// `JSON.stringify(map, sortedKeys)`: no spaces, keys in the order of their UTF-16 units.
fn sorted_json(map: &BTreeMap<String, String>) -> String {
    let mut members: Vec<_> = map.iter().collect();
    members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let members: Vec<_> =
        members.into_iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CommandLine;

    fn hash(args: &[&str]) -> ServerHash {
        CommandLine::parse(args).server_hash(HashScheme::Current).unwrap()
    }

    #[test]
    fn known_vectors() {
        let vectors: &[(&[&str], &str, u16)] = &[
            (&["https://mcp.linear.app/mcp"], "fcc436b0d1e0a1ed9a2b15bbd638eb13", 22227),
            (&["https://mcp.linear.app/sse"], "2d1a8aae3765090858d82f5630192064", 14881),
            (&["https://mcp.linear.app/mcp/"], "b1c174b64cabefab16291083063eae51", 48840),
            (
                &[
                    "https://example.com/mcp",
                    "--header",
                    "X-Org: acme",
                    "--header",
                    "Authorization:Bearer ${TOKEN}",
                ],
                "6166d2b912ead927cac16fdd0409fbf2",
                28269,
            ),
            (
                &["https://example.com/mcp", "--resource", "https://example.com/"],
                "6b2dc2acf96330bd28ca9b858bf4090a",
                30772,
            ),
            (
                &[
                    "https://example.com/mcp",
                    "--client-metadata-url",
                    "https://me.example/client.json",
                    "--header",
                    "b:2",
                    "--header",
                    "A:1",
                    "--authorize-param",
                    "audience=https://api.example.com",
                ],
                "c6f3246144c5a6b605a197bbafe4ebc6",
                8450,
            ),
            (&["http://127.0.0.1:7801/mcp"], "452282f47054a8a06a3561004028c616", 21033),
        ];
        for (args, expected, port) in vectors {
            let hash = hash(args);
            assert_eq!(hash.as_str(), *expected, "{args:?}");
            assert_eq!(hash.default_port(), *port, "{args:?}");
        }
    }

    #[test]
    fn before_0_1_30_only_the_url_counted() {
        let line = CommandLine::parse(&["https://mcp.linear.app/mcp", "--header", "A:1"]);
        let hash = line.server_hash(HashScheme::UrlAlone).unwrap();
        assert_eq!(hash.as_str(), "fcc436b0d1e0a1ed9a2b15bbd638eb13");
    }

    #[test]
    fn what_does_not_enter_does_not_enter() {
        let plain = hash(&["https://a.example/mcp"]);
        assert_eq!(plain, hash(&["https://a.example/mcp", "3334", "--debug", "--host", "localhost"]));
        assert_eq!(plain, hash(&["https://a.example/mcp", "--resource", ""]));
        let disabled = &["https://a.example/mcp", "--resource", "urn:x", "--disable-resource-parameter"];
        assert_eq!(plain, hash(disabled));
        assert_ne!(plain, hash(&["https://a.example/mcp", "--resource", "urn:x"]));
    }

    #[test]
    fn the_token_endpoint_enters_as_a_normalised_url() {
        let given = |endpoint| hash(&["https://a.example/mcp", "--token-endpoint", endpoint]);
        assert_eq!(given("https://sign.example"), given("https://sign.example/"));
    }
}
