//! Who signed in, asked of the issuer where the ID token does not say it (OpenID Connect Core §5.3).
//!
//! It is asked once, right after a person has signed in, and never again: nothing but a line on a screen depends on it,
//! so that whatever goes wrong is no error.

use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::header::CONTENT_TYPE;
use bridgekeeper_net::{Method, StatusCode};

use super::place::Place;
use super::{Access, Grant, Session};
use crate::dpop::ProofKey;
use crate::exchange::{Answer, Exchange};
use crate::person::Claims;
use crate::tokens::Tokens;

const WHAT: &str = "userinfo endpoint";
/// Longest time for the answer: the server that wanted the sign-in waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);

impl Session {
    /// What people call the person who signed in; `None` where the ID token says that already, or where the issuer does
    /// not say it.
    pub(super) async fn person(
        &self,
        place: &Place,
        tokens: &Tokens,
        proof_key: Option<&Arc<ProofKey>>,
    ) -> Option<String> {
        let id_token = match &self.settings.grant {
            Grant::Browser | Grant::DeviceCode => tokens.id_token.as_ref(),
            // The company's provider has said it.
            Grant::EnterpriseManaged(provider) => return Claims::of_id_token(&provider.id_token)?.name(),
            // Nobody did.
            Grant::ClientCredentials | Grant::WorkloadIdentity(_) => return None,
        };
        let known = id_token.and_then(Claims::of_id_token);
        if known.as_ref().is_some_and(|claims| claims.name().is_some()) || !may_ask(tokens) {
            return None;
        }
        let answer = self.userinfo(place, tokens, proof_key).await?;
        let said = Claims::read(&answer.body)?;
        // The answer may be about somebody else (OpenID Connect Core §5.3.2).
        let is_same = known.is_none_or(|known| known.sub.is_none() || known.sub == said.sub);
        said.name().filter(|_| is_same)
    }

    /// The answer where it is plain JSON. A signed one (`application/jwt`) would need the issuer's keys, and is let be.
    async fn userinfo(
        &self,
        place: &Place,
        tokens: &Tokens,
        proof_key: Option<&Arc<ProofKey>>,
    ) -> Option<Answer> {
        let mut exchange = self.exchange();
        exchange.limits.time = exchange.limits.time.min(PATIENCE);
        let url = exchange.endpoint(WHAT, place.server.userinfo_endpoint.as_deref()?).ok()?;
        let access = Access {
            token: tokens.access_token.clone(),
            kind: tokens.kind,
            proof_key: proof_key.cloned(),
            surroundings: self.surroundings.clone(),
        };
        let ask = async |exchange: &Exchange<'_>| {
            exchange.get(WHAT, &url, access.headers(&Method::GET, &url).ok()?).await.ok()
        };
        let mut answer = ask(&exchange).await?;
        if self.learn(&access, &url, answer.status, &answer.headers) {
            answer = ask(&exchange).await?;
        }
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        (answer.status == StatusCode::OK && kind.eq_ignore_ascii_case("application/json")).then_some(answer)
    }
}

/// The token may be good for it: `openid` was granted, or nobody knows what was (OpenID Connect Core §5.3.1).
fn may_ask(tokens: &Tokens) -> bool {
    tokens.scope.as_deref().is_none_or(|scope| scope.split_whitespace().any(|scope| scope == "openid"))
}
