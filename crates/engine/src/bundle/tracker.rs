//! Whose fault it is, and where they take reports.

use bridgekeeper_formats::config::Entry;
use bridgekeeper_formats::secrets::{Redacted, Redactor};
use bridgekeeper_model::{Finding, Severity};
use serde::{Serialize, Serializer};

use crate::policy::Policy;

/// Where to report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tracker {
    /// Whose it is.
    pub whose: Whose,
    /// Who that is, by name.
    #[serde(serialize_with = "as_text")]
    pub name: Redacted,
    /// Where they take reports; `None` where nobody needs one or their place is not known.
    #[serde(serialize_with = "as_optional_text")]
    pub address: Option<Redacted>,
    /// Why them, in one sentence.
    #[serde(serialize_with = "as_text")]
    pub why: Redacted,
}

/// Whose a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whose {
    /// Who runs the remote server.
    ServerHost,
    /// Who makes the server that runs on this machine.
    ServerMaker,
    /// Who makes mcp-remote.
    McpRemote,
    /// Who makes this program and its bridge.
    Bridgekeeper,
    /// Who makes Claude Desktop.
    Claude,
    /// The organisation that looks after this machine takes all reports.
    Organisation,
    /// Nobody else: it is mended on this machine.
    ThisMachine,
}

fn as_text<S: Serializer>(text: &Redacted, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_str())
}

#[expect(clippy::ref_option, reason = "serde hands a reference in")]
fn as_optional_text<S: Serializer>(text: &Option<Redacted>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(Redacted::as_str).serialize(serializer)
}

const CLAUDE: &str = "https://github.com/anthropics/claude-code/issues";
const MCP_REMOTE: &str = "https://github.com/punkpeye/mcp-remote/issues";
const FASTMCP: &str = "https://fastmcp.com/support";
/// The repository is named when the program is built; without it there is no address to give.
const OURS: Option<&str> = option_env!("BRIDGEKEEPER_REPOSITORY");

/// What is mended where it stands: a program that is missing, a config that is wrong, a network in between.
const HERE: &[&str] = &[
    "spawn-enoent-",
    "config-",
    "node-too-old",
    "node-module-missing",
    "npm-",
    "npx-cache-corrupt",
    "python-",
    "docker-",
    "path-",
    "permission-denied",
    "port-in-use",
    "proxy-required",
    "dns-failure",
    "tls-untrusted-ca",
    "missing-env-var",
    "wsl-path",
    "relative-",
    "placeholder-not-replaced",
    "command-includes-args",
    "remote-url-entry",
    "secret-in-",
];
const OF_CLAUDE: &[&str] = &[
    "windows-path-space",
    "windows-needs-cmd-wrapper",
    "msix-virtual-path",
    "cwd-read-only",
    "macos-",
    "extension-manifest-invalid",
    "tool-call-timeout",
];
const OF_THE_BRIDGE: &[&str] =
    &["oauth-coordination-null-port", "oauth-duplicate-instance", "oauth-callback-timeout"];
const OF_THE_HOST: &[&str] = &[
    "http-",
    "api-key-invalid",
    "session-expired",
    "transport-mismatch",
    "oauth-",
    "tls-cert-expired",
    "connect-timeout",
    "connection-",
];

/// Where an organisation has reports sent, before they go to whoever else could mend the cause.
pub(super) fn by_policy(policy: &Policy, otherwise: Tracker) -> Tracker {
    let Some(address) = &policy.report_address else { return otherwise };
    let name = policy.organisation.clone().unwrap_or_else(|| "your organisation".to_owned());
    let why = match otherwise.whose {
        Whose::ThisMachine | Whose::Organisation => otherwise.why.to_string(),
        Whose::ServerHost | Whose::ServerMaker | Whose::McpRemote | Whose::Bridgekeeper | Whose::Claude => {
            let place = otherwise.address.map(|address| format!(" ({address})")).unwrap_or_default();
            format!("Reports go there first. {} Who can mend it: {}{place}.", otherwise.why, otherwise.name)
        }
    };
    Tracker {
        whose: Whose::Organisation,
        name: Redacted::meant_for_others(name),
        address: Some(Redacted::meant_for_others(openable(address))),
        // Its parts went through the redactor
        why: Redacted::meant_for_others(why),
    }
}

