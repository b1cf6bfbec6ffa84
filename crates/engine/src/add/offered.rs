//! What somebody pasted, read as servers: the formats of every client that people copy from, command lines, and bare
//! addresses. Pure: nothing is looked up and nothing is started.

use bridgekeeper_formats::config::{ConfigFile, Entry, Shape};
use bridgekeeper_formats::json::Node;
use bridgekeeper_mcp_remote::Invocation;

use super::words::{Shell, words};

/// A server as somebody offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The name that it comes with, or one made from what it is.
    pub name: String,
    /// What it is.
    pub server: OfferedServer,
    /// What was left out or must be filled in, as sentences.
    pub notes: Vec<String>,
}

/// A server that runs here, or one that is elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferedServer {
    /// A program that is started.
    Local {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// Its variables.
        env: Vec<(String, String)>,
    },
    /// An address that a bridge connects to.
    Remote {
        /// The address.
        url: String,
        /// Headers of every request.
        headers: Vec<(String, String)>,
    },
}

/// Why nothing could be made of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// There is nothing.
    #[error("there is nothing to read")]
    Empty,
    /// It is no JSON, no command line and no address.
    #[error("this is no address, no command line, and no entry of a client that is known")]
    Unknown,
    /// It holds JSON without a server in it.
    #[error("this JSON names no server: it has neither a command nor a url")]
    NoServer,
    /// A shell would have to run it.
    #[error("this line is a script for a shell, not the command of one server")]
    Script,
    /// An extension, which Claude installs by itself.
    #[error("this is an extension; install its .mcpb file in Claude under Settings > Extensions")]
    Extension,
}

impl NotUnderstood {
    /// What to do, where there is something.
    pub const fn next_step(self) -> Option<&'static str> {
        match self {
            Self::Unknown => Some(
                "Paste an address, a line that begins with npx or claude mcp add, or the JSON of a client.",
            ),
            Self::Empty | Self::NoServer | Self::Script | Self::Extension => None,
        }
    }
}

/// Reads what was pasted. Secrets in it stay as they are.
pub fn read(text: &str) -> Result<Vec<Offered>, NotUnderstood> {
    let text = without_fence(text.trim_start_matches('\u{feff}').trim());
    if text.is_empty() {
        return Err(NotUnderstood::Empty);
    }
    if let Some(offered) = address(text) {
        return Ok(vec![offered]);
    }
    let is_json = text.starts_with(['{', '[', '"'])
        || (text.contains("\"mcpServers\"") && !text.starts_with("claude ") && !text.starts_with("code "));
    let mut offered = if is_json { of_json(text, None)? } else { of_command_line(text)? };
    // Where a template left the command open there is nothing to start.
    offered.retain(
        |one| !matches!(&one.server, OfferedServer::Local { command, .. } if command.trim().is_empty()),
    );
    if offered.is_empty() { Err(NotUnderstood::NoServer) } else { Ok(offered) }
}

/// A code block of Markdown without its fence, a command without the prompt before it.
fn without_fence(text: &str) -> &str {
    let text = match text.strip_prefix("```") {
        Some(rest) => {
            let inner = rest.split_once('\n').map_or(rest, |(_, inner)| inner);
            inner.rsplit_once("```").map_or(inner, |(inner, _)| inner).trim()
        }
        None => text,
    };
    text.strip_prefix("$ ").or_else(|| text.strip_prefix("> ")).unwrap_or(text).trim_matches('`')
}

/// A bare address.
fn address(text: &str) -> Option<Offered> {
    let is_one = !text.contains(char::is_whitespace) && is_url(text);
    is_one.then(|| Offered {
        name: name_of_host(text),
        server: OfferedServer::Remote { url: text.to_owned(), headers: vec![] },
        notes: vec![],
    })
}

/// Whether a text is an address of the web, as far as its beginning tells.
pub fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

