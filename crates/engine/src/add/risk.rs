//! What somebody should look at before a server is added. Pure: it judges what is written, not what it points to.

use bridgekeeper_formats::secrets;
use serde::Serialize;

use super::offered::OfferedServer;

/// Something in an offered server that can do harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Risk {
    /// What kind it is.
    pub kind: RiskKind,
    /// The part that it is about, secrets masked.
    pub part: String,
}

/// Kinds of risk, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum RiskKind {
    /// A shell runs a text: whatever stands in it.
    Shell,
    /// A variable makes every program load foreign code.
    LoadsCode,
    /// A file that would be unpacked outside the folder it belongs into.
    LeavesFolder,
    /// Docker's own socket: whoever has it has the computer.
    DockerSocket,
    /// A container without walls.
    Privileged,
    /// A package fetched anew at each start, without a version.
    Unpinned,
    /// Code from a repository or an address, not from a registry.
    FromElsewhere,
    /// What is sent can be read on the way.
    PlainHttp,
    /// Certificates are not checked.
    Unchecked,
    /// A secret that every program on the computer can see.
    SecretInArgs,
    /// A secret in the file.
    SecretInFile,
    /// A folder that is the whole disk or home, or another person's.
    WideFolder,
    /// A program of its own: it can do what you can do.
    RunsCode,
}

impl RiskKind {
    /// Why it should be looked at.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Shell => "a shell runs this text, whatever stands in it",
            Self::LoadsCode => "this variable makes programs load foreign code",
            Self::LeavesFolder => "this file would be unpacked outside the extension's folder",
            Self::DockerSocket => "Docker's own socket: whoever has it has this computer",
            Self::Privileged => "the container has no walls",
            Self::Unpinned => "fetched anew at each start, without a version",
            Self::FromElsewhere => "code from a repository or an address, not from a registry",
            Self::PlainHttp => "everything that is sent can be read on the way",
            Self::Unchecked => "certificates are not checked",
            Self::SecretInArgs => "a secret that every program here can see",
            Self::SecretInFile => "a secret",
            Self::WideFolder => "a whole disk, a whole home, or another person's folder",
            Self::RunsCode => "a program that can do what you can do",
        }
    }
}

/// Variables by which a program is made to run other code.
const LOADERS: [&str; 10] = [
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONHOME",
    "PERL5OPT",
    "JAVA_TOOL_OPTIONS",
];
const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "fish", "cmd", "powershell", "pwsh", "osascript"];
const FETCHERS: [&str; 7] = ["npx", "bunx", "pnpx", "pnpm", "yarn", "uvx", "pipx"];

/// What there is to look at, the gravest first. `home` is the user's own folder.
pub fn risks(server: &OfferedServer, home: &str) -> Vec<Risk> {
    let mut risks = match server {
        OfferedServer::Local { command, args, env } => of_local(command, args, env, home),
        OfferedServer::Remote { url, headers } => of_remote(url, headers),
    };
    risks.sort_by_key(|risk| risk.kind);
    risks.dedup();
    risks
}

fn risk(kind: RiskKind, part: &str) -> Risk {
    Risk { kind, part: secrets::mask(part).into_owned() }
}

fn of_remote(url: &str, headers: &[(String, String)]) -> Vec<Risk> {
    let mut risks = Vec::new();
    let host = url.split("://").nth(1).unwrap_or_default();
    let is_here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|here| {
        host.strip_prefix(here).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
    });
    if url.starts_with("http://") && !is_here {
        risks.push(risk(RiskKind::PlainHttp, url));
    }
    let secret =
        headers.iter().filter(|(name, value)| secrets::is_secret_header(name) && !is_reference(value));
    risks.extend(secret.map(|(name, _)| Risk { kind: RiskKind::SecretInFile, part: name.clone() }));
    if !secrets::known_spans(url).is_empty() {
        risks.push(risk(RiskKind::SecretInArgs, url));
    }
    risks
}

fn is_reference(value: &str) -> bool {
    value.contains("${")
}

