//! The installer for Windows, built with NSIS from `packaging/windows`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::{Build, PROGRAMS, Profile, copy};
use crate::steps::{command, must_pass};
use crate::workspace;

/// The loader of `WebView2` lies beside a program of the GNU toolchain; Microsoft's links it in.
pub(super) const LOADER: &str = "WebView2Loader.dll";

/// The command that signs a file, which it gets as its last argument.
const SIGN_COMMAND: &str = "BRIDGEKEEPER_SIGN_COMMAND";

/// Makes the installer of that version and puts it into `folder`.
pub(super) fn make(build: &Build, version: &str, folder: &Path) -> Result<PathBuf> {
    let staged = tempfile::tempdir().context("a folder for the programs could not be made")?;
    for name in PROGRAMS {
        let file = format!("{name}.exe");
        let place = staged.path().join(&file);
        copy(&build.programs.join(&file), &place)?;
        sign(&place)?;
    }
    let loader = build.programs.join(LOADER);
    if loader.is_file() {
        copy(&loader, &staged.path().join(LOADER))?;
    }
    let processor = build.target.split('-').next().unwrap_or("x86_64");
    let installer = folder.join(format!("Bridgekeeper_{version}_{processor}-setup.exe"));
    let define = |name: &str, value: &Path| format!("-D{name}={}", value.display());
    let mut makensis = command("makensis");
    makensis
        .args(["-V2", "-INPUTCHARSET", "UTF8"])
        .arg(format!("-DVERSION={version}"))
        .arg(define("PROGRAMS", staged.path()))
        .arg(define("LICENCE", &workspace().join("LICENSE-MIT")))
        .arg(define("ICON", &workspace().join("icons/app/icon.ico")))
        .arg(define("OUTPUT", &installer));
    if !cfg!(windows) {
        // Debian's NSIS brings stubs of 64 bits; the one from nsis.sourceforge.io has those of 32, which run everywhere
        makensis.arg("-DTARGET=amd64-unicode");
    }
    if build.profile == Profile::Debug {
        // Nobody downloads it, and the strong compression takes minutes
        makensis.arg("-DFAST");
    }
    must_pass(makensis.arg(workspace().join("packaging/windows/bridgekeeper.nsi")))?;
    sign(&installer)?;
    Ok(installer)
}

/// Signs a file in place, where it was said how; unsigned otherwise.
fn sign(file: &Path) -> Result<()> {
    let Ok(line) = std::env::var(SIGN_COMMAND) else { return Ok(()) };
    let mut words = line.split_whitespace();
    let Some(program) = words.next() else { return Ok(()) };
    // The line may hold a password, so a failure does not repeat it
    let status = command(program).args(words).arg(file).status();
    let status = status.with_context(|| format!("the program of {SIGN_COMMAND} could not be started"))?;
    ensure!(status.success(), "the program of {SIGN_COMMAND} ended with {status}");
    Ok(())
}