/// `https://mcp.linear.app/sse` is `linear`.
fn name_of_host(url: &str) -> String {
    let authority = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
    let host = authority.and_then(|authority| authority.rsplit('@').next()).unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if host.parse::<std::net::IpAddr>().is_ok() || host == "localhost" {
        return "local-server".to_owned();
    }
    let plain = ["www", "mcp", "api", "app", "server", "sse", "ai", "com", "io", "dev", "net", "org", "co"];
    let parts: Vec<&str> = host.split('.').collect();
    let telling = parts.iter().rev().skip(1).find(|part| !plain.contains(part));
    telling.or(parts.first()).filter(|name| !name.is_empty()).map_or("server", |name| name).to_owned()
}

/// Entries in the JSON of any client. `name` is that of an entry without one.
fn of_json(text: &str, name: Option<&str>) -> Result<Vec<Offered>, NotUnderstood> {
    // `"name": {…},` as documentation prints it
    let wrapped;
    let text = if text.starts_with('"') {
        wrapped = format!("{{{}}}", text.trim_end_matches(','));
        &wrapped
    } else {
        text
    };
    let file = ConfigFile::from(text);
    if let Some(extension) = manifest(&file) {
        return extension;
    }
    let offered: Vec<Offered> =
        file.servers().iter().filter_map(|entry| of_entry(&file, entry, name)).collect();
    if offered.is_empty() { Err(NotUnderstood::NoServer) } else { Ok(offered) }
}

/// The manifest of an extension (`manifest_version` or `dxt_version`, with `server.mcp_config`).
fn manifest(file: &ConfigFile) -> Option<Result<Vec<Offered>, NotUnderstood>> {
    let root = file.root()?;
    root.get("manifest_version").or_else(|| root.get("dxt_version"))?;
    root.get("server")?.value.as_object()?.get("mcp_config")?;
    Some(Err(NotUnderstood::Extension))
}

fn of_entry(file: &ConfigFile, entry: &Entry, name: Option<&str>) -> Option<Offered> {
    let alone = file.shape() == Shape::EntryAlone;
    let mut notes = Vec::new();
    let env = entry.env.iter().map(|one| (one.name.value.clone(), one.value.value.clone())).collect();
    let server = if let Some(command) = &entry.command {
        let args = entry.arguments().into_iter().map(str::to_owned).collect();
        started(command.value.clone(), args, env)
    } else if let Some(url) = &entry.url {
        let headers = entry.headers.iter().map(|one| (one.name.value.clone(), one.value.value.clone()));
        OfferedServer::Remote { url: url.value.trim().to_owned(), headers: headers.collect() }
    } else {
        // Zed writes `"command": {"path": …, "args": […], "env": {…}}`
        nested(&entry.node)?
    };
    let disabled = ["disabled", "enabled"].iter().find_map(|key| entry.node.as_object()?.get(key));
    if disabled.is_some() {
        notes.push("Whether it is switched on elsewhere is left out: Claude starts every entry.".to_owned());
    }
    notes.extend(placeholders(&server).map(|found| format!("`{found}` must be filled in by hand.")));
    let name = match (name, alone) {
        (Some(name), _) => name.to_owned(),
        (None, true) => name_of(&server),
        (None, false) => entry.name.as_str().to_owned(),
    };
    Some(Offered { name, server, notes })
}

fn nested(entry: &Node) -> Option<OfferedServer> {
    let command = entry.as_object()?.get("command")?.value.as_object()?;
    let program = command.get("path").or_else(|| command.get("command"))?.value.as_str()?;
    let texts = |node: &Node| -> Vec<String> {
        let items = node.as_array().map(|array| array.items.as_slice()).unwrap_or_default();
        items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    };
    let args = command.get("args").map(|args| texts(&args.value)).unwrap_or_default();
    let env = command.get("env").and_then(|env| env.value.as_object());
    let env = env.map(|env| {
        let pairs = env.members.iter();
        pairs.filter_map(|pair| Some((pair.key.clone(), pair.value.as_str()?.to_owned()))).collect()
    });
    Some(started(program.to_owned(), args, env.unwrap_or_default()))
}

