//! What the rules of this group ask of an entry: which program it really starts, what an argument is.

use std::ops::Range;

use bridgekeeper_formats::config::{ConfigFile, Entry, Text};
use bridgekeeper_formats::json::SyntaxErrorKind;
use bridgekeeper_formats::secrets;
use bridgekeeper_mcp_remote::Invocation;
use bridgekeeper_model::{Os, ServerName, Severity, Value};

use crate::rule::{ConfigFacts, Problem};

impl Problem {
    /// A problem of the file as a whole.
    pub(super) fn of_file(span: Range<usize>) -> Self {
        Self { server: None, span, args: std::collections::BTreeMap::new(), severity: None }
    }

    /// A problem of one entry.
    pub(super) fn of(entry: &Entry, span: Range<usize>) -> Self {
        Self { server: Some(entry.name.clone()), ..Self::of_file(span) }
    }

    /// With a value for the message.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.insert(name, value.into());
        self
    }

    /// With another severity than the rule's.
    #[must_use]
    pub(super) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

/// The syntax errors of these kinds, each with what stands there as `found`.
pub(super) fn syntax(facts: &ConfigFacts<'_>, kinds: &[SyntaxErrorKind]) -> Vec<Problem> {
    let errors = facts.file.syntax_errors().iter().filter(|error| kinds.contains(&error.kind));
    errors.map(|error| at(facts.file, error.span.clone())).collect()
}

/// A problem at a place of the text, with the entry around it and what stands there as `found`.
pub(super) fn at(file: &ConfigFile, span: Range<usize>) -> Problem {
    let found = file.text().get(span.clone()).unwrap_or_default();
    let found = secrets::mask(found).into_owned();
    Problem { server: enclosing(file, &span), ..Problem::of_file(span).with("found", found) }
}

/// The entry that a span stands in.
pub(super) fn enclosing(file: &ConfigFile, span: &Range<usize>) -> Option<ServerName> {
    let holds = |entry: &&Entry| entry.name_span.start <= span.start && span.start < entry.span.end;
    file.servers().iter().find(holds).map(|entry| entry.name.clone())
}

/// Whose rules hold: what was handed in, else what the paths in the file show.
pub(super) fn os(facts: &ConfigFacts<'_>) -> Option<Os> {
    facts.os.or_else(|| {
        let texts = || facts.file.servers().iter().flat_map(texts);
        let any = |test: fn(&str) -> bool| texts().any(|text| test(&text.value));
        if any(is_windows_path) {
            Some(Os::Windows)
        } else if any(|text| text.starts_with("/Users/") || text.starts_with("/opt/homebrew/")) {
            Some(Os::Macos)
        } else if any(|text| text.starts_with("/home/")) {
            Some(Os::Linux)
        } else {
            None
        }
    })
}

/// Command, arguments and values of `env` of an entry.
pub(crate) fn texts(entry: &Entry) -> impl Iterator<Item = &Text> {
    entry.command.iter().chain(&entry.args).chain(entry.env.iter().map(|variable| &variable.value))
}

/// What an entry starts, behind `cmd /c`.
#[derive(Debug, Clone)]
pub(crate) struct Started<'e> {
    /// The last part of the program's path, in lower case, without a Windows extension.
    pub program: String,
    /// The program as it is written.
    pub command: &'e Text,
    /// What the program is given.
    pub args: &'e [Text],
    /// Whether the entry itself names `cmd /c`.
    pub through_cmd: bool,
}

/// What an entry starts; `None` without a command.
pub(crate) fn started(entry: &Entry) -> Option<Started<'_>> {
    let command = entry.command.as_ref().filter(|command| !command.value.trim().is_empty())?;
    let program = program_name(&command.value);
    if program == "cmd"
        && let Some(switch) = entry.args.iter().position(|arg| arg.value.eq_ignore_ascii_case("/c"))
        && let Some(inner) = entry.args.get(switch + 1)
    {
        let args = &entry.args[switch + 2..];
        return Some(Started {
            program: program_name(&inner.value),
            command: inner,
            args,
            through_cmd: true,
        });
    }
    Some(Started { program, command, args: &entry.args, through_cmd: false })
}