/// The address with a scheme, by which the system knows what opens it.
fn openable(address: &str) -> String {
    if address.contains(':') { address.to_owned() } else { format!("mailto:{address}") }
}

/// Whose the first cause is. `entry` is the entry of its server.
pub(super) fn of(
    findings: &[Finding],
    entry: impl Fn(&Finding) -> Option<Entry>,
    redactor: &Redactor,
) -> Tracker {
    let cause = findings.iter().find(|finding| finding.severity != Severity::Info);
    let entry = cause.and_then(entry);
    let about = entry.as_ref().map(About::of).unwrap_or_default();
    let Some(cause) = cause else {
        return tracker(
            Whose::Bridgekeeper,
            "Bridgekeeper",
            OURS,
            "Nothing wrong was found. If a server does not work all the same, that is a gap in what this program knows.",
        );
    };
    let is = |ids: &[&str]| ids.iter().any(|id| cause.id.starts_with(id));
    if is(OF_CLAUDE) {
        return tracker(
            Whose::Claude,
            "Claude Desktop",
            Some(CLAUDE),
            "The first cause lies in how Claude Desktop starts or treats servers.",
        );
    }
    if is(OF_THE_BRIDGE) && about.bridge != Bridge::None {
        return about.bridge_tracker();
    }
    if is(HERE) {
        return tracker(
            Whose::ThisMachine,
            "nobody else",
            None,
            "The first cause is mended on this machine; what to do stands beside it. A report elsewhere would come back.",
        );
    }
    match (&about.host, &about.package) {
        (Some(host), _) if is(OF_THE_HOST) || about.bridge != Bridge::None => host_tracker(host, redactor),
        (_, Some((name, address))) => Tracker {
            whose: Whose::ServerMaker,
            name: redactor.redact(name),
            address: Some(redactor.redact(address)),
            why: Redacted::own("The server itself fails. Its page names its tracker."),
        },
        (Some(host), None) => host_tracker(host, redactor),
        (None, None) => tracker(
            Whose::ServerMaker,
            "the server's maker",
            None,
            "The server itself fails. Who wrote it can say more; its entry in the config names the program.",
        ),
    }
}

fn tracker(whose: Whose, name: &'static str, address: Option<&'static str>, why: &'static str) -> Tracker {
    Tracker { whose, name: Redacted::own(name), address: address.map(Redacted::own), why: Redacted::own(why) }
}

fn host_tracker(host: &str, redactor: &Redactor) -> Tracker {
    let fastmcp = ["fastmcp.app", "fastmcp.cloud"].iter().any(|domain| host.ends_with(domain));
    Tracker {
        whose: Whose::ServerHost,
        name: redactor.redact(host),
        address: Some(if fastmcp {
            Redacted::own(FASTMCP)
        } else {
            redactor.redact(&format!("https://{host}/"))
        }),
        why: Redacted::own("The remote server answers in a way that no client can mend. Who runs it can."),
    }
}

/// What an entry tells of who is behind it.
#[derive(Debug, Default)]
struct About {
    bridge: Bridge,
    host: Option<String>,
    package: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Bridge {
    #[default]
    None,
    McpRemote,
    Ours,
}

impl About {
    fn of(entry: &Entry) -> Self {
        let command = entry.command.as_ref().map(|text| text.value.as_str()).unwrap_or_default();
        let args = entry.arguments();
        let names = |name: &str| {
            args.iter().chain([&command]).any(|word| {
                let word = word.rsplit(['/', '\\']).next().unwrap_or_default();
                word == name || word.starts_with(&format!("{name}@")) || word.starts_with(&format!("{name}."))
            })
        };
        let bridge = if names("mcp-bridge") {
            Bridge::Ours
        } else if names("mcp-remote") {
            Bridge::McpRemote
        } else {
            Bridge::None
        };
        let addresses = entry.url.iter().map(|url| url.value.as_str()).chain(args.iter().copied());
        let host = addresses.into_iter().find_map(host_of);
        let package = if bridge == Bridge::None { package(command, &args) } else { None };
        Self { bridge, host, package }
    }

