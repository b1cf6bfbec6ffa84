use std::time::Duration;

use bridgekeeper_net::{Error as NetError, StatusCode};

use crate::credentials::StoreError;
use crate::discovery::DocumentError;

/// Longest part of a server's own words that is repeated, in characters.
const LONGEST_QUOTE: usize = 200;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No address gave the authorization server's metadata, and nothing stands at the old default places either.
    #[error("{server} names no place where one can sign in")]
    NoAuthorizationServer {
        /// Origin of the MCP server.
        server: String,
    },
    /// A host that should have the metadata did not answer.
    #[error("where one signs in to {server} cannot be looked up: {why}")]
    NoMetadata {
        /// Origin of the MCP server.
        server: String,
        /// What happened.
        why: String,
    },
    /// The metadata belong to another issuer than the one they were asked for (RFC 8414 §3.3).
    #[error("the sign-in service {asked} calls itself {found}")]
    ForeignIssuer {
        /// The issuer that the MCP server named.
        asked: String,
        /// The issuer in the document.
        found: String,
    },
    /// The MCP server's metadata describe another server (RFC 9728 §3.3).
    #[error("{server} publishes the metadata of {published}")]
    ForeignResource {
        /// The server that was asked.
        server: String,
        /// The resource in the document.
        published: String,
    },
    /// PKCE with SHA-256 is not promised. MCP forbids to go on without it.
    #[error("{issuer} does not offer PKCE with S256, without which a sign-in can be stolen")]
    NoPkce {
        /// Who signs people in.
        issuer: String,
    },
    /// The metadata lack what this way of signing in needs.
    #[error("{issuer} has no {what}")]
    NotOffered {
        /// Who signs people in.
        issuer: String,
        /// The name of the member.
        what: &'static str,
    },
    /// An address that may not be asked, or not be shown to a browser.
    #[error("the address of the {what} is refused")]
    UnsafeAddress {
        /// Which address.
        what: &'static str,
        /// Why, where there is more to say.
        #[source]
        source: Option<DocumentError>,
    },
    /// The client is not known there and cannot make itself known.
    #[error("{issuer} takes no registration; it needs a client id that was given out by its operator")]
    RegistrationNeeded {
        /// Who signs people in.
        issuer: String,
    },
    /// A client id was given out by one issuer, and the server now names another one.
    #[error("the client id is bound to {bound} and the server now names {named}")]
    ClientOfAnotherIssuer {
        /// Who gave it out.
        bound: String,
        /// Who asks for it.
        named: String,
    },
    /// The server said no, in the words of RFC 6749 §5.2.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No answer, or not all of it.
    #[error("no answer from the {what}")]
    Net {
        /// Which endpoint.
        what: &'static str,
        /// Why.
        #[source]
        source: NetError,
    },
    /// It took too long.
    #[error("no complete answer from the {what} within {} s", after.as_secs())]
    TimedOut {
        /// Which endpoint.
        what: &'static str,
        /// The limit.
        after: Duration,
    },
    /// The answer is larger than it may be.
    #[error("the answer of the {what} is larger than {limit} bytes")]
    TooLarge {
        /// Which endpoint.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The answer is not what the RFC describes.
    #[error("the answer of the {what} makes no sense: {why}")]
    Malformed {
        /// Which endpoint.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Any other status, without a reason that can be read.
    #[error("the {what} answered with status {}", status.as_u16())]
    Status {
        /// Which endpoint.
        what: &'static str,
        /// The status.
        status: StatusCode,
    },
    /// The answer in the browser came from somebody else than was asked (RFC 9207).
    #[error("the answer in the browser does not come from {expected}")]
    WrongIssuer {
        /// Who was asked.
        expected: String,
    },
    /// Nobody signed in in time.
    #[error("nobody signed in within {} s", after.as_secs())]
    NobodyCame {
        /// How long the sign-in was open.
        after: Duration,
    },
    /// No port for the answer of the browser.
    #[error("no port on this machine takes the answer of the browser")]
    NoPort(#[source] std::io::Error),
    /// More rights were asked for and given, and the server still refuses.
    #[error("the server asks for more rights than it accepts: {scope}")]
    StillInsufficient {
        /// What it asks for.
        scope: String,
    },
    /// What the session has told already.
    #[error(transparent)]
    Told(std::sync::Arc<Error>),
    /// The key cannot be used for signing.
    #[error("the private key cannot be used: {0}")]
    Key(&'static str),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// The tokens cannot be kept or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A lock file cannot be used.
    #[error("the lock file cannot be used")]
    Lock(#[source] std::io::Error),
}

/// An error answer of the authorization server (RFC 6749 §5.2), fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in service refused: {code}{}", self.shown_description())]
pub struct Refusal {
    /// `invalid_grant`, `access_denied`, …
    pub code: String,
    /// The server's own words, cut and without control characters.
    pub description: Option<String>,
}

impl Refusal {
    /// Takes a server's words over.
    pub fn new(code: &str, description: Option<&str>) -> Self {
        Self { code: quoted(code), description: description.map(quoted).filter(|text| !text.is_empty()) }
    }

    fn shown_description(&self) -> String {
        self.description.as_ref().map(|text| format!(" ({text})")).unwrap_or_default()
    }
}

impl Error {
    /// The error code of the server's refusal, where it is one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other error is none, also those to come")]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            Self::Told(told) => told.code(),
            _ => None,
        }
    }
}

/// Somebody else's text on one line, without what could deceive a terminal or a log.
pub(crate) fn quoted(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .take(LONGEST_QUOTE)
        .collect()
}

/// Characters that turn the direction of text around or hide in it.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_are_cut_and_cleaned() {
        let refusal = Refusal::new("invalid_grant", Some("no\u{1b}[31m\nway\u{202e}"));
        assert_eq!(refusal.to_string(), "the sign-in service refused: invalid_grant (no[31m way)");
        assert_eq!(Refusal::new("x", Some(&"y".repeat(5000))).description.unwrap().len(), LONGEST_QUOTE);
        assert_eq!(Refusal::new("x", Some("")).description, None);
    }
}
