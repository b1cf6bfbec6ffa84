//! The list of parts (SBOM, CycloneDX): the crates that are built into the programs, and the npm packages that are built
//! into the window's pages.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::version;
use crate::steps::{cargo, command, must_pass};
use crate::workspace;

/// Lists the crates of a program with licences, sources and who needs whom.
const CARGO_CYCLONEDX: &str = "0.5.9";
/// The folder and the package of each program that is given to people.
const PROGRAMS: [(&str, &str); 3] = [
    ("src-tauri", "bridgekeeper-desktop"),
    ("crates/cli", "bridgekeeper-cli"),
    ("crates/bridge", "bridgekeeper-bridge"),
];

/// Writes one list per program and one for the pages into `folder`.
pub(super) fn write(folder: &Path) -> Result<()> {
    let program = tool()?;
    let name = |package: &str| format!("{package}_{}.cdx", version());
    let result = must_pass(command(program).args([
        "cyclonedx",
        "--quiet",
        "--format",
        "json",
        "--spec-version",
        "1.5",
        "--override-filename",
        "parts",
    ]));
    for (place, package) in PROGRAMS {
        let made = workspace().join(place).join("parts.json");
        if result.is_ok() {
            let text = std::fs::read_to_string(&made)
                .with_context(|| format!("{} could not be read", made.display()))?;
            super::write(&folder.join(format!("{}.json", name(package))), from_the_top(&text, &workspace()))?;
        }
    }
    remove_all_lists();
    result?;
    pages(&folder.join(format!("{}.json", name("bridgekeeper-ui"))))
}

/// Names our own crates from the top of the checkout: where it lies on the machine that packages is nobody's business, and
/// two machines give the same list.
fn from_the_top(list: &str, checkout: &Path) -> String {
    list.replace(&format!("file://{}/", checkout.display()), "file:///")
}

/// The tool writes one list into the folder of every member of the workspace.
fn remove_all_lists() {
    let members = ["", "crates", "tests"].map(|folder| workspace().join(folder));
    for folder in members.iter().flat_map(std::fs::read_dir).flatten().flatten() {
        // Most members have been left alone, or are no folder
        let _ = std::fs::remove_file(folder.path().join("parts.json"));
    }
    let _ = std::fs::remove_file(workspace().join("tests/parts.json"));
}

fn pages(place: &Path) -> Result<()> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = command(npm)
        .current_dir(workspace().join("ui"))
        .args(["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"])
        .output()
        .context("npm could not be started")?;
    if !output.status.success() {
        bail!("`npm sbom` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    super::write(place, output.stdout)
}

fn tool() -> Result<std::path::PathBuf> {
    let tools = workspace().join("target/tools");
    let program = tools.join("bin").join(format!("cargo-cyclonedx{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        println!("building cargo-cyclonedx {CARGO_CYCLONEDX} (some minutes, once per checkout)");
        must_pass(
            cargo()
                .args(["install", "--quiet", "--locked", "--version", CARGO_CYCLONEDX, "--root"])
                .arg(&tools)
                .arg("cargo-cyclonedx"),
        )?;
    }
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_nothing_of_where_it_was_made() {
        let list = r#"{"bom-ref": "path+file:///home/ada/bridgekeeper/crates/model#0.1.0", "name": "ada"}"#;
        assert_eq!(
            from_the_top(list, Path::new("/home/ada/bridgekeeper")),
            r#"{"bom-ref": "path+file:///crates/model#0.1.0", "name": "ada"}"#
        );
    }
}
