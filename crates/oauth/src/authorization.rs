//! The question that the browser carries to the authorization server, and the check of what it brings back
//! (RFC 6749 §4.1, RFC 7636, RFC 9207).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use bridgekeeper_net::Url;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;

use crate::discovery::{AuthorizationServer, is_loopback};
use crate::error::Refusal;
use crate::{Error, Surroundings};

/// Parameters that the flow itself needs and nobody may set.
const RESERVED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "scope",
];

/// What the question holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) server: &'a AuthorizationServer,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) resource: Option<&'a str>,
    pub(crate) scope: Option<&'a str>,
    /// Parameters that this server wants besides.
    pub(crate) extra: &'a [(String, String)],
}

/// A question that was put, and what its answer will be checked with.
pub(crate) struct Asked {
    /// For the browser.
    pub(crate) url: Url,
    pub(crate) verifier: Secret,
    pub(crate) expected: Expected,
}

/// What an answer must be like.
#[derive(Clone)]
pub(crate) struct Expected {
    state: Secret,
    issuer: String,
    /// The issuer promised to name itself in every answer.
    names_itself: bool,
}

/// The parameters of an answer, as the browser brought them.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) code: Option<Secret>,
    pub(crate) state: Option<Secret>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

impl Question<'_> {
    /// Makes the address for the browser. Refuses servers without S256 and addresses that no browser may be sent to.
    pub(crate) fn put(&self, surroundings: &Surroundings) -> Result<Asked, Error> {
        const WHAT: &str = "authorization endpoint";
        if !self.server.offers_s256() {
            return Err(Error::NoPkce { issuer: self.server.issuer.clone() });
        }
        let endpoint = self.server.authorization_endpoint.as_deref();
        let endpoint =
            endpoint.ok_or_else(|| Error::NotOffered { issuer: self.server.issuer.clone(), what: WHAT })?;
        let mut url = for_browser(WHAT, endpoint)?;
        let verifier = Secret::new(surroundings.unguessable()?);
        let state = Secret::new(surroundings.unguessable()?);
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()));
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", self.client_id)
                .append_pair("redirect_uri", self.redirect_uri)
                .append_pair("state", state.expose())
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
            if let Some(resource) = self.resource {
                query.append_pair("resource", resource);
            }
            if let Some(scope) = self.scope {
                query.append_pair("scope", scope);
                let offline = scope.split_whitespace().any(|scope| scope == "offline_access");
                if offline && !self.extra.iter().any(|(name, _)| name == "prompt") {
                    // OpenID Connect Core §11 gives no such token without asking the person.
                    query.append_pair("prompt", "consent");
                }
            }
            let extra = self.extra.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str()));
            query.extend_pairs(extra);
        }
        let expected = Expected {
            state,
            issuer: self.server.issuer.clone(),
            names_itself: self.server.authorization_response_iss_parameter_supported,
        };
        Ok(Asked { url, verifier, expected })
    }
}

impl Expected {
    /// The answer carries what only we and the server know, so that it is no stranger's.
    pub(crate) fn is_ours(&self, parameters: &Parameters) -> bool {
        parameters
            .state
            .as_ref()
            .is_some_and(|state| self.state.expose().as_bytes().ct_eq(state.expose().as_bytes()).into())
    }

    /// The code of an answer that is ours. Who it comes from is checked before anything else in it is believed.
    pub(crate) fn code(&self, parameters: Parameters) -> Result<Secret, Error> {
        let issuer_fits = match &parameters.iss {
            Some(iss) => *iss == self.issuer,
            None => !self.names_itself,
        };
        if !issuer_fits {
            return Err(Error::WrongIssuer { expected: self.issuer.clone() });
        }
        if let Some(error) = parameters.error {
            return Err(Refusal::new(&error, parameters.error_description.as_deref()).into());
        }
        parameters.code.ok_or(Error::Malformed { what: "authorization endpoint", why: "there is no code" })
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").finish_non_exhaustive()
    }
}

impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expected").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// An address that a browser may be sent to: https, or http to this machine. Everything else could start another
/// program or be read on the way.
pub(crate) fn for_browser(what: &'static str, address: &str) -> Result<Url, Error> {
    let refused = || Error::UnsafeAddress { what, source: None };
    let url = Url::parse(address).map_err(|_| refused())?;
    let host_is_plain = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" if host_is_plain => Ok(url),
        "http" if host_is_plain && is_loopback(&url) => Ok(url),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_https_or_this_machine_only() {
        for good in
            ["https://a.test/authorize?x=1", "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/"]
        {
            assert!(for_browser("x", good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.test/authorize",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ms-settings:",
            "$(calc.exe)",
            "https://user:pass@a.test/",
            "http://127.0.0.1.a.test/",
            "",
        ] {
            assert!(for_browser("x", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_shell_would_act_on_is_encoded_or_harmless_text() {
        let url = for_browser("x", "https://a.test/a\"&calc&\" `id`|x?$(id)'\"").unwrap();
        assert!(!url.as_str().contains(['"', ' ', '`']), "{url}");
    }

    fn expected(names_itself: bool) -> Expected {
        Expected { state: Secret::new("s"), issuer: "https://a.test".into(), names_itself }
    }

    fn answer(iss: Option<&str>) -> Parameters {
        Parameters {
            code: Some(Secret::new("c")),
            state: Some(Secret::new("s")),
            iss: iss.map(str::to_owned),
            ..Parameters::default()
        }
    }

    #[test]
    fn the_issuer_is_compared_as_text_before_anything_is_believed() {
        assert!(expected(true).code(answer(Some("https://a.test"))).is_ok());
        assert!(expected(false).code(answer(None)).is_ok());
        for wrong in [Some("https://a.test/"), Some("https://A.test"), Some("https://b.test")] {
            assert!(matches!(expected(false).code(answer(wrong)), Err(Error::WrongIssuer { .. })));
        }
        assert!(matches!(expected(true).code(answer(None)), Err(Error::WrongIssuer { .. })));
        let denied = Parameters { error: Some("access_denied".into()), ..answer(Some("https://b.test")) };
        assert!(matches!(expected(false).code(denied), Err(Error::WrongIssuer { .. })));
    }

    #[test]
    fn only_our_own_state_is_ours() {
        assert!(expected(false).is_ours(&answer(None)));
        for state in [None, Some(""), Some("S"), Some("ss")] {
            let answer = Parameters { state: state.map(Secret::new), ..answer(None) };
            assert!(!expected(false).is_ours(&answer));
        }
    }
}
