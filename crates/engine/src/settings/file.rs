//! The file that the settings are kept in.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::Settings;
use crate::change::{Access, ChangeError, Disk, private_folder};
use crate::policy::PolicySource;

/// The settings of one home. Several hosts may have it open: the file is read again before each change.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    policy: PolicySource,
    told: Mutex<Told>,
}

#[derive(Debug)]
struct Told {
    settings: Settings,
    broken: Option<Broken>,
    listeners: Vec<Sender<Settings>>,
}

/// A file of settings that says nothing that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Where it is: in its place before the first change, set aside after it.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not be read: {}", self.path.display(), self.why)
    }
}

/// Why a setting was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The system does not let the file be read, so what stands in it would be lost.
    #[error("could not read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The broken file could not be set aside.
    #[error("could not set {} aside", path.display())]
    NotSetAside {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// An organisation has decided it.
    #[error("this setting is decided by {by}")]
    Decided {
        /// Who, and where.
        by: String,
    },
    /// It could not be written.
    #[error(transparent)]
    NotWritten(#[from] ChangeError),
}

/// What stands in the file.
enum Content {
    Absent,
    Keys(Map<String, Value>),
    Broken(String),
}

impl SettingsFile {
    /// Reads `settings.json` in that folder. Nothing is written before the first change.
    pub fn in_folder(folder: &Path) -> Self {
        let path = folder.join("settings.json");
        let (settings, why) = match read(&path) {
            Ok(Content::Absent) => (Settings::default(), None),
            Ok(Content::Keys(keys)) => (understood(&keys), None),
            Ok(Content::Broken(why)) => (Settings::default(), Some(why)),
            Err(error) => (Settings::default(), Some(error.to_string())),
        };
        let broken = why.map(|why| Broken { path: path.clone(), why });
        Self {
            path,
            policy: PolicySource::Nowhere,
            told: Mutex::new(Told { settings, broken, listeners: Vec::new() }),
        }
    }

    /// With an organisation's settings, which stand above the person's.
    #[must_use]
    pub fn under(self, policy: PolicySource) -> Self {
        Self { policy, ..self }
    }

    /// The settings as they hold now, which an organisation may have decided.
    pub fn settings(&self) -> Settings {
        self.told().settings.clone().under(&self.policy.read())
    }

    /// The file that could not be read, for which the usual settings hold.
    pub fn broken(&self) -> Option<Broken> {
        self.told().broken.clone()
    }

    /// The settings as they hold after each change from now on.
    pub fn subscribe(&self) -> Receiver<Settings> {
        let (sender, receiver) = mpsc::channel();
        self.told().listeners.push(sender);
        receiver
    }

    /// Changes settings and writes them. What the file says besides stays; a broken file is set aside first.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<Settings, SettingsError> {
        let mut told = self.told();
        let unreadable = |source| SettingsError::Unreadable { path: self.path.clone(), source };
        let mut keys = match read(&self.path).map_err(unreadable)? {
            Content::Keys(keys) => keys,
            Content::Absent => Map::new(),
            Content::Broken(why) => {
                told.broken = Some(Broken { path: self.set_aside()?, why });
                Map::new()
            }
        };
        let before = understood(&keys);
        let mut after = before.clone();
        change(&mut after);
        let policy = self.policy.read();
        if after.clone().under(&policy) != after && after.updates != before.updates {
            return Err(SettingsError::Decided { by: policy.decided_by() });
        }
        let old = keys_of(&before);
        for (key, value) in keys_of(&after) {
            if old.get(&key) != Some(&value) {
                keys.insert(key, value);
            }
        }
        self.write(&keys)?;
        told.settings = after.clone();
        let holds = after.under(&policy);
        told.listeners.retain(|listener| listener.send(holds.clone()).is_ok());
        Ok(holds)
    }

    fn write(&self, keys: &Map<String, Value>) -> Result<(), ChangeError> {
        if let Some(folder) = self.path.parent() {
            private_folder(folder)?;
        }
        let text = format!("{:#}\n", Value::Object(keys.clone()));
        Disk::default().replace(&self.path, text.as_bytes(), Access::Private, || Ok(()))
    }

    /// Gives the file a name that nothing has yet.
    fn set_aside(&self) -> Result<PathBuf, SettingsError> {
        let mut number = 1;
        let mut aside = self.path.with_file_name("settings.broken.json");
        while aside.exists() {
            number += 1;
            aside = self.path.with_file_name(format!("settings.broken-{number}.json"));
        }
        let failed = |source| SettingsError::NotSetAside { path: self.path.clone(), source };
        fs::rename(&self.path, &aside).map_err(failed)?;
        Ok(aside)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> io::Result<Content> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Content::Absent),
        Err(error) => return Err(error),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Ok(match serde_json::from_slice(bytes) {
        Ok(Value::Object(keys)) => Content::Keys(keys),
        Ok(_) => Content::Broken("it holds no object".to_owned()),
        Err(error) => Content::Broken(error.to_string()),
    })
}

/// The settings as far as the values are understood; the usual one for each that is not.
fn understood(keys: &Map<String, Value>) -> Settings {
    let mut settings = Settings::default();
    let mut known = keys_of(&settings);
    let names: Vec<String> = known.keys().cloned().collect();
    for name in names {
        let Some(value) = keys.get(&name) else { continue };
        let usual = known.insert(name.clone(), value.clone());
        match serde_json::from_value(Value::Object(known.clone())) {
            Ok(read) => settings = read,
            Err(_) => {
                known.insert(name, usual.unwrap_or_default());
            }
        }
    }
    settings
}

fn keys_of(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(keys)) => keys,
        // Plain data with names for keys is always an object
        _ => Map::new(),
    }
}