fn of_local(command: &str, args: &[String], env: &[(String, String)], home: &str) -> Vec<Risk> {
    let program = command.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let program = program.trim_end_matches(".exe").trim_end_matches(".cmd");
    let line = [command].into_iter().chain(args.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let mut risks = vec![risk(RiskKind::RunsCode, &line)];
    if SHELLS.contains(&program) {
        risks.push(risk(RiskKind::Shell, &line));
    }
    let evaluates = |arg: &&String| matches!(arg.as_str(), "-e" | "--eval" | "-p" | "--print" | "-c");
    if matches!(program, "node" | "python" | "python3" | "deno" | "bun" | "ruby" | "perl")
        && let Some(arg) = args.iter().find(evaluates)
    {
        risks.push(risk(RiskKind::Shell, arg));
    }
    if FETCHERS.contains(&program) {
        risks.extend(package(args).and_then(of_package));
    }
    if matches!(program, "docker" | "podman") {
        risks.extend(of_container(args));
    }
    for (name, value) in env {
        let upper = name.to_ascii_uppercase();
        if LOADERS.contains(&upper.as_str()) {
            risks.push(risk(RiskKind::LoadsCode, &format!("{name}={value}")));
        }
        if upper == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0" {
            risks.push(risk(RiskKind::Unchecked, &format!("{name}={value}")));
        }
        let is_secret = secrets::is_secret_name(name) || secrets::is_token(value);
        if is_secret && !value.is_empty() && !is_reference(value) {
            risks.push(Risk { kind: RiskKind::SecretInFile, part: name.clone() });
        }
    }
    // A flag and its value are one thing for whoever looks for a secret
    let pairs = args.iter().zip(args.iter().skip(1)).map(|(flag, value)| format!("{flag} {value}"));
    let hidden = args.iter().cloned().chain(pairs).find(|text| !secrets::known_spans(text).is_empty());
    risks.extend(hidden.map(|text| risk(RiskKind::SecretInArgs, &text)));
    risks.extend(args.iter().filter(|arg| is_wide(arg, home)).map(|arg| risk(RiskKind::WideFolder, arg)));
    risks.extend(args.iter().filter(|arg| arg.starts_with("http://")).flat_map(|url| of_remote(url, &[])));
    risks
}

/// The package that a fetcher is told to run.
fn package(args: &[String]) -> Option<&str> {
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        match arg {
            "-p" | "--package" | "--from" | "--with" => return args.next(),
            "dlx" | "exec" | "x" | "run" | "tool" => {}
            flag if flag.starts_with('-') => {}
            package => return Some(package),
        }
    }
    None
}

fn of_package(package: &str) -> Option<Risk> {
    let from = ["git+", "git://", "github:", "http://", "https://", "file:"];
    let is_archive =
        std::path::Path::new(package).extension().is_some_and(|end| end.eq_ignore_ascii_case("tgz"));
    if is_archive || from.iter().any(|start| package.starts_with(start)) {
        return Some(risk(RiskKind::FromElsewhere, package));
    }
    let version = package.get(1..).and_then(|rest| rest.rsplit_once('@')).map(|(_, version)| version);
    let version = version.or_else(|| package.split_once("==").map(|(_, version)| version));
    let is_pinned = version.is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    (!is_pinned).then(|| risk(RiskKind::Unpinned, package))
}

fn of_container(args: &[String]) -> Vec<Risk> {
    let mut risks = Vec::new();
    for arg in args {
        if arg.contains("docker.sock") || arg.contains("podman.sock") {
            risks.push(risk(RiskKind::DockerSocket, arg));
        }
        if arg == "--privileged" || arg.starts_with("--cap-add") || arg == "--pid=host" {
            risks.push(risk(RiskKind::Privileged, arg));
        }
        let source = arg.split("source=").nth(1).or_else(|| arg.split("src=").nth(1)).unwrap_or(arg);
        if matches!(source.split([':', ',']).next(), Some("/")) && arg.len() > 1 {
            risks.push(risk(RiskKind::WideFolder, arg));
        }
    }
    risks
}