    fn bridge_tracker(&self) -> Tracker {
        match self.bridge {
            Bridge::Ours => tracker(
                Whose::Bridgekeeper,
                "Bridgekeeper",
                OURS,
                "The first cause lies in the bridge, which is ours.",
            ),
            Bridge::McpRemote | Bridge::None => tracker(
                Whose::McpRemote,
                "mcp-remote (formerly geelen/mcp-remote)",
                Some(MCP_REMOTE),
                "The first cause lies in how mcp-remote signs in. Moving the entry to the embedded bridge avoids it.",
            ),
        }
    }
}

/// The host of an address that is no loopback.
fn host_of(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let local = matches!(host, "localhost" | "127.0.0.1" | "");
    (!local).then(|| host.to_owned())
}

/// The package that `npx` or `uvx` runs, and its page.
fn package(command: &str, args: &[&str]) -> Option<(String, String)> {
    let runner = command.rsplit(['/', '\\']).next()?.trim_end_matches(".cmd").trim_end_matches(".exe");
    let name = args.iter().find(|arg| !arg.starts_with('-'))?;
    let bare = match name.strip_prefix('@') {
        Some(scoped) => format!("@{}", scoped.split('@').next()?),
        None => name.split(['@', '=', '[']).next()?.to_owned(),
    };
    match runner {
        "npx" | "bunx" | "pnpx" => Some((bare.clone(), format!("https://www.npmjs.com/package/{bare}"))),
        "uvx" | "pipx" => Some((bare.clone(), format!("https://pypi.org/project/{bare}/"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_formats::config::ConfigFile;
    use bridgekeeper_model::Sentence;

    use super::*;

    fn told(id: &str, entry: &str) -> (Whose, String) {
        let file = ConfigFile::read(format!(r#"{{"mcpServers": {{"a": {entry}}}}}"#).as_bytes());
        let finding = Finding {
            id: id.to_owned(),
            severity: Severity::Error,
            server: Some("a".into()),
            message: String::new(),
            sentence: Sentence::default(),
            evidence: vec![],
            fixes: vec![],
        };
        let tracker = of(&[finding], |_| file.server("a").cloned(), &Redactor::new());
        (tracker.whose, tracker.address.map(|address| address.as_str().to_owned()).unwrap_or_default())
    }

    #[test]
    fn the_first_cause_says_whose_it_is() {
        let remote = r#"{"command": "npx", "args": ["-y", "mcp-remote@0.1.29", "https://a.example/mcp"]}"#;
        let cloud = r#"{"command": "npx", "args": ["mcp-remote", "https://x.fastmcp.app/mcp"]}"#;
        let ours =
            r#"{"command": "/home/u/.bridgekeeper/bin/mcp-bridge", "args": ["https://a.example/mcp"]}"#;
        let local = r#"{"command": "uvx", "args": ["notes-mcp==1.0"]}"#;
        let scoped = r#"{"command": "npx", "args": ["-y", "@acme/notes@2.0.0"]}"#;
        let table = [
            ("oauth-coordination-null-port", remote, Whose::McpRemote, MCP_REMOTE),
            ("oauth-callback-timeout", ours, Whose::Bridgekeeper, OURS.unwrap_or_default()),
            ("http-5xx", remote, Whose::ServerHost, "https://a.example/"),
            ("http-401", cloud, Whose::ServerHost, FASTMCP),
            ("oauth-dcr-unsupported", ours, Whose::ServerHost, "https://a.example/"),
            ("windows-path-space", remote, Whose::Claude, CLAUDE),
            ("spawn-enoent-node", remote, Whose::ThisMachine, ""),
            ("server-crash-early", local, Whose::ServerMaker, "https://pypi.org/project/notes-mcp/"),
            ("stdout-pollution", scoped, Whose::ServerMaker, "https://www.npmjs.com/package/@acme/notes"),
            ("server-crash-early", r#"{"command": "node", "args": ["x.js"]}"#, Whose::ServerMaker, ""),
        ];
        for (id, entry, whose, address) in table {
            assert_eq!(told(id, entry), (whose, address.to_owned()), "{id}");
        }
    }

    #[test]
    fn every_rule_named_here_exists() {
        for id in [HERE, OF_CLAUDE, OF_THE_BRIDGE, OF_THE_HOST].concat() {
            let known = bridgekeeper_doctor::rules::ALL.iter().any(|rule| rule.id.starts_with(id));
            assert!(known, "{id}");
        }
    }
}
