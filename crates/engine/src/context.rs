use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bridgekeeper_claude::Home;
use bridgekeeper_machine::{Machine, Territory, ThisMachine};
use bridgekeeper_vault::{Keyring, Passphrase};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::computer::Computer;
use crate::policy::{Policy, PolicySource};
use crate::search_path::LoginShell;

/// What the world is for one engine. Nothing in the engine reaches for it elsewhere.
#[derive(Clone)]
pub struct Context {
    /// The home to look in.
    pub home: Home,
    /// The clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The zone of times in logs that say none.
    pub zone: TimeZone,
    /// The bridge that came with this program; `None` where there is none.
    pub bridge: Option<PathBuf>,
    /// The keyring whose key seals the copies that undo needs.
    pub keyring: Keyring,
    /// Processes, ports and other programs, as far as they belong to the home.
    pub machine: Arc<dyn Machine>,
    /// Where an organisation's settings for the home stand.
    pub policy: PolicySource,
    /// What was learned of the machine so far.
    pub(crate) computer: Computer,
    /// What the login shell said.
    pub(crate) login_shell: LoginShell,
}

impl Context {
    /// A home on this machine with its clock and zone, and no bridge.
    pub fn new(home: Home) -> Self {
        let territory =
            if home.stands_in() { Territory::Folder(home.root().to_owned()) } else { Territory::User };
        Self {
            machine: Arc::new(ThisMachine::new(territory)),
            policy: PolicySource::of(&home),
            home,
            now: Arc::new(Timestamp::now),
            zone: TimeZone::system(),
            bridge: None,
            keyring: Keyring::none(),
            computer: Computer::default(),
            login_shell: LoginShell::default(),
        }
    }

    /// What an organisation has set, as it stands now.
    pub fn policy(&self) -> Policy {
        self.policy.read()
    }

    /// With another machine.
    #[must_use]
    pub fn with_machine(mut self, machine: Arc<dyn Machine>) -> Self {
        self.machine = machine;
        self
    }

    /// With the user's keyring, or the one that `BRIDGEKEEPER_KEYRING` names. Nobody is asked for a passphrase.
    #[must_use]
    pub fn with_keyring_of_system(self, environment: &BTreeMap<String, String>) -> Self {
        self.with_keyring_opened_by(environment, Arc::new(|_| None))
    }

    /// The same; `passphrase` is asked where the keyring is an encrypted file and the environment does not open it.
    #[must_use]
    pub fn with_keyring_opened_by(
        self,
        environment: &BTreeMap<String, String>,
        passphrase: Arc<Passphrase>,
    ) -> Self {
        let keyring = Keyring::chosen(self.home.root(), |name| environment.get(name).cloned(), passphrase);
        self.with_keyring(keyring)
    }

    /// With that keyring.
    #[must_use]
    pub fn with_keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = keyring;
        self
    }

    /// With the bridge that came with this program.
    #[must_use]
    pub fn with_bridge(mut self, bridge: Option<PathBuf>) -> Self {
        self.bridge = bridge;
        self
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("home", &self.home)
            .field("bridge", &self.bridge)
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}
