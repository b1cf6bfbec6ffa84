//! A server added in a window: what was pasted is read and remembered here, and chosen by its number.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bridgekeeper_formats::secrets;
use serde::Serialize;

use super::acts::Recipe;
use super::telling::Told as _;
use super::{ActError, Live};
use crate::add::{self, Extension, KeepSecrets, Offered, OfferedServer, Risk, RiskKind};
use crate::diff::Secrets;
use crate::view::Preview;

/// What was pasted last.
#[derive(Debug, Default)]
pub(super) struct Pasted(Mutex<Vec<Offered>>);

/// A server that could be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OfferedView {
    /// Stands for it until something else is pasted.
    pub number: u32,
    /// The name that it comes with.
    pub name: String,
    /// Whether an entry has that name already.
    pub taken: bool,
    /// Its address; `None` for one that runs here.
    pub url: Option<String>,
    /// All of it as it was offered, as JSON, secrets masked.
    pub payload: String,
    /// What should be looked at before, the gravest first.
    pub risks: Vec<Risk>,
    /// Whether it holds secrets that the keyring could keep.
    pub has_secrets: bool,
    /// What was left out or must be filled in.
    pub notes: Vec<String>,
}

/// What stands in a file that somebody opened to add a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum OfferedFile {
    /// A text, to be read like what is pasted.
    Text(String),
    /// An extension, which Claude installs itself.
    Extension(Extension),
}

/// Bytes of a file that could still be an entry.
const LONGEST: u64 = 1_000_000;

impl Live {
    /// Reads a file that somebody opened. Nothing is added by it.
    pub fn read_offered_file(&self, path: &Path) -> Result<OfferedFile, ActError> {
        if Extension::is_bundle(path) {
            let home = self.shared.engine.context().home.root().display().to_string();
            let extension =
                Extension::open(path, &home).map_err(|why| ActError::not_possible(why.to_string()))?;
            return Ok(OfferedFile::Extension(extension.told(&self.language())));
        }
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| ActError::not_possible(format!("the file could not be read: {error}")))?;
        if bytes.len() as u64 > LONGEST {
            return Err(ActError::not_possible("this file is too large for an entry"));
        }
        String::from_utf8(bytes)
            .map(OfferedFile::Text)
            .map_err(|_| ActError::not_possible("this file is no text"))
    }

    /// Reads what was pasted.
    pub fn read_offer(&self, text: &str) -> Result<Vec<OfferedView>, ActError> {
        let offered = add::read(text).map_err(|why| ActError::NotPossible {
            why: why.to_string(),
            next_step: why.next_step().map(ToOwned::to_owned),
        })?;
        let engine = &self.shared.engine;
        let taken = engine.names_taken();
        let home = engine.context().home.root().display().to_string();
        let views = offered.iter().enumerate().map(|(number, one)| {
            let risks = add::risks(&one.server, &home);
            let secret = |risk: &Risk| matches!(risk.kind, RiskKind::SecretInFile | RiskKind::SecretInArgs);
            OfferedView {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                name: one.name.clone(),
                taken: taken.iter().any(|name| name.as_str() == one.name),
                url: match &one.server {
                    OfferedServer::Remote { url, .. } => Some(secrets::mask(url).into_owned()),
                    OfferedServer::Local { .. } => None,
                },
                payload: add::payload(&one.server, Secrets::Masked),
                has_secrets: risks.iter().any(secret),
                risks,
                notes: one.notes.clone(),
            }
        });
        let views: Vec<OfferedView> = views.collect();
        *self.pasted.0.lock().unwrap_or_else(PoisonError::into_inner) = offered;
        Ok(views.told(&self.language()))
    }

    /// Computes how one of the servers that were pasted is added under a name.
    pub fn preview_add(&self, number: u32, name: &str, keep: KeepSecrets) -> Result<Preview, ActError> {
        let server = self.pasted(number)?.server;
        let recipe = Recipe::Add { name: name.to_owned(), server, keep };
        Ok(self.acts.preview_recipe(&self.shared.engine, recipe)?.told(&self.language()))
    }

    /// One of the servers that were pasted.
    pub(super) fn pasted(&self, number: u32) -> Result<Offered, ActError> {
        let pasted = self.pasted.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = usize::try_from(number).ok().and_then(|number| pasted.get(number)).cloned();
        one.ok_or(ActError::StalePreview)
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;

    use super::*;
    use crate::context::Context;
    use crate::engine::Engine;
    use crate::live::tests::Watching;

    fn read(content: &[u8]) -> Result<OfferedFile, ActError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("opened");
        std::io::Write::write_all(&mut File::create_new(&file).unwrap(), content).unwrap();
        let live = Watching::start(Engine::new(Context::new(Home::stand_in(folder.path(), Os::Linux))));
        live.read_offered_file(&file)
    }

    #[test]
    fn a_file_is_a_text_or_an_extension_or_neither() {
        assert_eq!(read(b"npx -y notes").unwrap(), OfferedFile::Text("npx -y notes".to_owned()));
        let why = |content: &[u8]| read(content).unwrap_err().to_string();
        assert_eq!(why(&[0xff; 8]), "this file is no text");
        assert_eq!(why(&vec![b' '; 1_000_001]), "this file is too large for an entry");
        assert!(why(b"PK\x03\x04 and no more").contains("damaged or incomplete"));
    }

    #[test]
    fn a_bundle_is_shown_as_the_extension_that_it_is() {
        use std::io::Write as _;
        let mut bundle = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        bundle.start_file("manifest.json", zip::write::SimpleFileOptions::default()).unwrap();
        bundle.write_all(br#"{"name": "tides", "server": {"type": "uv"}}"#).unwrap();
        let OfferedFile::Extension(extension) = read(&bundle.finish().unwrap().into_inner()).unwrap() else {
            panic!("it is no text")
        };
        assert_eq!((extension.name.as_str(), extension.files), ("tides", 1));
    }
}
