//! The window's pages, built by npm. They are embedded in the app, and linking the app takes minutes: so they are built
//! only when something that they are made from has changed, and what comes out the same keeps its time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::steps::{command, must_pass};
use crate::workspace;

/// What the pages are made from, below the workspace.
const SOURCES: [&str; 9] = [
    "ui/src",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/scripts/bundle-size.js",
    "ui/svelte.config.js",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
    "icons/source",
];
/// What was built from what, at the last time.
const BUILT: &str = "target/pages.sha256";

/// Builds the pages where they are not those of the sources.
pub(crate) fn build() -> Result<()> {
    install()?;
    let sources = workspace_digest(&SOURCES)?;
    let built = workspace().join(BUILT);
    let known = |pages: &str| format!("{sources} {pages}");
    if fs::read_to_string(&built).is_ok_and(|told| digest(&[dist()]).is_ok_and(|pages| told == known(&pages)))
    {
        println!("ui/dist is that of the sources");
        return Ok(());
    }
    let before = times(&dist());
    npm(&["run", "--silent", "build"])?;
    keep_times(&before);
    fs::create_dir_all(workspace().join("target"))?;
    File::create(&built)
        .and_then(|mut file| io::Write::write_all(&mut file, known(&digest(&[dist()])?).as_bytes()))
        .with_context(|| format!("could not write {}", built.display()))
}

/// Runs one of the pages' scripts.
pub(crate) fn npm(arguments: &[&str]) -> Result<()> {
    must_pass(npm_command().args(arguments))
}

/// `npm`, at the pages.
pub(crate) fn npm_command() -> std::process::Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder());
    npm
}

/// Installs what builds and tests the pages, where that is missing or old.
pub(crate) fn install() -> Result<()> {
    let installed = folder().join("node_modules/.package-lock.json");
    let modified = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if modified(&folder().join("package-lock.json")) <= modified(&installed) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

fn folder() -> PathBuf {
    workspace().join("ui")
}

fn dist() -> PathBuf {
    folder().join("dist")
}

fn workspace_digest(places: &[&str]) -> io::Result<String> {
    digest(&places.iter().map(|place| workspace().join(place)).collect::<Vec<_>>())
}

/// Of every file's name and content; tests are in no page.
fn digest(places: &[PathBuf]) -> io::Result<String> {
    let mut files = Vec::new();
    for place in places {
        files_in(place, &mut files)?;
    }
    files.retain(|file| !file.to_string_lossy().ends_with(".test.ts"));
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let content = fs::read(&file)?;
        digest.update(file.to_string_lossy().as_bytes());
        digest.update([0]);
        digest.update(content.len().to_le_bytes());
        digest.update(content);
    }
    Ok(digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

fn files_in(place: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !place.is_dir() {
        files.push(place.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(place)? {
        files_in(&entry?.path(), files)?;
    }
    Ok(())
}

/// What a place held and when that was written: of a file its bytes, of a folder the names in it.
type Written = BTreeMap<PathBuf, (Vec<u8>, SystemTime)>;

fn times(place: &Path) -> Written {
    let mut written = Written::new();
    note(place, &mut written);
    written
}

fn note(place: &Path, written: &mut Written) {
    let Ok(time) = place.metadata().and_then(|meta| meta.modified()) else { return };
    written.insert(place.to_owned(), (held(place), time));
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        note(&entry.path(), written);
    }
}

fn held(place: &Path) -> Vec<u8> {
    if !place.is_dir() {
        return fs::read(place).unwrap_or_default();
    }
    let mut names: Vec<_> =
        fs::read_dir(place).into_iter().flatten().flatten().map(|one| one.file_name()).collect();
    names.sort();
    names.iter().flat_map(|name| [name.to_string_lossy().as_bytes(), b"\n"].concat()).collect()
}

/// Gives what is as it was its time back. Where the system does not allow it, the app is linked once more than needed.
fn keep_times(before: &Written) {
    for (place, (was, time)) in before {
        if place.exists() && held(place) == *was {
            let _ = File::options().read(true).open(place).and_then(|file| file.set_modified(*time));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        io::Write::write_all(&mut File::create(path).unwrap(), text.as_bytes()).unwrap();
    }

    fn modified(path: &Path) -> SystemTime {
        path.metadata().unwrap().modified().unwrap()
    }

    #[test]
    fn what_is_built_the_same_again_keeps_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let [same, other, assets] =
            ["assets/a.js", "assets/b.js", "assets"].map(|name| folder.path().join(name));
        write(&same, "a");
        write(&other, "b");
        let long_ago = SystemTime::now() - Duration::from_hours(1);
        for place in [&same, &other, &assets] {
            File::open(place).unwrap().set_modified(long_ago).unwrap();
        }
        let before = times(folder.path());
        fs::remove_dir_all(&assets).unwrap();
        write(&same, "a");
        write(&other, "b, changed");
        keep_times(&before);
        assert_eq!(modified(&same), before[&same].1);
        assert_eq!(modified(&assets), before[&assets].1);
        assert_ne!(modified(&other), before[&other].1);
    }

    #[test]
    fn a_digest_is_that_of_names_and_contents_but_not_of_tests() {
        let folder = tempfile::tempdir().unwrap();
        let places = [folder.path().to_owned()];
        write(&folder.path().join("a.ts"), "1");
        let first = digest(&places).unwrap();
        write(&folder.path().join("a.test.ts"), "1");
        assert_eq!(digest(&places).unwrap(), first);
        write(&folder.path().join("a.ts"), "2");
        let changed = digest(&places).unwrap();
        write(&folder.path().join("b.ts"), "");
        assert_ne!(changed, first);
        assert_ne!(digest(&places).unwrap(), changed);
    }

    #[test]
    fn every_source_is_there() {
        for place in SOURCES {
            assert!(workspace().join(place).exists(), "{place}");
        }
    }
}
