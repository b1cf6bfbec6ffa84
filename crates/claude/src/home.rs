use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Os;

use crate::files;

/// A user's home: the folder, whose rules hold in it, and the environment that moves folders away from it.
///
/// Everything Bridgekeeper looks up about a user starts here, so that a test, a demo, or somebody else's folder
/// is looked at in the same way as one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
    os: Os,
    environment: BTreeMap<String, String>,
    machine: Option<PathBuf>,
    stands_in: bool,
}

/// The environment does not say where the user's home is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {variable} is not set, so there is no home to look in")]
pub struct NoHome {
    /// The variable that should have said it.
    pub variable: &'static str,
}

impl Home {
    /// The home of the user whose environment this is, on this machine.
    pub fn of_user(os: Os, environment: BTreeMap<String, String>) -> Result<Self, NoHome> {
        let variable = match os {
            Os::Windows => "USERPROFILE",
            Os::Macos | Os::Linux => "HOME",
        };
        let root = environment.get(variable).filter(|home| !home.is_empty()).ok_or(NoHome { variable })?;
        let machine = match os {
            Os::Windows => environment.get("SystemDrive").map_or("C:\\".into(), |drive| format!("{drive}\\")),
            Os::Macos | Os::Linux => "/".to_owned(),
        };
        Ok(Self { root: root.into(), os, machine: Some(machine.into()), environment, stands_in: false })
    }

    /// A folder that stands in for a home. No environment variable moves anything out of it, and nothing that
    /// is installed for the whole machine belongs to it.
    pub fn stand_in(root: impl Into<PathBuf>, os: Os) -> Self {
        Self { root: root.into(), os, environment: BTreeMap::new(), machine: None, stands_in: true }
    }

    /// The same folder under the rules of another system, if one is named. It is then a stand-in: this system's
    /// environment and programs say nothing about another one.
    #[must_use]
    pub fn under(self, os: Option<Os>) -> Self {
        match os {
            Some(os) if os != self.os => Self::stand_in(self.root, os),
            _ => self,
        }
    }

    /// Adds a folder in which programs for the whole machine are looked for, as `C:\` or `/` would be.
    #[must_use]
    pub fn with_machine(mut self, machine: impl Into<PathBuf>) -> Self {
        self.machine = Some(machine.into());
        self
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whose rules hold.
    pub const fn os(&self) -> Os {
        self.os
    }

    /// The user's environment; empty for a stand-in.
    pub const fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// Where programs for the whole machine stand; `None` for a stand-in.
    pub fn machine(&self) -> Option<&Path> {
        self.machine.as_deref()
    }

    /// Whether the folder stands in for a home. What runs and is installed on this machine says nothing about it,
    /// unless it lies in it.
    pub const fn stands_in(&self) -> bool {
        self.stands_in
    }

    /// Bridgekeeper's own folder, shared by app, console and bridge. Never below `AppData`: a bridge that a
    /// packaged Claude starts sees a private copy of that.
    pub fn bridgekeeper_folder(&self) -> PathBuf {
        self.root.join(".bridgekeeper")
    }

    /// Where mcp-remote keeps its sign-ins: `MCP_REMOTE_CONFIG_DIR`, else `~/.mcp-auth`.
    pub fn mcp_auth_folder(&self) -> PathBuf {
        self.variable("MCP_REMOTE_CONFIG_DIR").unwrap_or_else(|| self.root.join(".mcp-auth"))
    }

    /// A path with the home written as `~`, for people.
    pub fn shorten(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(below) if below.as_os_str().is_empty() => "~".to_owned(),
            Ok(below) => {
                let separator = if path.to_string_lossy().contains('\\') { '\\' } else { '/' };
                format!("~{separator}{}", below.display())
            }
            Err(_) => path.display().to_string(),
        }
    }

    /// A folder that a variable names, where it does.
    pub(crate) fn variable(&self, name: &str) -> Option<PathBuf> {
        self.environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// A path below `base`, spelled as the file system spells it where the system does not mind the case.
    pub(crate) fn path(&self, base: &Path, below: &[&str]) -> PathBuf {
        below.iter().fold(base.to_owned(), |folder, name| files::spelled(self.os, &folder, name))
    }
}

/// The system that a home belongs to, by its shape: `AppData` is Windows', `Library` macOS', `.config/Claude`
/// Linux'. Where Claude's own folder stands counts before an empty shape. `None` where nothing tells.
pub fn guess_os(root: &Path) -> Option<Os> {
    const SIGNS: &[(&str, Os)] = &[
        ("AppData/Roaming/Claude", Os::Windows),
        ("AppData/Local/AnthropicClaude", Os::Windows),
        ("Library/Application Support/Claude", Os::Macos),
        ("Library/Logs/Claude", Os::Macos),
        (".config/Claude", Os::Linux),
        ("AppData", Os::Windows),
        ("Library", Os::Macos),
    ];
    SIGNS.iter().find(|(folder, _)| root.join(folder).is_dir()).map(|(_, os)| *os)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_users_home_is_what_the_environment_says() {
        let home = Home::of_user(Os::Linux, environment(&[("HOME", "/home/ada")])).unwrap();
        assert_eq!(home.root(), Path::new("/home/ada"));
        assert_eq!(home.bridgekeeper_folder(), Path::new("/home/ada/.bridgekeeper"));
        assert_eq!(home.mcp_auth_folder(), Path::new("/home/ada/.mcp-auth"));
        let error = Home::of_user(Os::Windows, environment(&[("HOME", "/home/ada")])).unwrap_err();
        assert_eq!(error, NoHome { variable: "USERPROFILE" });
    }

    #[test]
    fn a_home_under_foreign_rules_keeps_its_folder_alone() {
        let home = Home::of_user(Os::Linux, environment(&[("HOME", "/home/ada")])).unwrap();
        assert_eq!(home.clone().under(None), home);
        assert_eq!(home.clone().under(Some(Os::Linux)), home);
        assert_eq!(home.under(Some(Os::Windows)), Home::stand_in("/home/ada", Os::Windows));
    }

    #[test]
    fn variables_move_folders_of_a_user_and_not_of_a_stand_in() {
        let pairs = environment(&[("HOME", "/home/ada"), ("MCP_REMOTE_CONFIG_DIR", "/srv/auth")]);
        let home = Home::of_user(Os::Linux, pairs).unwrap();
        assert_eq!(home.mcp_auth_folder(), Path::new("/srv/auth"));
        let stand_in = Home::stand_in("/tmp/x", Os::Linux);
        assert_eq!(stand_in.mcp_auth_folder(), Path::new("/tmp/x/.mcp-auth"));
    }

    #[test]
    fn the_shape_tells_the_system() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(guess_os(folder.path()), None);
        std::fs::create_dir_all(folder.path().join("Library")).unwrap();
        assert_eq!(guess_os(folder.path()), Some(Os::Macos));
        std::fs::create_dir_all(folder.path().join("AppData")).unwrap();
        assert_eq!(guess_os(folder.path()), Some(Os::Windows));
        std::fs::create_dir_all(folder.path().join(".config/Claude")).unwrap();
        assert_eq!(guess_os(folder.path()), Some(Os::Linux));
    }

    #[test]
    fn paths_are_shortened_for_people() {
        let home = Home::stand_in("/home/ada", Os::Linux);
        assert_eq!(home.shorten(&home.root().join("notes.txt")).replace('\\', "/"), "~/notes.txt");
        assert_eq!(home.shorten(home.root()), "~");
        assert_eq!(home.shorten(Path::new("/etc/hosts")), "/etc/hosts");
    }
}
