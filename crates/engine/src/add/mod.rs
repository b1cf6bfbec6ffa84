//! A server added to the config: what was pasted is read, judged, shown as a change, and written like every other.
//!
//! The wall is here so that console and window read the same formats and warn of the same risks. A remote server is
//! added with Bridgekeeper's own bridge; secrets go into the keyring where that is wanted.
//!
//! Deliberately absent: fetching anything that was pasted, and starting it.

mod extension;
mod offered;
mod risk;
mod words;

use bridgekeeper_doctor::fixes::merge::merge;
use bridgekeeper_doctor::fixes::{self, Selection};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::Draft;
use bridgekeeper_formats::secrets;
use bridgekeeper_model::ServerName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub use extension::{Extension, ExtensionSetting, NotAnExtension};
pub use offered::{NotUnderstood, Offered, OfferedServer, is_url, read};
pub use risk::{Risk, RiskKind, risks};

use crate::change::{Kind, Note};
use crate::diff::Secrets;
use crate::edits::{PlannedEdit, live_config, present};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::{document, fix};

/// Where the secrets of a new entry go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum KeepSecrets {
    /// Into the config, as text.
    File,
    /// Into the system's keyring.
    Keyring,
}

/// Config of a home where Claude has none yet.
const EMPTY: &str = "{\n  \"mcpServers\": {}\n}\n";

impl Engine {
    /// The names that entries have already.
    pub fn names_taken(&self) -> BTreeSet<ServerName> {
        let bytes = live_config(&self.context).ok().as_deref().and_then(present);
        let file = bytes.as_deref().map(ConfigFile::read);
        file.iter().flat_map(ConfigFile::servers).map(|entry| entry.name.clone()).collect()
    }

    /// Computes how a server is added under that name to the config that Claude reads.
    pub fn plan_add(
        &self,
        name: &str,
        server: &OfferedServer,
        keep: KeepSecrets,
        secrets: Secrets,
    ) -> Result<PlannedEdit, EngineError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(EngineError::NotPossible("a server needs a name".to_owned()));
        }
        let server_name = ServerName::from(name);
        let path = live_config(&self.context)?;
        let before = present(&path);
        let file = before.as_deref().map_or_else(|| ConfigFile::from(EMPTY), ConfigFile::read);
        if !file.parsed().is_strict() {
            let shown = self.context.home.shorten(&path);
            return Err(EngineError::NotPossible(format!("{shown} is not valid JSON; repair it first")));
        }
        if file.server(name).is_some() {
            return Err(EngineError::NotPossible(format!(
                "a server `{name}` stands in Claude's config already"
            )));
        }
        let mut draft = Draft::new(file.text());
        draft.apply(&merge(&file, &ConfigFile::from(entry(name, server).as_str())).edits);
        let mut wanted = Vec::new();
        if matches!(server, OfferedServer::Remote { .. }) {
            wanted.push("use-bridge");
        }
        if keep == KeepSecrets::Keyring {
            wanted.push("move-secret");
        }
        let (mut notes, mut moved) = (Vec::new(), Vec::new());
        if !wanted.is_empty() {
            let with = ConfigFile::from(draft.text());
            let os = Some(self.context.home.os());
            let facts = fix::facts(&self.context, &with, os, &BTreeSet::new());
            let plan = fixes::plan(&with, &facts, &Selection::only(wanted).for_server(server_name.clone()));
            if let Some(skipped) = plan.skipped.iter().find(|skipped| skipped.id == "use-bridge") {
                return Err(EngineError::NotPossible(skipped.why.clone()));
            }
            notes.extend(plan.skipped.iter().map(|skipped| skipped.why.clone()));
            notes.extend(plan.applied.iter().filter_map(|applied| applied.note.clone()));
            moved = plan.secrets;
            draft.apply(&plan.edits);
        }
        let note = Note {
            secrets: moved.iter().map(|moved| moved.name.clone()).collect(),
            ..Note::new(Kind::Edit, format!("{name}: Add the server")).about(vec![server_name])
        };
        if !moved.is_empty() {
            let names: Vec<&str> = moved.iter().map(|moved| moved.name.as_str()).collect();
            notes.push(format!("Goes into the keyring first: {}.", names.join(", ")));
        }
        let text = draft.text().to_owned();
        let after = file.encode(&text).ok_or_else(|| EngineError::Encoding { path: path.clone() })?;
        let old = before.as_ref().map(|_| file.text().to_owned()).unwrap_or_default();
        let edits = document::hunks(&old, &text);
        let planned = PlannedEdit::of(path, before, after, (old, text), note, secrets);
        self.allowed(planned.by_hand(edits, notes, moved))
    }
}

/// The entry as it was offered, as indented JSON.
pub fn payload(server: &OfferedServer, shown: Secrets) -> String {
    let text = format!("{:#}", value(server));
    match shown {
        Secrets::Masked => secrets::mask(&text).into_owned(),
        Secrets::Shown => text,
    }
}

/// The entry as a document of its own, in the form of whoever offered it.
fn entry(name: &str, server: &OfferedServer) -> String {
    format!("{:#}", json!({"mcpServers": {name: value(server)}}))
}

fn value(server: &OfferedServer) -> Value {
    let object = |pairs: &[(String, String)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
    };
    let mut entry = Map::new();
    match server {
        OfferedServer::Local { command, args, env } => {
            entry.insert("command".to_owned(), json!(command));
            entry.insert("args".to_owned(), json!(args));
            if !env.is_empty() {
                entry.insert("env".to_owned(), Value::Object(object(env)));
            }
        }
        OfferedServer::Remote { url, headers } => {
            entry.insert("url".to_owned(), json!(url));
            if !headers.is_empty() {
                entry.insert("headers".to_owned(), Value::Object(object(headers)));
            }
        }
    }
    Value::Object(entry)
}

#[cfg(test)]
mod tests;
