//! Values longer than one entry of a keyring may be (2,560 bytes on Windows): in numbered parts under names of their own,
//! behind a head that names them and their checksum.
//!
//! The parts of a new value are written beside those of the old one; then the head changes, in one step; then the old
//! parts go. Whoever is killed in between leaves the old value or the new one, and at worst parts that nobody names.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::error::KeyringError;
use crate::keyring::Keyring;
use crate::secret::SecretBytes;

/// Longest part in bytes: what every system takes, less what the head needs.
const PART: usize = 2400;
/// How a head begins behind which the whole value stands.
const WHOLE: &[u8] = b"bridgekeeper value 1\n";
/// How a head begins that names parts.
const PARTS: &str = "bridgekeeper parts 1";
/// How often a value is looked for that is being replaced by another process.
const LOOKS: usize = 4;

/// A head that names parts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    /// The first digits of the checksum: parts of different values have different names.
    generation: String,
    count: usize,
    checksum: String,
}

impl Keyring {
    /// The value of any length under a name; `None` where there is none.
    pub fn get_long(&self, name: &str) -> Result<Option<SecretBytes>, KeyringError> {
        for _ in 0..LOOKS {
            let Some(head) = self.get(name)? else { return Ok(None) };
            if let Some(whole) = head.reveal().strip_prefix(WHOLE) {
                return Ok(Some(SecretBytes::from(whole.to_vec())));
            }
            let head = Head::read(&head).ok_or(KeyringError::Damaged)?;
            if let Some(value) = self.parts(name, &head)? {
                return Ok(Some(value));
            }
            // Another process may have replaced it while we read.
        }
        Err(KeyringError::Damaged)
    }

    /// Keeps a value of any length under a name, in the place of what was there: the old value or the new one can be
    /// read at every moment.
    pub fn set_long(&self, name: &str, value: &SecretBytes) -> Result<(), KeyringError> {
        let old = self.get(name)?.and_then(|head| Head::read(&head));
        let bytes = value.reveal();
        let new = (WHOLE.len() + bytes.len() > PART).then(|| Head::of(bytes));
        match &new {
            None => self.set(name, &SecretBytes::from([WHOLE, bytes].concat()))?,
            Some(head) => {
                for (index, part) in bytes.chunks(PART).enumerate() {
                    self.set(&head.part(name, index), &SecretBytes::from(part.to_vec()))?;
                }
                self.set(name, &SecretBytes::from(head.write().into_bytes()))?;
            }
        }
        match old.filter(|old| Some(&old.generation) != new.as_ref().map(|new| &new.generation)) {
            Some(old) => self.remove_parts(name, &old),
            None => Ok(()),
        }
    }

    /// Removes the value of any length under a name, if there is one.
    pub fn remove_long(&self, name: &str) -> Result<(), KeyringError> {
        let head = self.get(name)?.and_then(|head| Head::read(&head));
        // The head first: without it nobody looks for the parts.
        self.remove(name)?;
        head.map_or(Ok(()), |head| self.remove_parts(name, &head))
    }

    /// The value that a head names; `None` where a part is missing or is another's.
    fn parts(&self, name: &str, head: &Head) -> Result<Option<SecretBytes>, KeyringError> {
        let mut value = zeroize::Zeroizing::new(Vec::with_capacity(head.count * PART));
        for index in 0..head.count {
            let Some(part) = self.get(&head.part(name, index))? else { return Ok(None) };
            value.extend_from_slice(part.reveal());
        }
        let is_whole = checksum(&value) == head.checksum;
        Ok(is_whole.then(|| SecretBytes::from(std::mem::take(&mut *value))))
    }

    fn remove_parts(&self, name: &str, head: &Head) -> Result<(), KeyringError> {
        (0..head.count).try_for_each(|index| self.remove(&head.part(name, index)))
    }
}

