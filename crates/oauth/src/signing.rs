//! Signed statements: compact JWS (RFC 7515) with the key of a client (RFC 7523) or of a proof (RFC 9449).
//!
//! Deliberately absent: reading or judging anybody's token. That is for the server it is meant for.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bridgekeeper_model::Secret;
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};

use crate::Error;

/// A private key and what it signs with.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<Pair>,
    /// The key's name in the header, where its owner gave it one.
    pub id: Option<String>,
    algorithm: &'static str,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

impl SigningKey {
    /// Reads a PEM file's text: PKCS #8 (`BEGIN PRIVATE KEY`) with P-256, P-384, Ed25519 or RSA, or PKCS #1
    /// (`BEGIN RSA PRIVATE KEY`).
    pub fn from_pem(pem: &Secret) -> Result<Self, Error> {
        match PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()) {
            Ok(PrivateKeyDer::Pkcs8(der)) => Self::from_pkcs8(der.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(der)) => {
                let pair = rsa::KeyPair::from_der(der.secret_pkcs1_der())
                    .map_err(|_| Error::Key("not an RSA key of 2048 bits or more"))?;
                Ok(Self::of(Pair::Rsa(pair), "RS256"))
            }
            Ok(_) => Err(Error::Key(
                "it must begin with BEGIN PRIVATE KEY; `openssl pkcs8 -topk8 -nocrypt -in KEY` turns it into that",
            )),
            Err(_) => Err(Error::Key("no private key in PEM")),
        }
    }

    /// Reads a PKCS #8 key (RFC 5958).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let random = SystemRandom::new();
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random) {
            return Ok(Self::of(Pair::Ecdsa(pair), "ES256"));
        }
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der, &random) {
            return Ok(Self::of(Pair::Ecdsa(pair), "ES384"));
        }
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self::of(Pair::EdDsa(pair), "EdDSA"));
        }
        match rsa::KeyPair::from_pkcs8(der) {
            Ok(pair) => Ok(Self::of(Pair::Rsa(pair), "RS256")),
            Err(_) => Err(Error::Key("not a P-256, P-384, Ed25519 or RSA key of 2048 bits or more")),
        }
    }

    fn of(pair: Pair, algorithm: &'static str) -> Self {
        Self { pair: Arc::new(pair), id: None, algorithm }
    }

    /// Signs with `algorithm` instead of the key's usual one: an RSA key can do `RS256` and `PS256`, another key one.
    pub fn with_algorithm(mut self, algorithm: &str) -> Result<Self, Error> {
        self.algorithm = match (&*self.pair, algorithm) {
            (Pair::Rsa(_), "PS256") => "PS256",
            (Pair::Rsa(_), "RS256") => "RS256",
            _ if algorithm == self.algorithm => self.algorithm,
            _ => return Err(Error::Key("it does not fit the algorithm that was asked for")),
        };
        Ok(self)
    }

    /// The name of the algorithm (RFC 7518 §3.1).
    pub const fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// A compact JWS over the claims.
    pub(crate) fn sign(&self, mut header: Map<String, Value>, claims: &Value) -> Result<Secret, Error> {
        header.insert("alg".into(), json!(self.algorithm));
        if let Some(id) = &self.id {
            header.insert("kid".into(), json!(id));
        }
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&Value::Object(header)), encoded(claims));
        let signature = self.signature(signed.as_bytes())?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| Error::NoRandom)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding: &dyn ring::signature::RsaEncoding =
                    if self.algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &random, message, &mut signature).map_err(|_| Error::NoRandom)?;
                Ok(signature)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, KeyPair as _, UnparsedPublicKey};

    #[test]
    fn what_is_signed_can_be_verified_with_the_public_half() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let key = SigningKey::from_pkcs8(pkcs8.as_ref()).unwrap();
        let jws = key.sign(Map::new(), &json!({"iss": "me"})).unwrap();
        let (signed, signature) = jws.expose().rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
        public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        assert_eq!(signed.split('.').next(), Some(&*URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#)));
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for text in ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            let error = SigningKey::from_pem(&Secret::new(text)).unwrap_err();
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