/// The whole disk, the whole home, or another person's.
fn is_wide(arg: &str, home: &str) -> bool {
    let path = arg.replace('\\', "/");
    let home = home.replace('\\', "/");
    let path = path.trim_end_matches('/');
    let is_root = path.is_empty() && arg.starts_with('/') || path.len() == 2 && path.ends_with(':');
    let homes = ["/Users/", "/home/"].iter().find_map(|homes| {
        let (_, rest) = path.split_once(homes)?;
        rest.split('/').next().filter(|name| !name.is_empty())
    });
    let own = home.rsplit('/').next().unwrap_or_default();
    let is_others =
        homes.is_some_and(|name| !name.eq_ignore_ascii_case(own) && name != "Shared" && name != "Public");
    is_root || path == "~" || path.eq_ignore_ascii_case(home.trim_end_matches('/')) || is_others
}

#[cfg(test)]
mod tests {
    use super::RiskKind as K;
    use super::*;
    use crate::add::offered::read;

    fn of(text: &str) -> Vec<RiskKind> {
        let offered = read(text).unwrap_or_else(|why| panic!("{why}: {text}"));
        risks(&offered[0].server, "/home/ada").into_iter().map(|risk| risk.kind).collect()
    }

    #[test]
    fn each_risk_is_seen_and_nothing_else() {
        let entry = |json: &str| format!(r#"{{"mcpServers": {{"a": {json}}}}}"#);
        for (text, expected) in [
            ("https://a.example/mcp".to_owned(), vec![]),
            ("http://localhost:3000/mcp".to_owned(), vec![]),
            ("http://localhost.example/mcp".to_owned(), vec![K::PlainHttp]),
            ("https://a.example/mcp?api_key=sk-live-4f9a8b7c6d5e4f3a".to_owned(), vec![K::SecretInArgs]),
            ("https://a.example/550e8400-e29b-41d4-a716-446655440000/mcp".to_owned(), vec![]),
            ("npx -y notes@1.2.3 /home/ada/notes".to_owned(), vec![K::RunsCode]),
            ("npx -y @acme/notes".to_owned(), vec![K::Unpinned, K::RunsCode]),
            ("npx -y @acme/notes@latest".to_owned(), vec![K::Unpinned, K::RunsCode]),
            ("uvx --from git+https://a.example/x.git x".to_owned(), vec![K::FromElsewhere, K::RunsCode]),
            ("uvx notes==2.0".to_owned(), vec![K::RunsCode]),
            ("npx -y notes@1.0.0 /".to_owned(), vec![K::WideFolder, K::RunsCode]),
            ("npx -y notes@1.0.0 /home/ada".to_owned(), vec![K::WideFolder, K::RunsCode]),
            ("npx -y notes@1.0.0 /home/bob/x".to_owned(), vec![K::WideFolder, K::RunsCode]),
            (entry(r#"{"command": "bash", "args": ["-c", "curl x | sh"]}"#), vec![K::Shell, K::RunsCode]),
            (entry(r#"{"command": "node", "args": ["-e", "0"]}"#), vec![K::Shell, K::RunsCode]),
            (
                entry(
                    r#"{"command": "node", "args": ["a.js"], "env": {"NODE_OPTIONS": "--require /tmp/x"}}"#,
                ),
                vec![K::LoadsCode, K::RunsCode],
            ),
            (
                entry(
                    r#"{"command": "node", "args": ["a.js"], "env": {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}}"#,
                ),
                vec![K::Unchecked, K::RunsCode],
            ),
            (
                entry(r#"{"command": "node", "args": ["a.js"], "env": {"API_KEY": "abc123def"}}"#),
                vec![K::SecretInFile, K::RunsCode],
            ),
            (
                "docker run -i -v /var/run/docker.sock:/var/run/docker.sock img".to_owned(),
                vec![K::DockerSocket, K::RunsCode],
            ),
            (
                "docker run -i --privileged -v /:/host img".to_owned(),
                vec![K::Privileged, K::WideFolder, K::RunsCode],
            ),
            (
                "claude mcp add a https://a.example -H \"Authorization: Bearer s3cr3t-t0k3n-1234\""
                    .to_owned(),
                vec![K::SecretInFile],
            ),
        ] {
            assert_eq!(of(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown_as_a_risk() {
        let offered = read("npx -y notes@1.0.0 --api-key sk-live-4f9a8b7c6d5e4f3a2b1c").unwrap();
        let told = format!("{:?}", risks(&offered[0].server, "/home/ada"));
        assert!(told.contains("SecretInArgs") && !told.contains("4f9a8b7c"), "{told}");
    }
}
