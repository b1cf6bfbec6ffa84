use std::fmt;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use bridgekeeper_model::Secret;
use keyring_core::{CredentialStore, Entry, Error};

use crate::error::KeyringError;
use crate::file::{FileStore, KeyringFile, Passphrase};
use crate::native;
use crate::secret::SecretBytes;

/// The name under which the keyring lists what is ours.
const SERVICE: &str = "bridgekeeper";
/// Names another keyring than the system's.
const VARIABLE: &str = "BRIDGEKEEPER_KEYRING";
/// How long it may take to answer. A person may have to type a password meanwhile.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long it may take to say whether it is open.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The keyring, with a name space of its own for each home.
///
/// It is opened anew for every call, so that one which is unlocked or started later is found. No call waits longer
/// than a minute.
#[derive(Clone)]
pub struct Keyring {
    open: Open,
    opens_unasked: Arc<dyn Fn() -> bool + Send + Sync>,
    namespace: String,
    patience: Duration,
}

type Open = Arc<dyn Fn() -> Result<Arc<CredentialStore>, KeyringError> + Send + Sync>;

impl Keyring {
    /// The variable that opens an encrypted file.
    pub const PASSPHRASE: &str = "BRIDGEKEEPER_KEYRING_PASSPHRASE";

    /// The system's own: Windows Credential Manager, macOS Keychain, Secret Service. Each home has its own names.
    pub fn of_system(home: &Path) -> Self {
        Self { opens_unasked: Arc::new(native::opens_unasked), ..Self::opened_by(native::open, home) }
    }

    /// The one that the environment names: the system's own, `BRIDGEKEEPER_KEYRING=none`, or `file:PATH`, an encrypted
    /// file. Its passphrase stands in `BRIDGEKEEPER_KEYRING_PASSPHRASE`, or `ask` gives it. Whatever else is named is
    /// no keyring, and nothing takes its place.
    pub fn chosen(home: &Path, variable: impl Fn(&str) -> Option<String>, ask: Arc<Passphrase>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let Some(named) = set(VARIABLE) else { return Self::of_system(home) };
        if named == "none" {
            return Self::none();
        }
        let Some(path) = named.strip_prefix("file:").map(Path::new).filter(|path| path.is_absolute()) else {
            let why = format!("{VARIABLE} is neither `none` nor `file:` with a whole path");
            return Self::opened_by(move || Err(KeyringError::Missing { why: why.clone() }), home);
        };
        match set(Self::PASSPHRASE).map(Secret::new) {
            Some(given) => Self::of_file(path, home, Arc::new(move |_| Some(given.clone()))),
            None => Self {
                // Somebody would have to type it.
                opens_unasked: Arc::new(|| false),
                ..Self::of_file(path, home, ask)
            },
        }
    }

    /// An encrypted file. It is made when the first value is kept.
    pub fn of_file(path: &Path, home: &Path, passphrase: Arc<Passphrase>) -> Self {
        let file = Arc::new(KeyringFile::new(path.to_owned(), passphrase));
        let open = move || {
            file.unlock().map_err(|error| error.meaning())?;
            Ok(Arc::new(FileStore(Arc::clone(&file))) as Arc<CredentialStore>)
        };
        Self::opened_by(open, home)
    }

    /// None at all, for whoever must not ask one.
    pub fn none() -> Self {
        let missing = || Err(KeyringError::Missing { why: "none was given to this program".to_owned() });
        Self::opened_by(missing, Path::new(""))
    }

    /// One that is opened in that way, for tests.
    pub fn opened_by(
        open: impl Fn() -> Result<Arc<CredentialStore>, KeyringError> + Send + Sync + 'static,
        home: &Path,
    ) -> Self {
        let open: Open = Arc::new(open);
        let opens = Arc::clone(&open);
        Self {
            open,
            opens_unasked: Arc::new(move || opens().is_ok()),
            namespace: home.display().to_string(),
            patience: PATIENCE,
        }
    }

    /// One that waits so long for an answer.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Whether it would answer now without asking anybody for a password. Where nothing tells, it is said to ask.
    pub fn opens_unasked(&self) -> bool {
        let (answer, answered) = mpsc::channel();
        let opens_unasked = Arc::clone(&self.opens_unasked);
        // Whoever asked may have gone on without an answer.
        thread::spawn(move || {
            let _ = answer.send(opens_unasked());
        });
        answered.recv_timeout(AT_ONCE).unwrap_or(false)
    }

    /// The value under a name; `None` where there is none.
    pub fn get(&self, name: &str) -> Result<Option<SecretBytes>, KeyringError> {
        self.ask(name, |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(SecretBytes::from(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Keeps a value under a name, in the place of what was there. At most 2,560 bytes, which is Windows' limit.
    pub fn set(&self, name: &str, value: &SecretBytes) -> Result<(), KeyringError> {
        let value = value.clone();
        self.ask(name, move |entry| entry.set_secret(value.reveal()))
    }

    /// Removes the value under a name, if there is one.
    pub fn remove(&self, name: &str) -> Result<(), KeyringError> {
        self.ask(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }

    /// Asks on a thread of its own: a keyring that waits for a password blocks whoever asks.
    fn ask<T: Send + 'static>(
        &self,
        name: &str,
        act: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeyringError> {
        let (answer, answered) = mpsc::channel();
        let open = Arc::clone(&self.open);
        let user = format!("{name}@{}", self.namespace);
        thread::spawn(move || {
            let asked = open().and_then(|store| {
                let entry = store.build(SERVICE, &user, None).map_err(native::meaning)?;
                act(&entry).map_err(native::meaning)
            });
            // Whoever asked may have gone on without an answer.
            let _ = answer.send(asked);
        });
        answered.recv_timeout(self.patience).map_err(|_| KeyringError::NoAnswer(self.patience))?
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;

    use super::*;

    fn in_memory(store: &Arc<mock::Store>, home: &str) -> Keyring {
        let store: Arc<CredentialStore> = Arc::clone(store) as Arc<CredentialStore>;
        Keyring::opened_by(move || Ok(Arc::clone(&store)), Path::new(home))
    }

    #[test]
    fn each_home_has_its_own_names() {
        let store = mock::Store::new().unwrap();
        let (one, other) = (in_memory(&store, "/home/a"), in_memory(&store, "/home/b"));
        one.set("key", &SecretBytes::from(vec![0, 255, 1])).unwrap();
        assert_eq!(one.get("key").unwrap().unwrap().reveal(), [0, 255, 1]);
        assert_eq!(other.get("key").unwrap(), None);
        other.remove("key").unwrap();
        one.remove("key").unwrap();
        assert_eq!(one.get("key").unwrap(), None);
    }

    #[test]
    fn a_keyring_that_waits_for_a_password_holds_nobody_up() {
        let (keep, forever) = mpsc::channel::<()>();
        let forever = std::sync::Mutex::new(forever);
        let blocked = Keyring::opened_by(
            move || {
                let _ = forever.lock().unwrap().recv();
                Err(KeyringError::Missing { why: "late".to_owned() })
            },
            Path::new("/h"),
        )
        .with_patience(Duration::from_millis(20));
        assert!(matches!(blocked.get("key"), Err(KeyringError::NoAnswer(_))));
        drop(keep);
    }

    #[test]
    fn without_a_keyring_it_says_so() {
        let error = Keyring::none().get("key").unwrap_err();
        assert_eq!(error.code(), "keyring-missing");
    }
}
