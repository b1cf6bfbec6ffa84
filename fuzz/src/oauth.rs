//! What servers say about who signs people in.

use bridgekeeper_net::Url;
use bridgekeeper_net::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use bridgekeeper_oauth::discovery::{AuthorizationServer, Challenge, ProtectedResource, bearer, issuers};

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
