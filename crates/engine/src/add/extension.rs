//! An extension of Claude, read from its bundle (`.mcpb`, formerly `.dxt`) before anybody installs it: what it starts,
//! what it will ask for, and what to look at first.
//!
//! Only the archive's list of files and its manifest are read, both up to a bound. Deliberately absent: unpacking the
//! bundle and installing it, which Claude does itself, and checking its signature, which Claude does then.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use bridgekeeper_formats::secrets;
use bridgekeeper_model::MASK;
use serde::Serialize;
use serde_json::{Map, Value, json};
use zip::ZipArchive;
use zip::result::ZipError;

use super::offered::OfferedServer;
use super::risk::{Risk, RiskKind, risks};

/// An extension as its bundle describes it. Everything in it is the word of whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Extension {
    /// Its name, as Claude shows it.
    pub name: String,
    /// Its version, where it says one.
    pub version: Option<String>,
    /// Who made it, where it says so.
    pub author: Option<String>,
    /// What it is for, where it says so.
    pub description: Option<String>,
    /// What Claude starts and what it asks for, as JSON, secrets masked.
    pub payload: String,
    /// What Claude will ask for when it is installed.
    pub settings: Vec<ExtensionSetting>,
    /// What should be looked at before, the gravest first.
    pub risks: Vec<Risk>,
    /// How many files it brings.
    pub files: u32,
    /// What else must be known, as sentences.
    pub notes: Vec<String>,
}

/// Something that an extension asks for (`user_config` of its manifest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ExtensionSetting {
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether it is a secret.
    pub secret: bool,
}