/// A program that is started; one that only bridges to an address is that address.
fn started(command: String, args: Vec<String>, env: Vec<(String, String)>) -> OfferedServer {
    let Some(invocation) = Invocation::recognise(&command, &args) else {
        return OfferedServer::Local { command, args, env };
    };
    let line = &invocation.line;
    // What the bridge takes over from mcp-remote as it is would be lost with the flags
    let only_headers =
        line.flags.iter().all(|given| matches!(given.flag.name, "--header" | "--allow-http" | "--transport"));
    let Some(url) = line.server_url.as_ref().filter(|url| only_headers && is_url(&url.value)) else {
        return OfferedServer::Local { command, args, env };
    };
    let filled = |value: &str| {
        env.iter().fold(value.to_owned(), |value, (name, with)| value.replace(&format!("${{{name}}}"), with))
    };
    let headers = line.headers.iter().map(|header| (header.name.clone(), filled(&header.value))).collect();
    OfferedServer::Remote { url: url.value.clone(), headers }
}

/// A name from what is started: the package, the script, the image.
fn name_of(server: &OfferedServer) -> String {
    match server {
        OfferedServer::Remote { url, .. } => name_of_host(url),
        OfferedServer::Local { command, args, .. } => {
            let last = |text: &str| text.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            let word = args.iter().find(|arg| !arg.starts_with('-') && !arg.contains('=') && *arg != "run");
            let mut name = word.map_or_else(|| last(command), |word| last(word));
            if let Some((before, _)) = name.split_once('@').filter(|(before, _)| !before.is_empty()) {
                name = before.to_owned();
            }
            let name = [".js", ".mjs", ".py", ".exe", ":latest"]
                .iter()
                .fold(name.as_str(), |name, end| name.strip_suffix(end).unwrap_or(name));
            let name = ["mcp-server-", "server-"]
                .iter()
                .fold(name, |name, begin| name.strip_prefix(begin).unwrap_or(name));
            let name =
                ["-mcp-server", "-mcp"].iter().fold(name, |name, end| name.strip_suffix(end).unwrap_or(name));
            if name.is_empty() { "server".to_owned() } else { name.to_owned() }
        }
    }
}

/// What another client asks for when it starts the server: `${input:token}`, `<YOUR_KEY>`.
fn placeholders(server: &OfferedServer) -> impl Iterator<Item = String> {
    let texts: Vec<&str> = match server {
        OfferedServer::Local { args, env, .. } => {
            args.iter().map(String::as_str).chain(env.iter().map(|(_, value)| value.as_str())).collect()
        }
        OfferedServer::Remote { url, headers } => {
            std::iter::once(url.as_str()).chain(headers.iter().map(|(_, value)| value.as_str())).collect()
        }
    };
    let found: Vec<String> = texts
        .into_iter()
        .filter_map(|text| {
            let input = text.find("${input:").or_else(|| text.find("${workspaceFolder"));
            let angle = text.find('<').filter(|at| text[*at..].contains('>'));
            let your = text.to_ascii_uppercase().find("YOUR");
            let at = input.or(angle).or(your)?;
            Some(text[at..].split(char::is_whitespace).next().unwrap_or_default().to_owned())
        })
        .collect();
    found.into_iter()
}

