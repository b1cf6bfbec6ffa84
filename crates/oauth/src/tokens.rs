//! What the token endpoint gives out (RFC 6749 §5.1).

use std::time::Duration;

use bridgekeeper_model::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::Error;

/// How long before its end a token is renewed.
const EARLY: SignedDuration = SignedDuration::from_secs(60);

/// Tokens, and what is known about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Opens the server.
    pub access_token: Secret,
    /// How it is sent.
    pub kind: TokenKind,
    /// When it ends, where the issuer said.
    pub expires_at: Option<Timestamp>,
    /// How long it was good for when it was given out, where the issuer said.
    pub life: Option<Duration>,
    /// Gets the next one.
    pub refresh_token: Option<Secret>,
    /// Who signed in, in the issuer's words (OpenID Connect Core §2).
    pub id_token: Option<Secret>,
    /// The scopes that it is good for: what the issuer said, else what was asked for (RFC 6749 §5.1).
    pub scope: Option<String>,
}

/// How a token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Whoever has it may use it (RFC 6750).
    Bearer,
    /// Only with a proof of the key it is bound to (RFC 9449).
    DPoP,
}

#[derive(Deserialize)]
struct Body {
    access_token: String,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
    scope: Option<String>,
}

impl Tokens {
    /// Reads an answer that came at `now` to a request for `requested`, as other programs keep it, too.
    pub fn read(body: &[u8], now: Timestamp, requested: Option<&str>) -> Result<Self, Error> {
        let malformed = |why| Error::Malformed { what: "token endpoint", why };
        let body: Body = serde_json::from_slice(body).map_err(|_| malformed("there is no access token"))?;
        let kind = match body.token_type.as_deref() {
            // Some servers forget it.
            None => TokenKind::Bearer,
            Some(kind) if kind.eq_ignore_ascii_case("bearer") => TokenKind::Bearer,
            Some(kind) if kind.eq_ignore_ascii_case("dpop") => TokenKind::DPoP,
            Some(_) => return Err(malformed("the token is of a kind that MCP does not know")),
        };
        let is_header = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_header(&body.access_token) {
            return Err(malformed("the access token has characters that no token has"));
        }
        let life = body.expires_in.map(Duration::from_secs);
        let end = |life: Duration| now.checked_add(SignedDuration::try_from(life).ok()?).ok();
        Ok(Self {
            access_token: Secret::new(body.access_token),
            kind,
            expires_at: life.and_then(end),
            life,
            refresh_token: body.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
            id_token: body.id_token.map(Secret::new),
            scope: body.scope.filter(|scope| !scope.is_empty()).or_else(|| requested.map(str::to_owned)),
        })
    }

    /// It is so near its end that it should be renewed before it is sent. A token that was good for less than two
    /// minutes is renewed at half of its life, or it would be renewed for every request.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let early = self.life.and_then(|life| SignedDuration::try_from(life / 2).ok());
        let early = early.map_or(EARLY, |half| half.min(EARLY));
        self.expires_at.is_some_and(|end| end <= now.saturating_add(early).unwrap_or(now))
    }

    /// It has ended.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// These tokens, with what a renewal leaves out taken from those before (RFC 6749 §6).
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        self.refresh_token = self.refresh_token.or_else(|| before.refresh_token.clone());
        self.id_token = self.id_token.or_else(|| before.id_token.clone());
        self.scope = self.scope.or_else(|| before.scope.clone());
        self
    }
}

/// A number of seconds, which some servers write as text or as a fraction.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    let number = value.and_then(|value| match value.as_str() {
        Some(text) => text.trim().parse::<f64>().ok(),
        None => value.as_f64(),
    });
    Ok(number
        .filter(|seconds| *seconds >= 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok().map(|duration| duration.as_secs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Tokens, Error> {
        Tokens::read(body.as_bytes(), Timestamp::UNIX_EPOCH, Some("asked"))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_servers_write_otherwise_is_read() {
        let tokens = read(r#"{"access_token":"a","token_type":"BEARER","expires_in":"3600"}"#).unwrap();
        assert_eq!(tokens.expires_at, Some(at(3600)));
        assert_eq!(tokens.scope.as_deref(), Some("asked"));
        assert_eq!(read(r#"{"access_token":"a","expires_in":3600.5}"#).unwrap().expires_at, Some(at(3600)));
        assert_eq!(read(r#"{"access_token":"a","expires_in":1e300}"#).unwrap().expires_at, None);
        assert_eq!(read(r#"{"access_token":"a","expires_in":-1}"#).unwrap().expires_at, None);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for body in ["", "[]", "{}", r#"{"access_token":""}"#, r#"{"access_token":"a\r\nX: y"}"#] {
            assert!(read(body).is_err(), "{body}");
        }
        assert!(read(r#"{"access_token":"a","token_type":"mac"}"#).is_err());
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let tokens = read(r#"{"access_token":"a","expires_in":3600}"#).unwrap();
        assert!(!tokens.is_due(at(3539)) && tokens.is_due(at(3540)));
        assert!(!tokens.has_expired(at(3599)) && tokens.has_expired(at(3600)));
        let short = read(r#"{"access_token":"a","expires_in":20}"#).unwrap();
        assert!(!short.is_due(at(9)) && short.is_due(at(10)));
        assert!(!read(r#"{"access_token":"a"}"#).unwrap().is_due(at(1 << 37)));
    }

    #[test]
    fn a_renewal_keeps_what_it_does_not_replace() {
        let before = read(r#"{"access_token":"a","refresh_token":"r","id_token":"i"}"#).unwrap();
        let kept = read(r#"{"access_token":"b"}"#).unwrap().after(&before);
        assert_eq!(kept.refresh_token, before.refresh_token);
        let rotated = read(r#"{"access_token":"b","refresh_token":"s"}"#).unwrap().after(&before);
        assert_eq!(rotated.refresh_token, Some(Secret::new("s")));
    }
}
