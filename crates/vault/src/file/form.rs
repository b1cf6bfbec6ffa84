//! The bytes of a keyring file: a first line, the salt, the passphrase's check value, the nonce, the box.

use std::collections::BTreeMap;

use argon2::Argon2;
use bridgekeeper_model::Secret;
use crypto_secretbox::aead::rand_core::RngCore as _;
use crypto_secretbox::aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng};
use crypto_secretbox::{Nonce, XSalsa20Poly1305};
use zeroize::Zeroizing;

use super::FileError;
use crate::secret::SecretBytes;

/// How a file begins.
const FORM: &[u8] = b"bridgekeeper keyring file 1\n";
const HALF: usize = 32;
const NONCE: usize = 24;

/// Every value by its name.
pub(super) type Values = BTreeMap<String, SecretBytes>;

/// Makes the same passphrase another key in every file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Salt([u8; 16]);

impl Salt {
    pub(super) fn random() -> Result<Self, FileError> {
        let mut bytes = [0; 16];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| FileError::NoRandom)?;
        Ok(Self(bytes))
    }
}

/// Opens the box with its first half; its second half stands in the file and tells a wrong passphrase from damage.
#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u8; 2 * HALF]>);

impl Key {
    /// By Argon2id with the parameters that its authors recommend: 19 MiB, two passes. `None` for a passphrase that is
    /// longer than Argon2 takes.
    pub(super) fn derive(passphrase: &Secret, salt: Salt) -> Option<Self> {
        let mut key = Zeroizing::new([0; 2 * HALF]);
        Argon2::default().hash_password_into(passphrase.expose().as_bytes(), &salt.0, key.as_mut()).ok()?;
        Some(Self(key))
    }

    fn cipher(&self) -> XSalsa20Poly1305 {
        XSalsa20Poly1305::new(self.0[..HALF].into())
    }

    fn check(&self) -> &[u8] {
        &self.0[HALF..]
    }
}

/// A file as it was read.
pub(super) struct Sealed<'a> {
    pub(super) salt: Salt,
    check: &'a [u8],
    nonce: &'a [u8],
    boxed: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// `None` where it is no keyring file, or a part of one.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(FORM)?;
        let (salt, rest) = rest.split_at_checked(16)?;
        let (check, rest) = rest.split_at_checked(HALF)?;
        let (nonce, boxed) = rest.split_at_checked(NONCE)?;
        Some(Self { salt: Salt(salt.try_into().ok()?), check, nonce, boxed })
    }

    pub(super) fn was_made_with(&self, key: &Key) -> bool {
        self.check == key.check()
    }

    /// `None` where it was changed since it was written.
    pub(super) fn open(&self, key: &Key) -> Option<Values> {
        let opened = key.cipher().decrypt(Nonce::from_slice(self.nonce), self.boxed).ok()?;
        read_values(&Zeroizing::new(opened))
    }
}

/// The bytes of a file with these values.
pub(super) fn seal(values: &Values, salt: Salt, key: &Key) -> Result<Vec<u8>, FileError> {
    let nonce = XSalsa20Poly1305::generate_nonce(&mut OsRng);
    let plain = write_values(values);
    let sealed = key.cipher().encrypt(&nonce, plain.as_slice()).map_err(|_| FileError::NoRandom)?;
    Ok([FORM, &salt.0, key.check(), nonce.as_slice(), &sealed].concat())
}

/// Names and values in turn, each behind its length.
fn write_values(values: &Values) -> Zeroizing<Vec<u8>> {
    let parts = || values.iter().flat_map(|(name, value)| [name.as_bytes(), value.reveal()]);
    // Made at its full size, so that no copy of it is left behind where it would have grown.
    let mut bytes = Zeroizing::new(Vec::with_capacity(parts().map(|part| 8 + part.len()).sum()));
    for part in parts() {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn read_values(mut bytes: &[u8]) -> Option<Values> {
    let mut values = Values::new();
    while !bytes.is_empty() {
        let name = std::str::from_utf8(part(&mut bytes)?).ok()?.to_owned();
        values.insert(name, SecretBytes::from(part(&mut bytes)?.to_vec()));
    }
    Some(values)
}

fn part<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    *bytes = rest;
    Some(part)
}
