//! Tauri's bundler, on a finished build.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{Build, PROGRAMS, Profile, copy, glibc, target_folder, version};
use crate::steps::{command, must_pass};
use crate::workspace;

/// Bundles, and does nothing else for us.
const TAURI_CLI: &str = "2.12.5";
/// The programs that come with the app, as the bundle's config names them.
const SIDECARS: [&str; 2] = ["mcp-bridge", "bridgekeeper"];
/// The folders that the bundler writes into, and what of it is a package.
const MADE: [(&str, &str); 4] = [("deb", "deb"), ("rpm", "rpm"), ("appimage", "AppImage"), ("dmg", "dmg")];

/// What the bundler signs and notarises with, where it is set.
const APPLE: [&str; 6] = [
    "APPLE_CERTIFICATE",
    "APPLE_CERTIFICATE_PASSWORD",
    "APPLE_SIGNING_IDENTITY",
    "APPLE_ID",
    "APPLE_PASSWORD",
    "APPLE_TEAM_ID",
];

/// Makes packages of these kinds, with more of Tauri's config where some is given, and puts them into `folder`.
pub(super) fn bundle(
    build: &Build,
    kinds: &[&str],
    folder: &Path,
    config: Option<&str>,
) -> Result<Vec<PathBuf>> {
    let app = AsBuilt::of(build)?;
    put_sidecars(build)?;
    let made = target_folder().join(build.profile.folder()).join("bundle");
    if made.is_dir() {
        std::fs::remove_dir_all(&made).with_context(|| format!("{} could not be emptied", made.display()))?;
    }
    let mut tauri = command(program()?);
    tauri.args(["bundle", "--ci", "--config", "src-tauri/tauri.bundle.conf.json"]);
    if cfg!(target_os = "linux") {
        let programs: Vec<PathBuf> = PROGRAMS.iter().map(|name| build.programs.join(name)).collect();
        tauri.args(["--config", &glibc::wanted_by(&programs)?.as_config().to_string()]);
    }
    if let Some(config) = config {
        tauri.args(["--config", config]);
    }
    tauri.arg("--bundles").arg(kinds.join(","));
    if kinds.contains(&"dmg") {
        // A disk image is what people download; the app by itself is what replaces an installed one
        tauri.arg("app");
    }
    if build.profile == Profile::Debug {
        tauri.arg("--debug");
    }
    for name in APPLE {
        // A secret that a fork does not have is handed on as an empty text, which the bundler takes for one
        if std::env::var_os(name).is_some_and(|value| value.is_empty()) {
            tauri.env_remove(name);
        }
    }
    let made_it = must_pass(&mut tauri);
    app.put_back()?;
    made_it?;
    let mut packages = Vec::new();
    for (kind, extension) in MADE.iter().filter(|(kind, _)| kinds.contains(kind)) {
        for file in files_of(&made.join(kind), extension)? {
            let name = file.file_name().context("a package without a name")?;
            let place = folder.join(name);
            copy(&file, &place)?;
            packages.push(place);
        }
    }
    if kinds.contains(&"dmg") {
        packages.push(archive_of_the_app(build, &made.join("macos"), folder)?);
    }
    if packages.len() < kinds.len() {
        bail!("the bundler left no package of each kind in {}", made.display());
    }
    Ok(packages)
}

/// The app as it was built. The bundler writes into it which kind of package it is in, and packages it once per kind; one
/// that was broken off leaves it written, and cargo would take it for finished.
struct AsBuilt {
    program: PathBuf,
    bytes: Vec<u8>,
}

/// Stands in the app where the bundler writes.
const KIND: &[u8] = b"__TAURI_BUNDLE_TYPE_VAR_";
/// What stands behind it before the bundler has written there.
const NO_KIND: &[u8] = b"UNK";

impl AsBuilt {
    fn of(build: &Build) -> Result<Self> {
        let extension = if build.target.contains("windows") { ".exe" } else { "" };
        let program = build.programs.join(format!("bridgekeeper-desktop{extension}"));
        let bytes =
            std::fs::read(&program).with_context(|| format!("{} could not be read", program.display()))?;
        if !is_unwritten(&bytes) {
            bail!(
                "{} was left half packaged; run `cargo clean --package bridgekeeper-desktop{}` first",
                program.display(),
                if build.profile == Profile::Release { " --release" } else { "" }
            );
        }
        Ok(Self { program, bytes })
    }

    /// The program as it was, whatever became of the packages.
    fn put_back(&self) -> Result<()> {
        if std::fs::read(&self.program).is_ok_and(|now| now == self.bytes) {
            return Ok(());
        }
        super::write(&self.program, &self.bytes)
    }
}

/// The app knows every kind by its name, since it compares; the one place that is written is the only one without a kind.
fn is_unwritten(program: &[u8]) -> bool {
    let mut kinds =
        program.windows(KIND.len() + NO_KIND.len()).filter(|part| part.starts_with(KIND)).peekable();
    kinds.peek().is_none() || kinds.any(|part| part.ends_with(NO_KIND))
}

/// The app in one file.
fn archive_of_the_app(build: &Build, made: &Path, folder: &Path) -> Result<PathBuf> {
    let processor = build.target.split('-').next().unwrap_or("x86_64");
    let archive = folder.join(format!("Bridgekeeper_{}_{processor}.app.tar.gz", version()));
    must_pass(command("tar").arg("-czf").arg(&archive).arg("-C").arg(made).arg("Bridgekeeper.app"))?;
    Ok(archive)
}

/// The bundler takes programs by their name with the target's.
fn put_sidecars(build: &Build) -> Result<()> {
    let folder = workspace().join("src-tauri/binaries");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let extension = if build.target.contains("windows") { ".exe" } else { "" };
    for name in SIDECARS {
        let named = folder.join(format!("{name}-{}{extension}", build.target));
        copy(&build.programs.join(format!("{name}{extension}")), &named)?;
    }
    Ok(())
}

fn files_of(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} was not made", folder.display()))?;
    let files = entries.flatten().map(|entry| entry.path());
    Ok(files.filter(|path| path.extension().is_some_and(|found| found == extension)).collect())
}

/// The bundler, installed from npm once per checkout.
pub(super) fn program() -> Result<PathBuf> {
    let folder = workspace().join("target/tools/tauri");
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let program = folder.join("node_modules/.bin").join(name);
    if !program.is_file() {
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} could not be made", folder.display()))?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        must_pass(
            command(npm)
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
                .arg(&folder)
                .arg(format!("@tauri-apps/cli@{TAURI_CLI}")),
        )?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_that_was_left_half_packaged_is_noticed() {
        assert!(is_unwritten(b"\x7fELF..__TAURI_BUNDLE_TYPE_VAR_UNK.."));
        assert!(!is_unwritten(b"\x7fELF..__TAURI_BUNDLE_TYPE_VAR_DEB.."));
        assert!(is_unwritten(b"..__TAURI_BUNDLE_TYPE_VAR_DEB..__TAURI_BUNDLE_TYPE_VAR_UNK.."));
        assert!(is_unwritten(b"a build without it"));
    }
}
