//! Proof that whoever sends a token holds the key it was given out for (RFC 9449).

use std::collections::HashMap;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use bridgekeeper_net::header::{HeaderMap, HeaderName, HeaderValue};
use bridgekeeper_net::{Method, Url, origin};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Map, Value, json};

use crate::signing::SigningKey;
use crate::{Error, Surroundings};

/// The header that carries a proof.
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");
/// The header in which a server hands out a nonce.
pub(crate) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The key that tokens are bound to, and the nonces that servers want to see in its proofs.
#[derive(Debug)]
pub(crate) struct ProofKey {
    key: SigningKey,
    /// The public half (RFC 7517).
    jwk: Value,
    /// The private half as it is kept: PKCS #8 in Base64url.
    kept: Secret,
    /// The last nonce of each origin.
    nonces: Mutex<HashMap<String, String>>,
}

impl ProofKey {
    /// Makes a new P-256 key.
    pub(crate) fn generate() -> Result<Self, Error> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| Error::NoRandom)?;
        Self::read(&Secret::new(URL_SAFE_NO_PAD.encode(pkcs8.as_ref())))
    }

    /// Reads a key as [`ProofKey::kept`] gave it.
    pub(crate) fn read(kept: &Secret) -> Result<Self, Error> {
        let unusable = || Error::Key("the kept proof key is damaged");
        let pkcs8 = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(kept.expose()).map_err(|_| unusable())?);
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &SystemRandom::new())
            .map_err(|_| unusable())?;
        // An uncompressed point: 4, then x and y of 32 bytes each (SEC 1 §2.3.3).
        let Some((x, y)) = pair.public_key().as_ref().get(1..65).map(|point| point.split_at(32)) else {
            return Err(unusable());
        };
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self {
            jwk: json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)}),
            key: SigningKey::from_pkcs8(&pkcs8)?,
            kept: kept.clone(),
            nonces: Mutex::default(),
        })
    }

    /// The private half, for the store.
    pub(crate) const fn kept(&self) -> &Secret {
        &self.kept
    }

    /// A proof for one request; `token` is what the request carries, where it carries one.
    pub(crate) fn proof(
        &self,
        method: &Method,
        url: &Url,
        token: Option<&Secret>,
        surroundings: &Surroundings,
    ) -> Result<HeaderValue, Error> {
        let mut target = url.clone();
        target.set_query(None);
        target.set_fragment(None);
        let mut claims = json!({
            "jti": surroundings.unguessable()?,
            "htm": method.as_str(),
            "htu": target.as_str(),
            "iat": surroundings.now().as_second(),
        });
        if let Some(token) = token {
            claims["ath"] = json!(URL_SAFE_NO_PAD.encode(digest(&SHA256, token.expose().as_bytes())));
        }
        if let Some(nonce) = self.nonce(url) {
            claims["nonce"] = json!(nonce);
        }
        let header =
            Map::from_iter([("typ".to_owned(), json!("dpop+jwt")), ("jwk".to_owned(), self.jwk.clone())]);
        let proof = self.key.sign(header, &claims)?;
        HeaderValue::from_str(proof.expose()).map_err(|_| Error::Key("its proof is no header"))
    }

    /// Takes down the nonce that a server hands out. `true` if it is a new one.
    pub(crate) fn learn(&self, url: &Url, headers: &HeaderMap) -> bool {
        let Some(nonce) = headers.get(NONCE).and_then(|value| value.to_str().ok()) else { return false };
        let Ok(mut nonces) = self.nonces.lock() else { return false };
        nonces.insert(origin(url), nonce.to_owned()).as_deref() != Some(nonce)
    }

    fn nonce(&self, url: &Url) -> Option<String> {
        self.nonces.lock().ok()?.get(&origin(url)).cloned()
    }
}
