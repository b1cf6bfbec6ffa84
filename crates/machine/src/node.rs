//! Which Nodes there are, and which version one is.

use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;

use crate::command::Command;
use crate::error::MachineError;
use crate::machine::Machine;

/// Asks a Node for its version, without the `v`.
pub fn node_version(machine: &dyn Machine, node: &str) -> Result<Option<String>, MachineError> {
    let output = machine.run(&Command::new(node, ["--version"]))?;
    Ok(read_version(&output.text()))
}

/// Reads `v22.11.0`.
pub fn read_version(text: &str) -> Option<String> {
    let version = text.trim().strip_prefix('v')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (version.split('.').count() == 3 && version.split('.').all(is_number)).then(|| version.to_owned())
}

/// Asks a program for its version that says its name before it: `Python 3.12.4`, `uv 0.5.1 (abc 2024-11-08)`.
pub fn program_version(machine: &dyn Machine, program: &str) -> Result<Option<String>, MachineError> {
    let output = machine.run(&Command::new(program, ["--version"]))?;
    Ok(version_behind_name(&output.text()))
}

fn version_behind_name(text: &str) -> Option<String> {
    let version = text.lines().next()?.split_whitespace().nth(1)?;
    (version.starts_with(|first: char| first.is_ascii_digit()) && version.contains('.'))
        .then(|| version.to_owned())
}

/// The version that stands in a path of nvm, fnm, volta, asdf or mise: `…/versions/node/v20.19.6/bin/node`.
pub fn version_in_path(path: &str) -> Option<String> {
    let names = path.split(['/', '\\']);
    names.rev().find_map(|name| {
        let with_v = if name.starts_with('v') { name.to_owned() } else { format!("v{name}") };
        read_version(&with_v)
    })
}

/// The versions that nvm has installed in a home, as it names them (`v20.19.6`).
pub fn nvm_versions(home: &Path) -> Vec<String> {
    let mut versions: Vec<String> = names_in(&home.join(".nvm/versions/node"))
        .into_iter()
        .filter(|name| read_version(name).is_some())
        .collect();
    versions.sort();
    versions
}

/// Folders in which programs stand that Claude does not search: those of version managers, of package managers and
/// of the user. Best first; the newest version of each manager before its older ones.
pub fn folders_of_programs(os: Os, home: &Path) -> Vec<PathBuf> {
    let at = |below: &str| home.join(below);
    let versions = |folder: PathBuf, below: &str| {
        let mut found: Vec<(Vec<u64>, PathBuf)> = names_in(&folder)
            .into_iter()
            .filter_map(|name| Some((numbers(&name)?, folder.join(&name).join(below))))
            .collect();
        found.sort();
        found.into_iter().rev().map(|(_, folder)| folder).collect::<Vec<_>>()
    };
    match os {
        Os::Windows => [
            vec![PathBuf::from(r"C:\Program Files\nodejs")],
            versions(at("AppData/Roaming/nvm"), ""),
            versions(at("AppData/Roaming/fnm/node-versions"), "installation"),
            vec![
                at("AppData/Local/Volta/bin"),
                at("scoop/shims"),
                at("AppData/Roaming/npm"),
                at(".local/bin"),
                at(".cargo/bin"),
                at(".bun/bin"),
                at(".deno/bin"),
                PathBuf::from(r"C:\Program Files\Docker\Docker\resources\bin"),
            ],
            versions(at("AppData/Local/Programs/Python"), ""),
        ]
        .concat(),
        Os::Macos | Os::Linux => [
            ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/snap/bin", "/opt/local/bin"]
                .map(PathBuf::from)
                .to_vec(),
            versions(at(".nvm/versions/node"), "bin"),
            versions(at(".local/share/fnm/node-versions"), "installation/bin"),
            versions(at("Library/Application Support/fnm/node-versions"), "installation/bin"),
            versions(at(".asdf/installs/nodejs"), "bin"),
            versions(at(".local/share/mise/installs/node"), "bin"),
            vec![
                at(".volta/bin"),
                at(".local/bin"),
                at(".cargo/bin"),
                at(".bun/bin"),
                at(".deno/bin"),
                at(".asdf/shims"),
                at(".local/share/mise/shims"),
                at(".npm-global/bin"),
                at(".pyenv/shims"),
            ],
        ]
        .concat(),
    }
}

/// `v20.19.6` or `20.19.6` as numbers; `Python312` too.
fn numbers(name: &str) -> Option<Vec<u64>> {
    let digits = name.trim_start_matches('v').trim_start_matches("Python");
    digits.split('.').map(|number| number.parse().ok()).collect()
}

/// What stands in a folder; nothing where it cannot be listed.
fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_node_says_and_from_paths() {
        assert_eq!(read_version("v22.11.0\r\n").as_deref(), Some("22.11.0"));
        assert_eq!(read_version("bash: node: not found"), None);
        assert_eq!(version_behind_name("Python 3.12.4\r\n").as_deref(), Some("3.12.4"));
        assert_eq!(version_behind_name("uvx 0.5.1 (abc 2024-11-08)\n").as_deref(), Some("0.5.1"));
        assert_eq!(version_behind_name("Python was not found; run without arguments"), None);
        let told = |path: &str| version_in_path(path);
        assert_eq!(told("/home/ada/.nvm/versions/node/v16.20.2/bin/node").as_deref(), Some("16.20.2"));
        assert_eq!(told("/home/ada/.asdf/installs/nodejs/20.1.0/bin/node").as_deref(), Some("20.1.0"));
        assert_eq!(told(r"C:\Program Files\nodejs\node.exe"), None);
    }

    #[test]
    fn the_newest_version_of_a_manager_stands_first() {
        let home = tempfile::tempdir().unwrap();
        for version in ["v9.1.0", "v20.19.6", "v18.0.0", "system"] {
            std::fs::create_dir_all(home.path().join(".nvm/versions/node").join(version)).unwrap();
        }
        assert_eq!(nvm_versions(home.path()), ["v18.0.0", "v20.19.6", "v9.1.0"]);
        let folders = folders_of_programs(Os::Macos, home.path());
        let place = |version: &str| {
            folders.iter().position(|folder| folder.ends_with(format!("{version}/bin"))).unwrap()
        };
        assert!(place("v20.19.6") < place("v18.0.0") && place("v18.0.0") < place("v9.1.0"));
    }
}
