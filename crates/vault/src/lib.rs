//! Secrets of the user, in the operating system's keyring, and copies that only the keyring's key opens.
//!
//! The wall is here so that one place decides what happens when a keyring is locked, missing or refuses: each is a
//! state with a name, and none of them is answered by a file. Whatever is read from here cannot be printed and is
//! overwritten in memory when it is dropped.
//!
//! Sealing needs no keyring: it uses a public key, which may lie in a file. Opening needs the private key, which
//! stands in the keyring alone. So a repair can keep a sealed copy of what it changes without asking anybody.
//!
//! Whoever has no keyring may name an encrypted file in its place. That is asked for, never a fallback.
//!
//! Deliberately absent: a fallback. Where there is no keyring, callers say so.
#![warn(missing_docs)]

mod error;
mod file;
mod keyring;
mod long;
mod named;
mod native;
mod seal;
mod secret;

pub use error::KeyringError;
pub use file::{Passphrase, Purpose};
pub use keyring::Keyring;
pub use seal::{OpenError, OpeningKey, SealingKey};
pub use secret::SecretBytes;
