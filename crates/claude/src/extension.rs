use std::path::PathBuf;

use serde::Deserialize;

use crate::files::{self, Content, Unreadable};
use crate::home::Home;
use crate::places::Places;

/// An installed extension (`.mcpb`, formerly `.dxt`). Its server is not in the config; its log carries the
/// display name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Folder name, such as `local.dxt.author.name`.
    pub id: String,
    /// Name in Claude's settings and in its log's file name; the id where the manifest says none.
    pub display_name: String,
    /// Version, where the manifest says one.
    pub version: Option<String>,
    /// `false` where its settings switch it off, `None` where they say nothing.
    pub enabled: Option<bool>,
    /// Its folder.
    pub folder: PathBuf,
}

/// Every extension that was found, and what could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// The extensions, by folder.
    pub found: Vec<Extension>,
    /// Folders and manifests that could not be read.
    pub unreadable: Vec<Unreadable>,
}

#[derive(Deserialize)]
struct Manifest {
    name: Option<String>,
    display_name: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Settings {
    #[serde(rename = "isEnabled")]
    is_enabled: Option<bool>,
}

impl Home {
    /// Every extension in every folder that a build uses.
    pub fn extensions(&self) -> Extensions {
        let mut extensions = Extensions::default();
        for profile in Places::of(self).profiles {
            let folder = self.path(&profile.folder, &["Claude Extensions"]);
            let settings = self.path(&profile.folder, &["Claude Extensions Settings"]);
            for id in files::list(&folder, &mut extensions.unreadable) {
                let folder = folder.join(&id);
                if folder.is_dir() && !extensions.found.iter().any(|known| known.id == id) {
                    let enabled = read_json::<Settings>(&settings.join(format!("{id}.json")))
                        .ok()
                        .flatten()
                        .and_then(|settings| settings.is_enabled);
                    extensions.add(id, folder, enabled);
                }
            }
        }
        extensions
    }
}

impl Extensions {
    fn add(&mut self, id: String, folder: PathBuf, enabled: Option<bool>) {
        let path = folder.join("manifest.json");
        let manifest = match read_json::<Manifest>(&path) {
            Ok(manifest) => manifest,
            Err(why) => {
                self.unreadable.push(Unreadable { path, why });
                None
            }
        };
        let (name, version) = match manifest {
            Some(manifest) => (manifest.display_name.or(manifest.name), manifest.version),
            None => (None, None),
        };
        let display_name = name.unwrap_or_else(|| id.clone());
        self.found.push(Extension { id, display_name, version, enabled, folder });
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &std::path::Path) -> Result<Option<T>, String> {
    match files::read_config(path) {
        Content::Absent => Ok(None),
        Content::Unreadable(why) => Err(why),
        Content::Read(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| error.to_string()),
    }
}
