//! Repairs of the config as data: pure functions from a file and facts about the machine to edits.
//!
//! Nothing is written here. A plan carries the fixes out one after the other, each on the text as it is by then,
//! and reports the sum as edits of the text as it was, so that a diff shows exactly what would change. A fix that
//! has nothing to do changes nothing, so a second run of the same plan is empty.
//!
//! Deliberately absent: what is no edit of the config (see [`crate::remedies`]), and any look at the machine.

mod offers;
mod plan;
mod switch;
mod target;

mod absolute_command;
mod ca_file;
mod callback_ports;
mod cmd_wrapper;
mod debug_log;
mod docker_interactive;
mod expand_home;
mod header_to_env;
mod https_url;
mod keep_stderr_apart;
mod list_to_object;
mod merge_duplicates;
mod move_secret;
mod node_script;
mod npx_yes;
mod path_for_npx;
mod proxy;
mod quote_values;
mod remove_inner_quotes;
mod remove_unknown_keys;
mod repair_json;
mod short_path;
mod spaces_to_env;
mod split_command;
mod static_client_info;
mod trim_paths;
mod trim_url;
mod unpin_mcp_remote;
mod use_bridge;
mod use_mcp_remote;
mod verify_certificates;
mod wrap_servers;

pub mod merge;

use std::collections::{BTreeMap, BTreeSet};

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_model::{Applicability, Os, Secret, SecretName, ServerName};

pub use offers::Offers;
pub use plan::{AppliedFix, Plan, Selection, Skipped, plan};
pub use switch::{SwitchedOff, switch_off, switch_on};
pub(crate) use target::{BridgeMake, Target};

/// One way to mend the config.
#[derive(Debug)]
pub struct Fix {
    /// Stable id, the word that `fix-config --only` takes.
    pub id: &'static str,
    /// What it will change, as an imperative sentence.
    pub title: &'static str,
    /// Whether it may be made without asking, in the usual case. An offer may ask where the usual case does not hold.
    pub applicability: Applicability,
    /// How it is made.
    make: Make,
}

/// What a fix looks at.
#[derive(Debug, Clone, Copy)]
enum Make {
    /// The file as a whole.
    File(fn(&ConfigFile, &FixFacts) -> Offer),
    /// One entry of a strict file.
    Entry(fn(&Target<'_>) -> Offer),
}

/// What a fix would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Offer {
    /// There is nothing to mend.
    Nothing,
    /// There is something to mend, and this fix cannot: why.
    Refused(String),
    /// These edits of the text.
    Edits {
        /// The edits.
        edits: Vec<Edit>,
        /// Whether they may be made without asking, and if not, why they would be.
        occasion: Occasion,
        /// What the person should know before: a price, a loss.
        note: Option<String>,
        /// What goes into the keyring before they are made.
        secrets: Vec<Moved>,
    },
}

/// A secret that leaves the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What it is called in the keyring.
    pub name: SecretName,
    /// The secret.
    pub value: Secret,
}

/// Why edits would be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Something is wrong and the intent is plain.
    Plain,
    /// Something is wrong, and mending it has a price.
    Priced,
    /// Nothing is wrong; somebody may want it.
    OnRequest,
}

impl Occasion {
    fn applicability(self) -> Applicability {
        if self == Self::Plain { Applicability::Automatic } else { Applicability::Ask }
    }
}

impl Offer {
    /// Edits whose intent is plain; nothing without edits.
    pub(crate) fn automatic(edits: Vec<Edit>) -> Self {
        Self::edits(edits, Occasion::Plain, None)
    }

    /// Edits that mend something and have a price.
    pub(crate) fn ask(edits: Vec<Edit>, note: impl Into<String>) -> Self {
        Self::edits(edits, Occasion::Priced, Some(note.into()))
    }

    /// Edits that nobody needs and somebody may want.
    pub(crate) fn on_request(edits: Vec<Edit>, note: impl Into<String>) -> Self {
        Self::edits(edits, Occasion::OnRequest, Some(note.into()))
    }

    /// Edits that take secrets out of the file.
    pub(crate) fn moving(edits: Vec<Edit>, secrets: Vec<Moved>, note: &str) -> Self {
        Self::Edits { edits, occasion: Occasion::Priced, note: Some(note.to_owned()), secrets }
    }

