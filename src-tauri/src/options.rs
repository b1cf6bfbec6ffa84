//! The few words the app is started with. They are the console's, so that a demo, a test, or somebody else's folder
//! is opened in a window as it is opened on a terminal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use bridgekeeper_engine::{Context, Engine, Home, guess_os};
use bridgekeeper_model::Os;
use clap::Parser;

/// Keeps Claude Desktop's MCP servers connected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Parser)]
#[command(name = "bridgekeeper-desktop", version)]
pub struct Options {
    /// A folder that stands in for the home: tests, demos, somebody else's folder
    ///
    /// Nothing outside it is read or written, and it has an instance of the app of its own.
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Whose rules and paths hold; else what the home's shape says, else this machine
    #[arg(long, value_name = "SYSTEM")]
    pub os: Option<Os>,
    /// Start in the tray, without the window
    #[arg(long)]
    pub tray: bool,
    /// Look for a newer release at once, and install it without asking
    ///
    /// For scripts. Its signature is checked, and a sign-in or a write is waited for as ever. Where updates are off it
    /// does nothing.
    #[arg(long)]
    pub update: bool,
}

/// Names the bridge where it does not stand beside this program.
const BRIDGE_VARIABLE: &str = "BRIDGEKEEPER_BRIDGE";

impl Options {
    /// The engine for the home that was named, else the user's.
    pub(crate) fn engine(&self, environment: &BTreeMap<String, String>) -> Result<Engine> {
        let bridge = bridge(environment);
        let home = self.home(environment.clone())?;
        Ok(Engine::new(Context::new(home).with_bridge(bridge).with_keyring_of_system(environment)))
    }

    fn home(&self, environment: BTreeMap<String, String>) -> Result<Home> {
        let Some(folder) = &self.home else {
            return Ok(Home::of_user(Os::current(), environment)?.under(self.os));
        };
        ensure!(folder.is_dir(), "{} is no folder; --home takes an existing one", folder.display());
        let folder = std::path::absolute(folder).context("the folder's full path is not known")?;
        let os = self.os.or_else(|| guess_os(&folder)).unwrap_or(Os::current());
        Ok(Home::stand_in(folder, os))
    }
}

/// The bridge that came with this program: bundled beside it, without the target's name.
fn bridge(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    if let Some(named) = environment.get(BRIDGE_VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let name = format!("mcp-bridge{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok()?.with_file_name(name);
    beside.is_file().then_some(beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_stands_in_for_the_home_in_its_own_shape() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("AppData/Roaming/Claude")).unwrap();
        let options = Options { home: Some(folder.path().to_owned()), ..Options::default() };
        let engine = options.engine(&BTreeMap::new()).unwrap();
        assert_eq!(engine.context().home.root(), folder.path());
        assert_eq!(engine.context().home.os(), Os::Windows);
        assert_eq!(engine.context().home.machine(), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused() {
        let options = Options { home: Some("/no/such/folder".into()), ..Options::default() };
        assert!(options.engine(&BTreeMap::new()).is_err());
    }

    #[test]
    fn the_words_are_the_consoles() {
        let words = ["bridgekeeper-desktop", "--home", "/srv/ada", "--os", "macos", "--tray"];
        let options = Options::try_parse_from(words).unwrap();
        assert_eq!(
            options,
            Options { home: Some("/srv/ada".into()), os: Some(Os::Macos), tray: true, update: false }
        );
    }
}
