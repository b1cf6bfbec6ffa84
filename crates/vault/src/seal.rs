//! Sealed copies: anybody who has the public key can make one, only the private key opens it.
//!
//! The box is libsodium's `crypto_box_seal` (X25519, XSalsa20-Poly1305). Before it stand a line that names the form
//! and the public key it was made for, so that a copy made for another key is told apart from a damaged one.

use std::fmt::{self, Write as _};

use crypto_box::aead::OsRng;
use crypto_box::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::secret::SecretBytes;

/// How a sealed copy begins.
const FORM: &[u8] = b"bridgekeeper sealed copy 1\n";
const KEY_BYTES: usize = 32;

/// Makes sealed copies. It is no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey(PublicKey);

/// Opens sealed copies. It is never printed and is overwritten in memory when it is dropped.
#[derive(Clone)]
pub struct OpeningKey(SecretKey);

/// Why a sealed copy was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is no sealed copy.
    #[error("it is no sealed copy")]
    NotSealed,
    /// It was made for another key.
    #[error("it was encrypted for another key than the one in the keyring")]
    OtherKey,
    /// It was changed since it was made.
    #[error("it is damaged")]
    Damaged,
}

impl SealingKey {
    /// Seals bytes; `None` where the box cannot take them, so that nobody keeps half a copy.
    pub fn seal(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let sealed = self.0.seal(&mut OsRng, bytes).ok()?;
        Some([FORM, self.0.as_bytes(), &sealed].concat())
    }

    /// The key as 64 hexadecimal digits, for a file.
    pub fn to_hexadecimal(&self) -> String {
        let mut text = String::with_capacity(2 * KEY_BYTES);
        for byte in self.0.as_bytes() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The key from 64 hexadecimal digits; `None` where they are none.
    pub fn from_hexadecimal(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        if text.len() != 2 * KEY_BYTES {
            return None;
        }
        let mut key = [0; KEY_BYTES];
        for (byte, digits) in key.iter_mut().zip(text.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(PublicKey::from_bytes(key)))
    }
}

impl OpeningKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(SecretKey::generate(&mut OsRng))
    }

    /// The key from what the keyring gave; `None` where that is no key.
    pub fn from_secret(secret: &SecretBytes) -> Option<Self> {
        SecretKey::from_slice(secret.reveal()).ok().map(Self)
    }

    /// The key, for the keyring.
    pub fn to_secret(&self) -> SecretBytes {
        SecretBytes::from(Zeroizing::new(self.0.to_bytes()).to_vec())
    }

    /// The key that makes copies for this one.
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey(self.0.public_key())
    }

    /// Opens a sealed copy.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let rest = sealed.strip_prefix(FORM).ok_or(OpenError::NotSealed)?;
        let (made_for, sealed) = rest.split_at_checked(KEY_BYTES).ok_or(OpenError::Damaged)?;
        if made_for != self.0.public_key().as_bytes() {
            return Err(OpenError::OtherKey);
        }
        self.0.unseal(sealed).map_err(|_| OpenError::Damaged)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.to_hexadecimal())
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_comes_back_and_cannot_be_read_before() {
        let key = OpeningKey::generate();
        for bytes in [b"".as_slice(), b"{\"token\": \"s3cr3t\"}", &vec![0xff; 70_000]] {
            let sealed = key.sealing_key().seal(bytes).unwrap();
            assert!(bytes.is_empty() || !sealed.windows(bytes.len()).any(|part| part == bytes));
            assert_eq!(key.open(&sealed).unwrap(), bytes);
            assert_ne!(key.sealing_key().seal(bytes).unwrap(), sealed, "no two copies look alike");
        }
    }

    #[test]
    fn the_keys_survive_their_written_form() {
        let key = OpeningKey::generate();
        let again = OpeningKey::from_secret(&key.to_secret()).unwrap();
        let public = SealingKey::from_hexadecimal(&format!("{}\n", key.sealing_key().to_hexadecimal()));
        assert_eq!(public, Some(again.sealing_key()));
        assert_eq!(SealingKey::from_hexadecimal("abc"), None);
        assert_eq!(SealingKey::from_hexadecimal(&"zz".repeat(32)), None);
        assert_eq!(OpeningKey::from_secret(&SecretBytes::from(vec![1, 2])).map(|_| ()), None);
        assert_eq!(format!("{key:?}"), "OpeningKey(••••)");
    }

    #[test]
    fn a_copy_for_another_key_is_no_damaged_copy() {
        let (key, other) = (OpeningKey::generate(), OpeningKey::generate());
        let mut sealed = key.sealing_key().seal(b"bytes").unwrap();
        assert_eq!(other.open(&sealed), Err(OpenError::OtherKey));
        assert_eq!(key.open(b"bytes"), Err(OpenError::NotSealed));
        assert_eq!(key.open(&sealed[..40]), Err(OpenError::Damaged));
        *sealed.last_mut().unwrap() ^= 1;
        assert_eq!(key.open(&sealed), Err(OpenError::Damaged));
    }
}
