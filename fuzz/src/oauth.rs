//! What servers say about who signs people in.

use bridgekeeper_net::Url;
use bridgekeeper_net::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use bridgekeeper_oauth::discovery::{AuthorizationServer, Challenge, ProtectedResource, bearer, issuers};
use bridgekeeper_oauth::{ClientInformation, Tokens};
use jiff::Timestamp;

/// Nothing in a header breaks the reader, and a scheme is there as often as it is found.
pub(crate) fn challenge(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
    let challenges = Challenge::all(&headers);
    if let Some(bearer) = bearer(&challenges) {
        assert!(bearer.scheme.eq_ignore_ascii_case("bearer"));
        let _ = bearer.parameter("resource_metadata");
    }
}

/// A document that can be read can be judged.
pub(crate) fn metadata(bytes: &[u8]) {
    let server = Url::parse("https://example.com/mcp").expect("a URL");
    if let Ok(resource) = serde_json::from_slice::<ProtectedResource>(bytes) {
        let _ = resource.matches(&server);
        let (issuers, _) = issuers(&server, Some(&resource));
        assert!(!issuers.is_empty());
    }
    if let Ok(metadata) = serde_json::from_slice::<AuthorizationServer>(bytes) {
        let _ = metadata.matches("https://example.com");
        let _ = metadata.offers_s256();
    }
}

/// What a token endpoint or a registration answers: read or refused, and what can be read shows no secret.
pub(crate) fn tokens(bytes: &[u8]) {
    if let Ok(tokens) = Tokens::read(bytes, Timestamp::UNIX_EPOCH, None) {
        let token = tokens.access_token.expose();
        // A short one may stand in the words around it.
        assert!(token.len() < 24 || !format!("{tokens:?}").contains(token));
        let _ = tokens.has_expired(Timestamp::MAX);
    }
    let _ = ClientInformation::from_registration(bytes);
}
