//! Two versions of one program, packaged, and what makes the newer one known to the older: made for one try.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::PORT;
use crate::package::{Build, Profile, host, signatures, target_folder, tauri, version, write};
use crate::pages;
use crate::steps::{cargo, command, must_pass};

/// What the older program calls itself.
pub(super) const OLD: &str = "0.0.1";

/// Both packages, and the folder that everything of the try lies in.
pub(super) struct Versions {
    pub(super) folder: tempfile::TempDir,
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
    /// Whose programs these are.
    pub(super) publisher: Key,
    /// Who signs what was never published.
    pub(super) stranger: Key,
}

/// A finished build that calls itself a version.
pub(super) struct Version<'a> {
    pub(super) number: &'a str,
    pub(super) build: &'a Build,
    /// The config of Tauri that gave it its number.
    pub(super) config: String,
    /// Where its package is to lie.
    pub(super) folder: PathBuf,
}

impl Versions {
    /// Builds both for `target`, or for this system, and has each packaged. The app alone is built anew for them, as a debug
    /// build: an update is the same in both.
    pub(super) fn make(
        target: Option<&'static str>,
        package: impl Fn(&Version) -> Result<PathBuf>,
    ) -> Result<Self> {
        let folder = tempfile::tempdir().context("a folder for the two versions could not be made")?;
        let publisher = Key::make(folder.path(), "publisher")?;
        let stranger = Key::make(folder.path(), "stranger")?;
        pages::build()?;
        let for_target: Vec<&str> = target.iter().flat_map(|target| ["--target", target]).collect();
        for package in ["bridgekeeper-bridge", "bridgekeeper-cli"] {
            must_pass(cargo().args(["build", "--bins", "--package", package]).args(&for_target))?;
        }
        let build = Build {
            target: target.map_or_else(host, |target| Ok(target.to_owned()))?,
            programs: target_folder().join(target.unwrap_or_default()).join(Profile::Debug.folder()),
            profile: Profile::Debug,
        };
        let packaged = |number: &str| -> Result<PathBuf> {
            let config = build_app(number, &publisher, &for_target)?;
            let folder = folder.path().join(number);
            std::fs::create_dir_all(&folder)?;
            package(&Version { number, build: &build, config, folder })
        };
        let (old, new) = (packaged(OLD)?, packaged(version())?);
        Ok(Self { folder, old, new, publisher, stranger })
    }

    /// Puts what the server answers into `served`, so that the newer package is the newest version: signed with that key.
    pub(super) fn offer(&self, served: &Path, key: &Key) -> Result<()> {
        signatures::sign_with(&self.new, version(), Some(&key.0))?;
        let platforms = signatures::platform(&self.new, &format!("{}/package", origin()))?;
        let description =
            json!({ "version": version(), "notes": "- Made to be tried out.", "platforms": platforms });
        let bytes = std::fs::read(&self.new).with_context(|| self.new.display().to_string())?;
        write(&served.join("latest.json"), response("application/json", description.to_string().as_bytes()))?;
        write(&served.join("package"), response("application/octet-stream", &bytes))
    }
}

/// A key pair in files, as `tauri signer generate` writes it.
pub(super) struct Key(PathBuf);

impl Key {
    fn make(folder: &Path, name: &str) -> Result<Self> {
        let place = folder.join(name);
        let mut signer = command(tauri::program()?);
        signer.args(["signer", "generate", "--ci", "--password", "", "--write-keys"]).arg(&place);
        must_pass(signer.stdout(std::process::Stdio::null()))?;
        Ok(Self(place))
    }

    fn public(&self) -> Result<String> {
        let place = self.0.with_extension("pub");
        std::fs::read_to_string(&place).with_context(|| format!("{} was not made", place.display()))
    }
}

/// Where the server is, as both programs know it.
pub(super) fn origin() -> String {
    format!("https://localhost:{PORT}")
}

/// A whole response, which the server sends as it is.
pub(super) fn response(kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// Builds the app as that version of that publisher; what its config says more than the file.
fn build_app(version: &str, publisher: &Key, target: &[&str]) -> Result<String> {
    let config = json!({ "version": version }).to_string();
    must_pass(
        cargo()
            .args(["build", "--package", "bridgekeeper-desktop", "--bins"])
            .args(target)
            .env("BRIDGEKEEPER_UPDATE_URL", format!("{}/latest.json", origin()))
            .env("BRIDGEKEEPER_UPDATE_KEY", publisher.public()?)
            .env("TAURI_CONFIG", &config),
    )?;
    Ok(config)
}