/// Why a file could not be read as an extension.
#[derive(Debug, thiserror::Error)]
pub enum NotAnExtension {
    /// The file could not be read.
    #[error("the file could not be read")]
    Unreadable(#[source] io::Error),
    /// It is no archive, or a damaged one.
    #[error("this is no bundle of an extension: the archive is damaged or incomplete")]
    Damaged(#[source] ZipError),
    /// Its list of files is longer than that of any extension.
    #[error("this bundle lists more files than an extension has")]
    TooManyFiles,
    /// There is no manifest in it.
    #[error("this bundle is no extension: it has no manifest.json")]
    NoManifest,
    /// The manifest is longer than any.
    #[error("the manifest of this bundle is too large")]
    ManifestTooLarge,
    /// The manifest is no JSON object.
    #[error("the manifest of this bundle is not valid JSON")]
    ManifestNotJson(#[source] Option<serde_json::Error>),
    /// The manifest names no server.
    #[error("the manifest of this bundle names no server")]
    NoServer,
}

/// How an archive begins.
const ARCHIVE: [u8; 4] = *b"PK\x03\x04";
/// Bytes of an archive's list of files, about 100 for each file.
const LONGEST_LIST: u64 = 16 * 1024 * 1024;
/// Bytes of a manifest.
const LONGEST_MANIFEST: u64 = 1_000_000;
/// So much unpacked is worth a word, in bytes.
const MUCH: u128 = 1_000_000_000;

impl Extension {
    /// Whether a file is an archive, by its first bytes.
    pub fn is_bundle(path: &Path) -> bool {
        let mut start = [0; 4];
        File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == ARCHIVE
    }

    /// Reads the bundle in that file. `home` is the user's own folder.
    pub fn open(path: &Path, home: &str) -> Result<Self, NotAnExtension> {
        Self::read(File::open(path).map_err(NotAnExtension::Unreadable)?, home)
    }

    /// Reads a bundle from wherever it lies.
    pub fn read(bundle: impl Read + Seek, home: &str) -> Result<Self, NotAnExtension> {
        let mut archive =
            ZipArchive::new(Bounded { inner: bundle, left: LONGEST_LIST }).map_err(not_listed)?;
        let manifest = manifest(&mut archive)?;
        let server = manifest.get("server").and_then(Value::as_object).ok_or(NotAnExtension::NoServer)?;
        let started = started(server);
        let mut risks: Vec<Risk> = started.iter().flat_map(|one| risks(one, home)).collect();
        risks.extend(leading_out(&archive).map(|part| Risk { kind: RiskKind::LeavesFolder, part }));
        risks.sort_by_key(|risk| risk.kind);
        risks.dedup();
        let settings = manifest.get("user_config").and_then(Value::as_object);
        let text =
            |key: &str| manifest.get(key).and_then(Value::as_str).map(shown).filter(|text| !text.is_empty());
        let author = manifest.get("author").and_then(|author| author.get("name").unwrap_or(author).as_str());
        Ok(Self {
            name: text("display_name").or(text("name")).unwrap_or_else(|| "extension".to_owned()),
            version: text("version"),
            author: author.map(shown).filter(|author| !author.is_empty()),
            description: text("description"),
            payload: payload(server, settings),
            settings: settings
                .into_iter()
                .flatten()
                .map(|(key, value)| ExtensionSetting::of(key, value))
                .collect(),
            risks,
            files: u32::try_from(archive.len()).unwrap_or(u32::MAX),
            notes: notes(&archive, &started),
        })
    }
}

impl ExtensionSetting {
    fn of(key: &str, value: &Value) -> Self {
        let is = |key: &str| value.get(key).and_then(Value::as_bool) == Some(true);
        let text =
            |key: &str| value.get(key).and_then(Value::as_str).map(shown).filter(|text| !text.is_empty());
        Self {
            title: text("title").unwrap_or_else(|| shown(key)),
            description: text("description"),
            required: is("required"),
            secret: is("sensitive"),
        }
    }
}

/// A reader that gives up after so many bytes, wherever they stand: a list of files may claim any length.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let read = (&mut self.inner).take(self.left).read(buffer)?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

fn not_listed(error: ZipError) -> NotAnExtension {
    let ZipError::Io(cause) = error else { return NotAnExtension::Damaged(error) };
    if cause.kind() == io::ErrorKind::FileTooLarge {
        NotAnExtension::TooManyFiles
    } else if cause.kind() == io::ErrorKind::UnexpectedEof {
        NotAnExtension::Damaged(ZipError::Io(cause))
    } else {
        NotAnExtension::Unreadable(cause)
    }
}

fn manifest<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Map<String, Value>, NotAnExtension> {
    let file = match archive.by_name("manifest.json") {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Err(NotAnExtension::NoManifest),
        Err(error) => return Err(not_listed(error)),
    };
    let mut bytes = Vec::new();
    // What it claims to be unpacked is not what it is
    file.take(LONGEST_MANIFEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| NotAnExtension::Damaged(ZipError::Io(error)))?;
    if bytes.len() as u64 > LONGEST_MANIFEST {
        return Err(NotAnExtension::ManifestTooLarge);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice(text) {
        Ok(Value::Object(manifest)) => Ok(manifest),
        Ok(_) => Err(NotAnExtension::ManifestNotJson(None)),
        Err(error) => Err(NotAnExtension::ManifestNotJson(Some(error))),
    }
}

/// What Claude starts: in general, and on each system for which the manifest says something else.
fn started(server: &Map<String, Value>) -> Vec<OfferedServer> {
    let Some(config) = server.get("mcp_config").and_then(Value::as_object) else { return vec![] };
    let overrides = config.get("platform_overrides").and_then(Value::as_object);
    let merged = overrides.into_iter().flatten().filter_map(|(_, own)| {
        let mut whole = config.clone();
        whole.extend(own.as_object()?.clone());
        Some(whole)
    });
    [config.clone()].into_iter().chain(merged).filter_map(|config| local(&config)).collect()
}

fn local(config: &Map<String, Value>) -> Option<OfferedServer> {
    let args = config.get("args").and_then(Value::as_array).into_iter().flatten();
    let env = config.get("env").and_then(Value::as_object).into_iter().flatten();
    Some(OfferedServer::Local {
        command: config.get("command")?.as_str()?.to_owned(),
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        env: env.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
    })
}

/// What Claude starts and asks for. The preset value of a secret stays covered.
fn payload(server: &Map<String, Value>, settings: Option<&Map<String, Value>>) -> String {
    let mut whole = json!({ "server": server });
    if let Some(settings) = settings {
        let mut settings = settings.clone();
        for (_, setting) in &mut settings {
            let is_secret = setting.get("sensitive").and_then(Value::as_bool) == Some(true);
            if let Some(preset) = setting.get_mut("default").filter(|_| is_secret) {
                *preset = Value::from(MASK);
            }
        }
        whole["user_config"] = Value::Object(settings);
    }
    secrets::mask(&format!("{whole:#}")).into_owned()
}

/// Names of files that would be unpacked outside the extension's folder.
fn leading_out<R: Read + Seek>(archive: &ZipArchive<R>) -> impl Iterator<Item = String> {
    const FEW: usize = 5;
    let names = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned());
    let leads_out = |name: &String| {
        let mut parts = name.split(['/', '\\']);
        let is_drive = name.as_bytes().get(1) == Some(&b':');
        name.starts_with(['/', '\\']) || is_drive || parts.any(|part| part == "..")
    };
    names.filter(leads_out).map(|name| shown(&name)).take(FEW)
}

fn notes<R: Read + Seek>(archive: &ZipArchive<R>, started: &[OfferedServer]) -> Vec<String> {
    let mut notes = Vec::new();
    if started.is_empty() {
        notes.push("Its manifest names no command; Claude decides how it is started.".to_owned());
    }
    if archive.has_duplicate_names() {
        notes.push("It holds two files of one name, and programs differ in which one they read.".to_owned());
    }
    if let Some(size) = archive.decompressed_size().filter(|size| *size > MUCH) {
        let gigabytes = size.div_ceil(MUCH);
        notes.push(format!("Unpacked it takes {gigabytes} GB."));
    }
    notes
}

/// A text of somebody else's, as one line of bearable length, secrets masked.
fn shown(text: &str) -> String {
    const LONGEST: usize = 400;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    secrets::mask(&line).into_owned()
}

#[cfg(test)]
mod tests;
