//! Who signed in, in the issuer's words.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::error::quoted;
use crate::tokens::Tokens;

/// The claims that name a person (OpenID Connect Core §5.1).
#[derive(Deserialize)]
struct Claims {
    email: Option<String>,
    preferred_username: Option<String>,
    name: Option<String>,
    sub: Option<String>,
}

impl Tokens {
    /// Who signed in, as the ID token says it: an address, else a name, else the issuer's number for the person. `None`
    /// without an ID token. It is for people to read: nothing is decided by it, so its signature is not looked at.
    pub fn person(&self) -> Option<String> {
        let payload = self.id_token.as_ref()?.expose().split('.').nth(1)?;
        let claims = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let Claims { email, preferred_username, name, sub } = serde_json::from_slice(&claims).ok()?;
        let named = [email, preferred_username, name, sub].into_iter().flatten();
        named.map(|claim| quoted(claim.trim())).find(|claim| !claim.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_model::Secret;
    use jiff::Timestamp;

    use super::*;

    fn person(claims: &str) -> Option<String> {
        let mut tokens = Tokens::read(br#"{"access_token":"a"}"#, Timestamp::UNIX_EPOCH, None).unwrap();
        tokens.id_token = Some(Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))));
        tokens.person()
    }

    #[test]
    fn the_most_telling_claim_names_the_person() {
        assert_eq!(
            person(r#"{"sub":"7","name":"Ada","email":"ada@example.com"}"#).unwrap(),
            "ada@example.com"
        );
        assert_eq!(person(r#"{"sub":"7","name":"A\u001b[31mda"}"#).unwrap(), "A[31mda");
        assert_eq!(person(r#"{"sub":"7","email":" "}"#).unwrap(), "7");
        for nobody in ["", "{}", "[]", r#"{"sub":7}"#] {
            assert_eq!(person(nobody), None, "{nobody}");
        }
    }
}
