//! What checks of a computer find. Rules read it, checks fill it; nothing here looks at anything.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ServerName;

/// Facts about the computer, as far as its checks came to an answer. What is not here was not found; whether it was
/// looked for is said elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineFacts {
    /// What the entries start.
    pub programs: Vec<StartedProgram>,
    /// The callback ports of the entries' bridges.
    pub ports: Vec<CallbackPort>,
    /// Ports that Windows keeps to itself.
    pub reserved_ports: Vec<PortRange>,
    /// Ports that somebody listens on.
    pub taken_ports: Vec<u16>,
    /// Files with certificates that entries or the environment name.
    pub certificate_files: Vec<CertificateFile>,
    /// Inbound rules of the Windows firewall for Node.
    pub node_firewall_rules: Vec<FirewallRule>,
    /// The proxies that are set.
    pub proxy: ProxySettings,
    /// Every Claude Desktop that runs.
    pub claudes: Vec<RunningClaude>,
    /// Bridges whose starter has ended, by their process number.
    pub orphaned_bridges: Vec<u32>,
    /// The Docker that entries start; `None` where none does, or it was not found.
    pub docker: Option<Docker>,
    /// Entries that the running Claude has not started although it started others.
    pub not_started: Vec<ServerName>,
    /// Every Claude Desktop that is installed, in a few words each.
    pub installs: Vec<String>,
    /// Seconds by which this computer's clock is ahead of a server's; negative where it is behind.
    pub clock_ahead: Option<i64>,
}

/// What an entry's `command` leads to, as Claude looks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StartedProgram {
    /// The entry.
    pub server: String,
    /// Its `command`.
    pub command: String,
    /// The program that Claude finds.
    pub found: Option<String>,
    /// Where it stands although Claude does not find it.
    pub elsewhere: Option<String>,
    /// Whether the folders that Claude searches are only assumed: no log and no environment tells them.
    pub assumed: bool,
    /// Its own version, where it is Python's or uv's.
    pub version: Option<String>,
    /// The Node that runs it, where Node does.
    pub node: Option<Node>,
}

/// A Node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Node {
    /// The program.
    pub path: String,
    /// Its version without the `v`, where it was told.
    pub version: Option<String>,
    /// A newer one that Claude does not take: program and version.
    pub newer: Option<(String, String)>,
}

impl Node {
    /// The first number of its version.
    pub fn major(&self) -> Option<u32> {
        self.version.as_deref()?.split('.').next()?.parse().ok()
    }
}

/// What `docker` leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Docker {
    /// The entries that start it.
    pub servers: Vec<String>,
    /// The program.
    pub program: String,
    /// The version of the engine behind it, where that answers.
    pub engine: Option<String>,
    /// What it says where no engine answers.
    pub trouble: Option<String>,
}

/// The port on which an entry's bridge waits for the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallbackPort {
    /// The entry.
    pub server: String,
    /// The port.
    pub port: u16,
    /// Who holds it, where it is taken by anything but this entry's own bridge.
    pub holder: Option<String>,
}

/// Ports from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct PortRange {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl PortRange {
    /// Whether the port is among them.
    pub const fn holds(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }
}

/// A file with certificates, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFile {
    /// The entry that names it; `None` for the environment.
    #[serde(default)]
    pub server: Option<String>,
    /// The variable or the flag that names it.
    pub named_by: String,
    /// The file.
    pub path: String,
    /// What is wrong with it; `None` where certificates stand in it.
    #[serde(default)]
    pub trouble: Option<String>,
}

/// An inbound rule of the Windows firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirewallRule {
    /// Its name.
    pub name: String,
    /// The program that it is about.
    pub program: String,
    /// Whether it lets connections in; else it blocks them.
    pub allows: bool,
}

/// The proxies that are set, credentials masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxySettings {
    /// The one of the environment.
    pub environment: Option<String>,
    /// The one of the system's settings.
    pub system: Option<String>,
    /// The address of a script that chooses one.
    pub script: Option<String>,
}

/// A Claude Desktop that runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunningClaude {
    /// Its process number.
    pub process: u32,
    /// Its program.
    pub program: String,
    /// When it was started.
    #[serde(default)]
    pub started: Option<Timestamp>,
}

impl MachineFacts {
    /// Adds what another check found.
    pub fn add(&mut self, more: Self) {
        self.programs.extend(more.programs);
        self.ports.extend(more.ports);
        self.reserved_ports.extend(more.reserved_ports);
        self.taken_ports.extend(more.taken_ports);
        self.certificate_files.extend(more.certificate_files);
        self.node_firewall_rules.extend(more.node_firewall_rules);
        self.proxy.environment = self.proxy.environment.take().or(more.proxy.environment);
        self.proxy.system = self.proxy.system.take().or(more.proxy.system);
        self.proxy.script = self.proxy.script.take().or(more.proxy.script);
        self.claudes.extend(more.claudes);
        self.orphaned_bridges.extend(more.orphaned_bridges);
        self.docker = self.docker.take().or(more.docker);
        self.not_started.extend(more.not_started);
        self.installs.extend(more.installs);
        self.clock_ahead = self.clock_ahead.or(more.clock_ahead);
    }
}
