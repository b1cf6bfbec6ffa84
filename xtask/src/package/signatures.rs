//! Signatures of packages, and the description of a release by which installed programs find it.
//!
//! The publisher's key is `tauri signer generate`'s. Its private half signs here, its public half and the description's
//! address are built into the programs (`BRIDGEKEEPER_UPDATE_KEY`, `BRIDGEKEEPER_UPDATE_URL`).

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::{entries, tauri, version};
use crate::steps::{command, must_pass};
use crate::workspace;

/// The description's name, beside the packages.
pub(super) const DESCRIPTION: &str = "latest.json";
/// The private key, or nothing where a fork has none.
const PRIVATE_KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// Its public half, which is built in.
const PUBLIC_KEY: &str = "BRIDGEKEEPER_UPDATE_KEY";
/// Where the packages of the release will lie.
const RELEASE: &str = "BRIDGEKEEPER_RELEASE_URL";

/// What installs which kind of package, by how its name ends.
const KINDS: [(&str, &str, &str); 5] = [
    (".deb", "linux", "deb"),
    (".rpm", "linux", "rpm"),
    (".AppImage", "linux", "appimage"),
    ("-setup.exe", "windows", "nsis"),
    (".app.tar.gz", "darwin", "app"),
];
const PROCESSORS: [(&str, &str); 4] =
    [("amd64", "x86_64"), ("x86_64", "x86_64"), ("arm64", "aarch64"), ("aarch64", "aarch64")];

/// Signs every package in `folder` that replaces itself, or says why not.
pub(super) fn sign(folder: &Path) -> Result<()> {
    match (given(PRIVATE_KEY), given(PUBLIC_KEY)) {
        (None, None) => {
            println!("{PRIVATE_KEY} and {PUBLIC_KEY} are not set: these programs do not update themselves");
            return Ok(());
        }
        (None, Some(_)) => {
            println!(
                "{PRIVATE_KEY} is not set: the packages are not signed, and no program will take this release"
            );
            return Ok(());
        }
        (Some(_), None) => println!("{PUBLIC_KEY} is not set: these programs do not update themselves"),
        (Some(_), Some(_)) => {}
    }
    for file in entries(folder)?.iter().filter(|file| target_of(&name(file)).is_some()) {
        sign_with(file, version(), None)?;
    }
    Ok(())
}

/// Signs a package as that version, with the key in a file or the one of the environment.
pub(super) fn sign_with(package: &Path, version: &str, key: Option<&Path>) -> Result<()> {
    let mut signer = command(tauri::program()?);
    signer.args(["signer", "sign", "--app-version", version]);
    if let Some(key) = key {
        signer.env_remove(PRIVATE_KEY).arg("--private-key-path").arg(key).args(["--password", ""]);
    }
    // It prints the signature; the key and its password never
    must_pass(signer.arg(package).stdout(std::process::Stdio::null()))
}

/// Describes the signed packages in `folder`; `None` where there are none.
pub(super) fn describe(folder: &Path) -> Result<Option<Value>> {
    let release = given(RELEASE);
    let mut platforms = Map::new();
    for file in entries(folder)? {
        let (signature, package) = (folder.join(format!("{}.sig", name(&file))), name(&file));
        if target_of(&package).is_none() || !signature.is_file() {
            continue;
        }
        let release =
            release.as_ref().with_context(|| format!("{RELEASE} does not say where the release is"))?;
        platforms.append(&mut platform(&file, &format!("{release}/{package}"))?);
    }
    if platforms.is_empty() {
        println!(
            "no package is signed, so there is no {DESCRIPTION}: installed programs will not find this release"
        );
        return Ok(None);
    }
    let changes = std::fs::read_to_string(workspace().join("CHANGELOG.md")).context("CHANGELOG.md")?;
    Ok(Some(json!({ "version": version(), "notes": notes(&changes, version()), "platforms": platforms })))
}

/// What the description says of one package, which its signature stands beside, under the name of the programs that take it.
pub(super) fn platform(package: &Path, url: &str) -> Result<Map<String, Value>> {
    let target = target_of(&name(package)).with_context(|| format!("{} is no package", package.display()))?;
    let place = package.with_file_name(format!("{}.sig", name(package)));
    let signature =
        std::fs::read_to_string(&place).with_context(|| format!("{} is not there", place.display()))?;
    let size = package.metadata().with_context(|| package.display().to_string())?.len();
    Ok(Map::from_iter([(target, json!({ "url": url, "signature": signature.trim(), "size": size }))]))
}

/// The name of a package for the programs that take it.
fn target_of(name: &str) -> Option<String> {
    let (_, system, kind) = KINDS.iter().find(|(end, ..)| name.ends_with(end))?;
    let (_, processor) = PROCESSORS.iter().find(|(written, _)| name.contains(written))?;
    Some(format!("{system}-{processor}-{kind}"))
}

/// The part of the changelog that a version has, or what is not released as yet.
fn notes(changes: &str, version: &str) -> String {
    let part = |heading: &str| {
        let (_, rest) = changes.split_once(&format!("\n## {heading}\n"))?;
        Some(rest.split_once("\n## ").map_or(rest, |(part, _)| part).trim().to_owned())
    };
    part(version).or_else(|| part("Unreleased")).unwrap_or_default()
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_that_replaces_itself_is_known_by_its_name() {
        for (name, target) in [
            ("Bridgekeeper_0.1.0_amd64.deb", Some("linux-x86_64-deb")),
            ("Bridgekeeper-0.1.0-1.aarch64.rpm", Some("linux-aarch64-rpm")),
            ("Bridgekeeper_0.1.0_aarch64.AppImage", Some("linux-aarch64-appimage")),
            ("Bridgekeeper_0.1.0_x86_64-setup.exe", Some("windows-x86_64-nsis")),
            ("Bridgekeeper_0.1.0_aarch64.app.tar.gz", Some("darwin-aarch64-app")),
            ("Bridgekeeper_0.1.0_aarch64.dmg", None),
            ("SHA256SUMS", None),
            ("Bridgekeeper_0.1.0_amd64.deb.sig", None),
        ] {
            assert_eq!(target_of(name).as_deref(), target, "{name}");
        }
    }

    #[test]
    fn the_notes_are_the_versions_own_part_of_the_changelog() {
        let changes =
            "# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n- two\n  lines\n\n## 0.1.0\n\n- one\n";
        assert_eq!(notes(changes, "0.2.0"), "- two\n  lines");
        assert_eq!(notes(changes, "0.1.0"), "- one");
        assert_eq!(notes(changes, "0.3.0"), "- new");
    }

    #[test]
    fn a_package_is_described_with_its_signature_and_size() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("a_amd64.deb");
        crate::package::write(&package, "12345").unwrap();
        crate::package::write(&folder.path().join("a_amd64.deb.sig"), "c2ln\n").unwrap();
        let said = Value::Object(platform(&package, "https://example.com/a.deb").unwrap());
        let described = json!({ "url": "https://example.com/a.deb", "signature": "c2ln", "size": 5 });
        assert_eq!(said, json!({ "linux-x86_64-deb": described }));
    }
}