/// The last part of a path, in lower case, without a Windows extension.
pub(crate) fn program_name(command: &str) -> String {
    let name = command.trim().rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let bare = [".cmd", ".exe", ".bat", ".ps1"].iter().find_map(|extension| name.strip_suffix(extension));
    bare.map_or(name.clone(), str::to_owned)
}

/// Whether the path ends with one of these extensions, in whatever case.
pub(crate) fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let name = path.trim().rsplit(['/', '\\']).next().unwrap_or_default();
    name.rsplit_once('.')
        .is_some_and(|(_, found)| extensions.iter().any(|wanted| found.eq_ignore_ascii_case(wanted)))
}

/// Programs that are batch files on Windows: whatever npm installs.
pub(crate) fn is_batch_file_on_windows(command: &str) -> bool {
    let npm = [
        "npx",
        "npm",
        "pnpm",
        "pnpx",
        "yarn",
        "mcp-remote",
        "mcp-remote-client",
        "tsx",
        "ts-node",
        "supergateway",
    ];
    has_extension(command, &["cmd", "bat"])
        || (!has_extension(command, &["exe"]) && npm.contains(&program_name(command).as_str()))
}

/// Programs that start a server which an argument names.
pub(crate) fn is_launcher(program: &str) -> bool {
    matches!(
        program,
        "npx"
            | "npm"
            | "pnpm"
            | "pnpx"
            | "yarn"
            | "bunx"
            | "bun"
            | "deno"
            | "node"
            | "tsx"
            | "ts-node"
            | "uvx"
            | "uv"
            | "pipx"
            | "python"
            | "python3"
            | "py"
            | "docker"
            | "podman"
            | "java"
            | "dotnet"
            | "ruby"
            | "php"
            | "go"
            | "cargo"
            | "wsl"
            | "mcp-remote"
            | "mcp-proxy"
            | "supergateway"
    )
}

/// Programs that take a command line as text.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(
        program,
        "sh" | "bash"
            | "zsh"
            | "fish"
            | "dash"
            | "powershell"
            | "pwsh"
            | "cmd"
            | "wsl"
            | "osascript"
            | "env"
            | "ssh"
    )
}

/// `C:\…`, `C:/…` or `\\server\…`.
pub(crate) fn is_windows_path(text: &str) -> bool {
    match text.as_bytes() {
        [drive, b':', b'\\' | b'/', ..] => drive.is_ascii_alphabetic(),
        [b'\\', b'\\', third, ..] => *third != b'\\',
        _ => false,
    }
}

/// Whether a text is a path that begins at a root.
pub(crate) fn is_absolute(text: &str) -> bool {
    text.starts_with('/') || is_windows_path(text) || text.starts_with("\\\\")
}

/// Whether a text is a path on this machine: absolute, and no switch of a Windows program.
pub(crate) fn is_path(text: &str) -> bool {
    is_windows_path(text) || (text.starts_with('/') && text.len() > 2 && text[1..].contains('/'))
}

/// The value of an argument of the form `--name=value`, else the whole.
pub(crate) fn option_value(arg: &str) -> &str {
    match arg.split_once('=') {
        Some((name, value)) if name.starts_with('-') && !name.contains(' ') => value,
        _ => arg,
    }
}

/// Host of an `http` or `https` URL, and which of the two.
pub(crate) fn url_parts(text: &str) -> Option<(&'static str, &str)> {
    let trimmed = text.trim();
    let (scheme, rest) =
        [("http", "http://"), ("https", "https://")].into_iter().find_map(|(scheme, prefix)| {
            let head = trimmed.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then(|| (scheme, &trimmed[prefix.len()..]))
        })?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    Some((scheme, host))
}

/// The URLs that an entry connects to: its `url`, and arguments that are one.
pub(crate) fn urls(entry: &Entry) -> impl Iterator<Item = &Text> {
    let args = entry.args.iter().filter(|arg| url_parts(option_value(&arg.value)).is_some());
    entry.url.iter().filter(|url| url_parts(&url.value).is_some()).chain(args)
}

