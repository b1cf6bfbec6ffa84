//! Where a policy stands on each system, and how it is read there. Each way of reading ends in the same keys.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use bridgekeeper_claude::Home;
use serde_json::{Map, Value};

use super::{Found, Layer, Policy};

/// Where the policy of an engine's home is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PolicySource {
    /// Nowhere: nothing is set.
    #[default]
    Nowhere,
    /// A JSON file. A home that stands in for one's own has it in its `.bridgekeeper`, so that a policy can be tried
    /// out before it is rolled out; this computer's says nothing about it.
    File(PathBuf),
    /// The places of this system, which only an administrator writes.
    System {
        /// Whose settings hold besides the computer's.
        user: String,
    },
}

impl PolicySource {
    /// Where the policy for a home stands.
    pub fn of(home: &Home) -> Self {
        if home.stands_in() {
            return Self::File(home.bridgekeeper_folder().join("policy.json"));
        }
        let user = home.root().file_name().unwrap_or_default();
        Self::System { user: user.to_string_lossy().into_owned() }
    }

    /// The policy as it stands there now.
    pub fn read(&self) -> Policy {
        Policy::of(match self {
            Self::Nowhere => vec![],
            Self::File(path) => vec![json_file(path)],
            Self::System { user } => system::layers(user),
        })
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
mod system {
    use std::path::Path;

    use super::{Layer, json_file};

    /// `/etc/bridgekeeper/policy.json`, for everybody on the computer.
    pub(super) fn layers(_user: &str) -> Vec<Layer> {
        vec![json_file(Path::new("/etc/bridgekeeper/policy.json"))]
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::path::Path;

    use super::{Layer, file, keys_of_plist};

    /// The preferences that a configuration profile sets for the domain of the app, the computer's and the person's.
    const FOLDER: &str = "/Library/Managed Preferences";
    const FILE: &str = "app.bridgekeeper.desktop.plist";

    pub(super) fn layers(user: &str) -> Vec<Layer> {
        let folder = Path::new(FOLDER);
        [folder.join(FILE), folder.join(user).join(FILE)].map(|path| file(&path, keys_of_plist)).into()
    }
}

#[cfg(windows)]
pub(super) mod system {
    use serde_json::{Map, Value};
    use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type};

    use super::super::ALLOWED_SERVERS;
    use super::{Found, Layer};

    /// `ERROR_FILE_NOT_FOUND` as an `HRESULT`.
    const NOT_THERE: i32 = 0x8007_0002_u32.cast_signed();

    /// The keys of group policy, the computer's and the person's.
    pub(super) fn layers(_user: &str) -> Vec<Layer> {
        let path = r"SOFTWARE\Policies\Bridgekeeper";
        vec![layer(LOCAL_MACHINE, "HKLM", path), layer(CURRENT_USER, "HKCU", path)]
    }

    pub(in super::super) fn layer(root: &Key, name: &str, path: &str) -> Layer {
        let found = match root.open(path) {
            Ok(key) => keys(&key).map_or_else(|error| Found::Unreadable(error.to_string()), Found::Keys),
            Err(error) if error.code().0 == NOT_THERE => Found::Absent,
            Err(error) => Found::Unreadable(error.to_string()),
        };
        Layer { place: format!(r"{name}\{path}"), found }
    }

    fn keys(key: &Key) -> windows_registry::Result<Map<String, Value>> {
        let mut keys: Map<String, Value> =
            key.values()?.map(|(name, value)| (name, value_of(value))).collect();
        // Group policy keeps a list in a key of its own, one numbered value for each line
        match key.open(ALLOWED_SERVERS) {
            Ok(list) => {
                let mut lines: Vec<(String, Value)> =
                    list.values()?.map(|(name, value)| (name, value_of(value))).collect();
                lines.sort_by_key(|(name, _)| (name.len(), name.clone()));
                let lines = lines.into_iter().map(|(_, line)| line).collect();
                keys.insert(ALLOWED_SERVERS.to_owned(), Value::Array(lines));
            }
            Err(error) if error.code().0 == NOT_THERE => {}
            Err(error) => return Err(error),
        }
        Ok(keys)
    }

    /// What a policy knows of kinds; any other is null, which no key takes.
    fn value_of(value: windows_registry::Value) -> Value {
        let read = match value.ty() {
            Type::U32 | Type::U64 => u64::try_from(value).map(Value::from),
            Type::String | Type::ExpandString => String::try_from(value).map(Value::from),
            Type::MultiString => Vec::<String>::try_from(value).map(Value::from),
            Type::Bytes | Type::Other(_) => return Value::Null,
        };
        read.unwrap_or_default()
    }
}

/// Reads the keys of a file, or says why not.
type Keys = fn(&[u8]) -> Result<Map<String, Value>, String>;

fn json_file(path: &Path) -> Layer {
    file(path, keys_of_json)
}

fn file(path: &Path, keys: Keys) -> Layer {
    Layer { place: path.display().to_string(), found: found(std::fs::read(path), keys) }
}

fn found(read: io::Result<Vec<u8>>, keys: Keys) -> Found {
    match read {
        Ok(bytes) => keys(&bytes).map_or_else(Found::Unreadable, Found::Keys),
        // A file in the place of the folder holds no policy either
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Found::Absent,
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn keys_of_json(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

#[cfg(any(target_os = "macos", test))]
pub(super) fn keys_of_plist(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    plist::from_bytes(bytes).map_err(|error| error.to_string())
}