    fn edits(edits: Vec<Edit>, occasion: Occasion, note: Option<String>) -> Self {
        if edits.is_empty() { Self::Nothing } else { Self::Edits { edits, occasion, note, secrets: vec![] } }
    }
}

/// What the fixes may know of the machine. Everything is optional: a fix that needs what is not known says so.
#[derive(Debug, Clone, Default)]
pub struct FixFacts {
    /// Whose rules hold.
    pub os: Option<Os>,
    /// The user's home folder.
    pub home: Option<String>,
    /// Where the embedded bridge is published, as Claude must call it.
    pub bridge: Option<String>,
    /// Ports that somebody holds or that the system keeps to itself.
    pub taken_ports: BTreeSet<u16>,
    /// Callback ports that entries name and cannot have: another program holds them, or the system keeps them.
    pub lost_ports: BTreeSet<u16>,
    /// Full paths of programs that Claude would not find by their bare name.
    pub programs: BTreeMap<String, String>,
    /// A file with the certificates of the company's own authority.
    pub ca_file: Option<String>,
    /// The proxy, as a URL.
    pub proxy: Option<String>,
    /// Servers whose logs tell that they sign in through a browser.
    pub signs_in: BTreeSet<ServerName>,
    /// A Node to start npx with, newer than the one that Claude finds or free of `cmd.exe`.
    pub node: Option<NodeForNpx>,
    /// The 8.3 forms of paths that have a space, on Windows.
    pub short_paths: BTreeMap<String, String>,
    /// A client that was registered by hand, as the JSON that `--static-oauth-client-info` takes.
    pub client_info: Option<String>,
    /// The names that secrets in the keyring have already.
    pub secrets: BTreeSet<SecretName>,
}

/// A Node and the script that its `npx` runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeForNpx {
    /// `node`, by its full path.
    pub program: String,
    /// `npx-cli.js`, by its full path.
    pub npx_script: String,
}

/// Every fix, in the order in which a plan makes them.
pub static ALL: &[&Fix] = &[
    &repair_json::REPAIR_JSON,
    &wrap_servers::WRAP_SERVERS,
    &list_to_object::LIST_TO_OBJECT,
    &merge_duplicates::MERGE_DUPLICATES,
    &quote_values::QUOTE_VALUES,
    &split_command::SPLIT_COMMAND,
    &trim_paths::TRIM_PATHS,
    &trim_url::TRIM_URL,
    &remove_inner_quotes::REMOVE_INNER_QUOTES,
    &keep_stderr_apart::KEEP_STDERR_APART,
    &docker_interactive::DOCKER_INTERACTIVE,
    &expand_home::EXPAND_HOME,
    &absolute_command::ABSOLUTE_COMMAND,
    &path_for_npx::PATH_FOR_NPX,
    &node_script::NODE_SCRIPT,
    &short_path::SHORT_PATH,
    &use_bridge::USE_BRIDGE,
    &use_mcp_remote::USE_MCP_REMOTE,
    &unpin_mcp_remote::UNPIN_MCP_REMOTE,
    &npx_yes::NPX_YES,
    &spaces_to_env::SPACES_TO_ENV,
    &static_client_info::STATIC_CLIENT_INFO,
    &move_secret::MOVE_SECRET,
    &callback_ports::CALLBACK_PORTS,
    &https_url::HTTPS_URL,
    &verify_certificates::VERIFY_CERTIFICATES,
    &ca_file::CA_FILE,
    &proxy::PROXY,
    &debug_log::DEBUG_ON,
    &debug_log::DEBUG_OFF,
    &remove_unknown_keys::REMOVE_UNKNOWN_KEYS,
    &cmd_wrapper::CMD_WRAPPER,
];

/// The fix of this id.
pub fn named(id: &str) -> Option<&'static Fix> {
    ALL.iter().copied().find(|fix| fix.id == id)
}

/// The fix of this id, as a finding lists it.
pub fn describe(id: &str) -> Option<bridgekeeper_model::Fix> {
    named(id).map(|fix| bridgekeeper_model::Fix {
        id: fix.id.to_owned(),
        title: fix.title.to_owned(),
        applicability: fix.applicability,
        price: None,
    })
}