fn of_command_line(text: &str) -> Result<Vec<Offered>, NotUnderstood> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ").replace("`\n", " ");
    let words = match words(&joined) {
        Shell::Words(words) => words,
        Shell::Script => return Err(NotUnderstood::Script),
    };
    let called: Vec<&str> = words.iter().map(String::as_str).collect();
    match called.as_slice() {
        ["claude" | "gemini" | "codex" | "qwen", "mcp", "add", rest @ ..] => added(rest),
        ["claude", "mcp", "add-json", rest @ ..] => {
            let plain: Vec<&&str> = without_options(rest);
            match plain.as_slice() {
                [name, json, ..] => of_json(json, Some(name)),
                _ => Err(NotUnderstood::Unknown),
            }
        }
        ["code" | "code-insiders" | "cursor", "--add-mcp", json, ..] => {
            let file = ConfigFile::from(*json);
            let name = file.root().and_then(|root| root.get("name")?.value.as_str().map(str::to_owned));
            of_json(json, name.as_deref())
        }
        _ => plain_command(&words),
    }
}

/// The words that are neither an option nor the value of one.
fn without_options<'a>(words: &'a [&'a str]) -> Vec<&'a &'a str> {
    let mut plain = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-s" | "--scope" | "-t" | "--transport" => drop(words.next()),
            option if option.starts_with("--") => {}
            _ => plain.push(word),
        }
    }
    plain
}

/// `claude mcp add [OPTIONS] NAME URL` or `… NAME -- COMMAND ARGS`, and what others made of it.
fn added(words: &[&str]) -> Result<Vec<Offered>, NotUnderstood> {
    let (mut plain, mut headers, mut env, mut notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut words = words.iter().copied();
    let mut command: Vec<String> = Vec::new();
    let mut url = None;
    while let Some(word) = words.next() {
        let (option, mut attached) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option, Some(value)),
            _ => (word, None),
        };
        let mut value = || attached.take().or_else(|| words.next()).unwrap_or_default().to_owned();
        match option {
            "--" => {
                command.extend(words.by_ref().map(str::to_owned));
            }
            "-H" | "--header" => {
                if let Some((name, value)) = value().split_once(':') {
                    headers.push((name.trim().to_owned(), value.trim().to_owned()));
                }
            }
            "-e" | "--env" => {
                if let Some((name, value)) = value().split_once('=') {
                    env.push((name.to_owned(), value.to_owned()));
                }
            }
            "--url" => url = Some(value()),
            "-t" | "--transport" | "-s" | "--scope" => drop(value()),
            "--client-id"
            | "--client-secret"
            | "--callback-port"
            | "--timeout"
            | "--bearer-token-env-var" => {
                let _ = value();
                notes.push(format!("`{option}` is left out; set it in the entry where it is needed."));
            }
            // Once its command has begun, every word is the server's
            _ if plain.len() >= 2 => plain.push(word),
            option if option.starts_with('-') => notes.push(format!("`{option}` is left out.")),
            _ => plain.push(word),
        }
    }
    let mut plain = plain.into_iter();
    let name = plain.next().ok_or(NotUnderstood::Unknown)?.to_owned();
    command.splice(0..0, plain.map(str::to_owned));
    let url = url.or_else(|| command.first().filter(|first| is_url(first)).cloned());
    let server = if let Some(url) = url {
        OfferedServer::Remote { url, headers }
    } else {
        let mut command = command.into_iter();
        let program = command.next().ok_or(NotUnderstood::Unknown)?;
        started(program, command.collect(), env)
    };
    notes.extend(placeholders(&server).map(|found| format!("`{found}` must be filled in by hand.")));
    Ok(vec![Offered { name, server, notes }])
}

/// Programs that start servers. Any other word is not taken for a command unless it is a path.
const PROGRAMS: [&str; 16] = [
    "npx",
    "bunx",
    "pnpm",
    "yarn",
    "node",
    "bun",
    "deno",
    "uvx",
    "uv",
    "pipx",
    "python",
    "python3",
    "docker",
    "podman",
    "mcp-bridge",
    "java",
];

/// `KEY=VALUE npx -y package …`.
fn plain_command(words: &[String]) -> Result<Vec<Offered>, NotUnderstood> {
    let is_variable = |word: &&String| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
    };
    let env: Vec<(String, String)> = words
        .iter()
        .take_while(is_variable)
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut rest = words.iter().skip(env.len());
    let command = rest.next().ok_or(NotUnderstood::Unknown)?;
    let name = command.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
    let is_path = command.contains(['/', '\\']);
    if !PROGRAMS.contains(&name) && !is_path {
        return Err(NotUnderstood::Unknown);
    }
    let server = started(command.clone(), rest.cloned().collect(), env);
    let notes = placeholders(&server).map(|found| format!("`{found}` must be filled in by hand.")).collect();
    Ok(vec![Offered { name: name_of(&server), server, notes }])
}

#[cfg(test)]
mod tests;