/// How near a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nearness {
    /// This machine.
    Loopback,
    /// The local network: private addresses, `.local`, names without a dot.
    Local,
    /// Anywhere else.
    Internet,
}

pub(crate) fn nearness(host: &str) -> Nearness {
    let host = host.to_ascii_lowercase();
    if let Ok(address) = host.parse::<std::net::IpAddr>() {
        let (loopback, local) = match address {
            std::net::IpAddr::V4(four) => {
                (four.is_loopback() || four.is_unspecified(), four.is_private() || four.is_link_local())
            }
            std::net::IpAddr::V6(six) => {
                (six.is_loopback(), six.is_unique_local() || six.is_unicast_link_local())
            }
        };
        return match (loopback, local) {
            (true, _) => Nearness::Loopback,
            (_, true) => Nearness::Local,
            _ => Nearness::Internet,
        };
    }
    if host == "localhost" || host.ends_with(".localhost") || host == "host.docker.internal" {
        return Nearness::Loopback;
    }
    let ends = [".local", ".lan", ".home", ".home.arpa", ".internal", ".intranet"];
    if !host.contains('.') || ends.iter().any(|end| host.ends_with(end)) {
        Nearness::Local
    } else {
        Nearness::Internet
    }
}

/// A value as a message may show it.
pub(crate) fn shown(text: &str) -> String {
    secrets::mask(text).into_owned()
}

/// Whether a text is a JSON object or list with quoted parts.
pub(crate) fn is_json(text: &str) -> bool {
    let trimmed = text.trim();
    let framed = (trimmed.starts_with('{') && trimmed.ends_with('}'))
        || (trimmed.starts_with('[') && trimmed.ends_with(']'));
    framed && trimmed.contains('"')
}

/// Whether quotes stand around the whole of a path or of JSON, as part of the value.
pub(crate) fn is_quoted_inside(text: &str) -> bool {
    let inner = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let Some(inner) = inner.filter(|inner| !inner.is_empty()) else { return false };
    let is_path = inner.contains(['/', '\\']) && !inner.contains(['"', ',']);
    let is_json = inner.starts_with(['{', '[']) && inner.ends_with(['}', ']']);
    let is_word = !inner.contains(['"', '\'', ' ']);
    is_path || is_json || is_word
}

/// Whether `command` holds arguments: a space follows the program.
pub(crate) fn holds_arguments(command: &str) -> bool {
    let command = command.trim();
    let Some((first, rest)) = command.split_once([' ', '\t']) else { return false };
    if !command.starts_with(['/', '~', '.', '\\', '"', '%', '$', '<']) && !is_windows_path(command) {
        return true;
    }
    if let Some(quoted) = command.strip_prefix('"') {
        return quoted.split_once('"').is_some_and(|(_, rest)| !rest.trim().is_empty());
    }
    // A path may have spaces itself: it has ended where a program or script ends and a new argument begins.
    let begins_argument =
        |rest: &str| rest.starts_with(['-', '/', '~', '@']) || is_windows_path(rest) || is_json(rest);
    let ends_program = |path: &str| {
        let lower = path.to_ascii_lowercase();
        [".exe", ".cmd", ".bat", ".ps1", ".sh", ".py", ".js"]
            .iter()
            .any(|extension| lower.ends_with(extension))
    };
    let breaks = command.match_indices(' ').map(|(at, _)| (&command[..at], command[at..].trim_start()));
    let mut breaks = breaks.filter(|(_, rest)| !rest.is_empty());
    if breaks.any(|(path, _)| ends_program(path)) {
        return true;
    }
    let known = is_launcher(&program_name(first)) || is_shell(&program_name(first));
    known || begins_argument(rest.trim_start()) && !rest.contains("/Contents/")
}

/// The call of mcp-remote that an entry makes, if it makes one. Entries with arguments that are no texts count as
/// none, because their places could not be told apart.
pub(crate) fn remote(entry: &Entry) -> Option<Invocation> {
    let whole = !entry.misfits.iter().any(|misfit| misfit.place.starts_with("args"));
    let command = entry.command.as_ref().filter(|_| whole)?;
    Invocation::recognise(&command.value, &entry.arguments())
}
