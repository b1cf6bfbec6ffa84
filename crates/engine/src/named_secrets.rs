//! Secrets that the user named, which entries refer to as `${secret:NAME}`: their values stand in the keyring alone.
//! Which names there are stands in a file beside the journal, so that a list needs no unlocked keyring.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bridgekeeper_claude::Content;
use bridgekeeper_doctor::fixes::Moved;
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::text;
use bridgekeeper_model::{Secret, SecretName, ServerName};
use serde::Serialize;

use crate::change::{Access, Back, ChangeError, Disk, WayBack};
use crate::context::Context;
use crate::edits;
use crate::engine::Engine;
use crate::error::EngineError;

/// The file with the names.
const FILE: &str = "secrets.json";

/// A secret, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NamedSecret {
    /// Its name.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub name: SecretName,
    /// Whether it was put into the keyring. An entry may refer to one that was not.
    pub kept: bool,
    /// The entries that refer to it.
    pub used_by: Vec<SecretUse>,
}

/// An entry that refers to a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SecretUse {
    /// The config file.
    pub path: PathBuf,
    /// The entry.
    #[cfg_attr(feature = "bindings", specta(type = String))]
    pub server: ServerName,
}

impl Engine {
    /// Every secret that was kept or that an entry of a config refers to. The keyring is not asked.
    pub fn secrets(&self) -> Vec<NamedSecret> {
        let (kept, uses) = (names(&self.context), uses(&self.context));
        let referred = uses.iter().map(|(name, _)| name.clone());
        let all: BTreeSet<SecretName> = kept.iter().cloned().chain(referred).collect();
        let used_by = |name: &SecretName| {
            let here = uses.iter().filter(|(referred, _)| referred == name);
            here.map(|(_, place)| place.clone()).collect()
        };
        let secrets = all.into_iter().map(|name| NamedSecret {
            kept: kept.contains(&name),
            used_by: used_by(&name),
            name,
        });
        secrets.collect()
    }

    /// Keeps a secret in the keyring, in the place of what was there under its name.
    pub fn set_secret(&self, name: &SecretName, secret: &Secret) -> Result<(), EngineError> {
        // A name in the list too many is seen; a secret that is in no list is not.
        self.change_names(|names| names.insert(name.clone()))?;
        Ok(self.context.keyring.keep_named_secret(name, secret)?)
    }

    /// The value of a secret, for somebody who asked to see it; `None` where there is none.
    pub fn reveal_secret(&self, name: &SecretName) -> Result<Option<Secret>, EngineError> {
        Ok(self.context.keyring.named_secret(name)?)
    }

    /// Removes a secret from the keyring. This cannot be taken back.
    pub fn remove_secret(&self, name: &SecretName) -> Result<(), EngineError> {
        self.context.keyring.remove_named_secret(name)?;
        self.change_names(|names| names.remove(name))
    }

    /// Nobody is asked for a password under the lock.
    fn change_names(
        &self,
        change: impl FnOnce(&mut BTreeSet<SecretName>) -> bool,
    ) -> Result<(), EngineError> {
        let _lock = self.ledger.lock()?;
        let mut names = names(&self.context);
        if change(&mut names) {
            write(&self.context, &names)?;
        }
        Ok(())
    }

    /// Keeps what leaves a config. Names that got a secret since they were chosen are not overwritten.
    pub(crate) fn keep_moved(&self, moved: &[Moved]) -> Result<(), EngineError> {
        let taken = names(&self.context);
        if let Some(twice) = moved.iter().find(|moved| taken.contains(&moved.name)) {
            let why = format!("there is a secret `{}` by now; compute the change again", twice.name);
            return Err(EngineError::NotPossible(why));
        }
        moved.iter().try_for_each(|moved| self.set_secret(&moved.name, &moved.value))
    }

    /// Removes those of these secrets that no entry refers to, switched off or not. What the keyring does not give up
    /// stays in the list.
    pub(crate) fn forget_unused(&self, names: &[SecretName]) {
        if names.is_empty() {
            return;
        }
        let Some(parked) = self.parked_secrets() else { return };
        let used: BTreeSet<SecretName> = uses(&self.context).into_iter().map(|(name, _)| name).collect();
        for name in names.iter().filter(|name| !used.contains(name) && !parked.contains(name)) {
            let _ = self.remove_secret(name);
        }
    }

    /// Taking a change back must not bring a reference back whose secret is gone.
    pub(crate) fn secrets_are_there(&self, way: &WayBack) -> Result<(), EngineError> {
        let Back::Text(back) = &way.back else { return Ok(()) };
        let (present, restored) = back.texts();
        let (present, kept) = (in_text(&present), names(&self.context));
        let gone =
            in_text(&restored).into_iter().find(|name| !present.contains(name) && !kept.contains(name));
        gone.map_or(Ok(()), |name| {
            Err(EngineError::NotPossible(format!(
                "the entry would refer to the secret `{name}`, which the keyring no longer has; set it first, or make \
                 the fix again"
            )))
        })
    }

    /// What entries refer to that are switched off; `None` where they cannot be read.
    fn parked_secrets(&self) -> Option<BTreeSet<SecretName>> {
        let mut parked = BTreeSet::new();
        for server in edits::names_of_switched_off(&self.ledger.entries()) {
            let (_, kept) = self.kept_while_off(&server).ok()?;
            parked.extend(in_text(&format!(r#"{{"mcpServers": {{"off": {}}}}}"#, kept.entry)));
        }
        Some(parked)
    }
}

/// The names of all secrets that were kept.
pub(crate) fn names(context: &Context) -> BTreeSet<SecretName> {
    // A file that is not there, or that somebody damaged, names nothing.
    let bytes = std::fs::read(path(context)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn write(context: &Context, names: &BTreeSet<SecretName>) -> Result<(), ChangeError> {
    let path = path(context);
    let text = serde_json::to_vec_pretty(names)
        .map_err(|error| ChangeError::io("write", &path)(std::io::Error::other(error)))?;
    Disk::default().replace(&path, &text, Access::Private, || Ok(()))
}

fn path(context: &Context) -> PathBuf {
    context.home.bridgekeeper_folder().join(FILE)
}

/// What every config refers to, and where.
fn uses(context: &Context) -> Vec<(SecretName, SecretUse)> {
    let configs = context.home.configs();
    configs
        .iter()
        .flat_map(|config| match &config.content {
            Content::Read(bytes) => in_file(&config.path, bytes),
            Content::Absent | Content::Unreadable(_) => vec![],
        })
        .collect()
}

fn in_file(path: &Path, bytes: &[u8]) -> Vec<(SecretName, SecretUse)> {
    let file = ConfigFile::from(text::decode(bytes).text.as_str());
    let place = |server: &ServerName| SecretUse { path: path.to_owned(), server: server.clone() };
    let entries = file.servers().iter();
    entries.flat_map(|entry| entry.secrets().into_iter().map(|name| (name, place(&entry.name)))).collect()
}

fn in_text(text: &str) -> BTreeSet<SecretName> {
    let file = ConfigFile::from(text);
    file.servers().iter().flat_map(bridgekeeper_formats::config::Entry::secrets).collect()
}

#[cfg(test)]
mod tests;