impl Head {
    fn of(value: &[u8]) -> Self {
        let checksum = checksum(value);
        Self { generation: checksum[..12].to_owned(), count: value.len().div_ceil(PART), checksum }
    }

    fn read(head: &SecretBytes) -> Option<Self> {
        let rest = std::str::from_utf8(head.reveal()).ok()?.strip_prefix(PARTS)?;
        let mut words = rest.split_whitespace();
        let (generation, count, checksum) = (words.next()?, words.next()?, words.next()?);
        Some(Self { generation: generation.into(), count: count.parse().ok()?, checksum: checksum.into() })
    }

    fn write(&self) -> String {
        format!("{PARTS} {} {} {}", self.generation, self.count, self.checksum)
    }

    fn part(&self, name: &str, index: usize) -> String {
        format!("{name}#{}.{index}", self.generation)
    }
}

fn checksum(value: &[u8]) -> String {
    Sha256::digest(value).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use keyring_core::{CredentialStore, mock};

    use super::*;

    /// A keyring whose process is killed before its step number `lives`.
    fn mortal(store: &Arc<mock::Store>, lives: usize) -> Keyring {
        let (store, steps) = (Arc::clone(store) as Arc<CredentialStore>, AtomicUsize::new(0));
        Keyring::opened_by(
            move || {
                if steps.fetch_add(1, Ordering::SeqCst) < lives {
                    Ok(Arc::clone(&store))
                } else {
                    Err(KeyringError::Missing { why: "killed".to_owned() })
                }
            },
            Path::new("/h"),
        )
    }

    fn value(byte: u8, length: usize) -> SecretBytes {
        SecretBytes::from(vec![byte; length])
    }

    #[test]
    fn a_value_of_any_length_comes_back() {
        let store = mock::Store::new().unwrap();
        let keyring = mortal(&store, usize::MAX);
        for length in [0, 1, PART - 30, PART, 2560, 6000, 70_000, 3] {
            keyring.set_long("k", &value(7, length)).unwrap();
            assert_eq!(keyring.get_long("k").unwrap().unwrap().reveal().len(), length);
        }
        keyring.remove_long("k").unwrap();
        assert_eq!(keyring.get_long("k").unwrap(), None);
        keyring.remove_long("k").unwrap();
    }

    #[test]
    fn whoever_is_killed_while_writing_leaves_the_old_value_or_the_new_one() {
        for (old, new) in [(100, 6000), (6000, 100), (6000, 9000), (9000, 6000), (6000, 6000)] {
            let (old, new) = (value(1, old), value(2, new));
            let mut steps = 0;
            loop {
                let store = mock::Store::new().unwrap();
                let immortal = mortal(&store, usize::MAX);
                immortal.set_long("k", &old).unwrap();
                let outcome = mortal(&store, steps).set_long("k", &new);
                let left = immortal.get_long("k").unwrap().unwrap();
                assert!(left == old || left == new, "after {steps} steps");
                if outcome.is_ok() {
                    assert_eq!(left, new);
                    break;
                }
                steps += 1;
            }
            assert!(steps > 1);
        }
    }

    #[test]
    fn a_part_that_is_another_is_damage_and_no_value() {
        let store = mock::Store::new().unwrap();
        let keyring = mortal(&store, usize::MAX);
        keyring.set_long("k", &value(1, 6000)).unwrap();
        let head = Head::of(value(1, 6000).reveal());
        keyring.set(&head.part("k", 1), &value(2, PART)).unwrap();
        assert!(matches!(keyring.get_long("k"), Err(KeyringError::Damaged)));
        keyring.remove(&head.part("k", 1)).unwrap();
        assert!(matches!(keyring.get_long("k"), Err(KeyringError::Damaged)));
        // Writing anew mends it.
        keyring.set_long("k", &value(3, 10)).unwrap();
        assert_eq!(keyring.get_long("k").unwrap(), Some(value(3, 10)));
    }
}
