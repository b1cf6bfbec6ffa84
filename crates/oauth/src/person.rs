//! Who signed in, in the issuer's words. It is for people to read: nothing is decided by it, so no signature is looked
//! at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use serde::Deserialize;

use crate::credentials::SignIn;
use crate::error::quoted;

/// The claims that name a person (OpenID Connect Core §5.1).
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Claims {
    /// The issuer's number for the person.
    pub(crate) sub: Option<String>,
    email: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
}

impl Claims {
    /// Those of an ID token (OpenID Connect Core §2).
    pub(crate) fn of_id_token(token: &Secret) -> Option<Self> {
        let payload = token.expose().split('.').nth(1)?;
        Self::read(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?)
    }

    /// Those of a JSON object.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// What people call the person: an address, else a name.
    pub(crate) fn name(&self) -> Option<String> {
        let named = [&self.email, &self.preferred_username, &self.name];
        named.into_iter().flatten().find_map(|claim| shown(claim))
    }
}

impl SignIn {
    /// Who signed in: what people call the person, as the ID token or the userinfo endpoint says it, else the issuer's
    /// number. `None` where the issuer told nobody.
    pub fn person(&self) -> Option<String> {
        let id_token = self.tokens.as_ref().and_then(|tokens| tokens.id_token.as_ref());
        let claims = id_token.and_then(Claims::of_id_token).unwrap_or_default();
        let number = || claims.sub.as_deref().and_then(shown);
        claims.name().or_else(|| self.person.as_deref().and_then(shown)).or_else(number)
    }
}

/// A claim as it may be shown; `None` where nothing is left of it.
fn shown(claim: &str) -> Option<String> {
    Some(quoted(claim.trim())).filter(|claim| !claim.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(claims: &str) -> Option<Claims> {
        Claims::of_id_token(&Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))))
    }

    #[test]
    fn the_most_telling_claim_names_the_person() {
        let name = |text| claims(text).and_then(|claims| claims.name());
        assert_eq!(
            name(r#"{"sub":"7","name":"Ada","email":"ada@example.com"}"#).as_deref(),
            Some("ada@example.com")
        );
        assert_eq!(name(r#"{"sub":"7","name":"A\u001b[31mda"}"#).as_deref(), Some("A[31mda"));
        for nobody in ["", "{}", "[]", r#"{"name":7}"#, r#"{"sub":"7","email":" "}"#] {
            assert_eq!(name(nobody), None, "{nobody}");
        }
    }
}
