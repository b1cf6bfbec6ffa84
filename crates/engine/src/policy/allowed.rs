//! Which servers may be added: patterns of addresses and of command lines.

use std::fmt;
use std::str::FromStr;

use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_model::ServerName;
use serde::{Serialize, Serializer};
use url::Url;

use super::{ALLOWED_SERVERS, Policy};
use crate::accounts::RemoteEntry;

/// Servers that may be added, as one line says them.
///
/// `https://*.example.com/mcp/*` stands for addresses: the scheme and the port as written (`:*` for any port), the host
/// or, behind `*.`, every host below it, and the path with `*` for any part; without a path every one. Query and fragment
/// do not count. Any other line stands for programs on this computer, word by word: `npx -y @example/*`. A program
/// without a folder stands for it wherever it lies, with or without `.exe`, `.cmd` or `.bat`, and behind `cmd /c`. A last
/// word `*` stands for any further words. Double quotes keep a word with spaces together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerPattern {
    text: String,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Address { scheme: String, host: Host, port: Port, path: Option<String> },
    Program { program: String, words: Vec<String>, more: More },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    Exactly(String),
    Below(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Any,
    Exactly(u16),
}

/// Whether words may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Words,
    Nothing,
}

/// Why a line is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It is empty.
    #[error("it is empty")]
    Empty,
    /// The scheme is none that servers have.
    #[error("an address begins with https:// or http://")]
    Scheme,
    /// The host is no host.
    #[error("a host is a name, `*.` and a name, or `*`")]
    Host,
    /// The port is none.
    #[error("a port is a number or `*`")]
    Port,
}

impl fmt::Display for ServerPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ServerPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl FromStr for ServerPattern {
    type Err = BadPattern;

    fn from_str(text: &str) -> Result<Self, BadPattern> {
        let text = text.trim();
        let shape = match text.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(char::is_whitespace) => address(scheme, rest)?,
            _ => program(text)?,
        };
        Ok(Self { text: text.to_owned(), shape })
    }
}

impl ServerPattern {
    fn allows(&self, server: &Server) -> bool {
        match (&self.shape, server) {
            (Shape::Address { scheme, host, port, path }, Server::Remote(url)) => {
                let named = url.host_str().unwrap_or_default();
                let is_host = match host {
                    Host::Any => true,
                    Host::Exactly(host) => named == host,
                    Host::Below(parent) => {
                        named.strip_suffix(parent.as_str()).is_some_and(|below| below.ends_with('.'))
                    }
                };
                let is_port = match port {
                    Port::Any => true,
                    Port::Exactly(port) => url.port_or_known_default() == Some(*port),
                };
                url.scheme() == scheme
                    && is_host
                    && is_port
                    && path.as_deref().is_none_or(|path| fits(path, url.path()))
            }
            (Shape::Program { program, words, more }, Server::Local { program: started, words: given }) => {
                let is_program = if program.contains(['/', '\\']) {
                    fits(program, started)
                } else {
                    fits(&program.to_ascii_lowercase(), &stem(started))
                };
                let is_long_enough = match more {
                    More::Words => given.len() >= words.len(),
                    More::Nothing => given.len() == words.len(),
                };
                is_program
                    && is_long_enough
                    && words.iter().zip(given).all(|(pattern, word)| fits(pattern, word))
            }
            _ => false,
        }
    }
}

/// What an entry starts or leads to.
#[derive(Debug)]
enum Server {
    Remote(Url),
    Local {
        program: String,
        words: Vec<String>,
    },
    /// An address that is none, or words that a shell may take apart in its own way.
    NotUnderstood,
    /// Claude starts nothing for it.
    Nothing,
}

impl Server {
    fn of(entry: &Entry) -> Self {
        if let Some(url) = RemoteEntry::of(entry).and_then(|remote| remote.url()) {
            return Self::Remote(url);
        }
        let Some(command) = &entry.command else {
            return if entry.url.is_some() { Self::NotUnderstood } else { Self::Nothing };
        };
        let mut words = entry.arguments();
        let mut program = command.value.trim();
        if stem(program) == "mcp-bridge" && words.first() == Some(&"exec") {
            let Some(end) = words.iter().position(|word| *word == "--") else { return Self::NotUnderstood };
            words.drain(..=end);
            let Some(started) = first(&mut words) else { return Self::NotUnderstood };
            program = started;
        }
        if stem(program) == "cmd" && words.first().is_some_and(|word| word.eq_ignore_ascii_case("/c")) {
            words.remove(0);
            if words.iter().any(|word| word.contains(['&', '|', '<', '>', '^', '%', '"', '\n'])) {
                return Self::NotUnderstood;
            }
            let Some(started) = first(&mut words) else { return Self::NotUnderstood };
            program = started;
        }
        Self::Local { program: program.to_owned(), words: words.into_iter().map(str::to_owned).collect() }
    }
}

impl Policy {
    /// Whether an entry may be added.
    pub(crate) fn allows(&self, entry: &Entry) -> bool {
        match &self.allowed_servers {
            None => !self.is_unread(ALLOWED_SERVERS),
            Some(patterns) => {
                let server = Server::of(entry);
                matches!(server, Server::Nothing) || patterns.iter().any(|pattern| pattern.allows(&server))
            }
        }
    }
}

/// The entries of a file that may not be added.
pub(crate) fn refused<'a>(policy: &Policy, file: &'a ConfigFile) -> Vec<&'a Entry> {
    file.servers().iter().filter(|entry| !policy.allows(entry)).collect()
}

/// The entries that a change adds or alters and that may not be added. What stood there as it is stays.
pub(crate) fn refused_by(policy: &Policy, before: &ConfigFile, after: &ConfigFile) -> Vec<ServerName> {
    let text = |file: &ConfigFile, entry: &Entry| file.text().get(entry.span.clone()).map(str::to_owned);
    let stood = |entry: &Entry| {
        before.server(entry.name.as_str()).is_some_and(|old| text(before, old) == text(after, entry))
    };
    let refused = refused(policy, after).into_iter().filter(|entry| !stood(entry));
    refused.map(|entry| entry.name.clone()).collect()
}

fn address(scheme: &str, rest: &str) -> Result<Shape, BadPattern> {
    let scheme = scheme.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return Err(BadPattern::Scheme),
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => (&rest[..slash], Some(rest[slash..].to_owned())),
        None => (rest, None),
    };
    let colon = authority.rfind(':').filter(|colon| !authority[*colon..].contains(']'));
    let (host, port) = match colon {
        Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
        None => (authority, None),
    };
    let port = match port {
        None => Port::Exactly(usual),
        Some("*") => Port::Any,
        Some(port) => Port::Exactly(port.parse().map_err(|_| BadPattern::Port)?),
    };
    let host = match (host, host.strip_prefix("*.")) {
        ("*", _) => Host::Any,
        (_, Some(parent)) => Host::Below(canonical(parent)?),
        _ => Host::Exactly(canonical(host)?),
    };
    Ok(Shape::Address { scheme, host, port, path })
}

/// A host as an address has it: in small letters, other scripts in Punycode.
fn canonical(host: &str) -> Result<String, BadPattern> {
    let is_plain = !host.is_empty() && !host.contains(['*', '@', '?', '#', '\\']);
    let url = is_plain.then(|| Url::parse(&format!("https://{host}/")).ok()).flatten();
    url.as_ref().and_then(Url::host_str).map(str::to_owned).ok_or(BadPattern::Host)
}

fn program(text: &str) -> Result<Shape, BadPattern> {
    let mut words = Vec::new();
    for (number, part) in text.split('"').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    if words.is_empty() {
        return Err(BadPattern::Empty);
    }
    let program = words.remove(0);
    let more = if words.last().is_some_and(|word| word == "*") {
        words.pop();
        More::Words
    } else {
        More::Nothing
    };
    Ok(Shape::Program { program, words, more })
}

/// The name of a program without its folder, in small letters, without what makes a file a program on Windows.
fn stem(program: &str) -> String {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let stem = [".exe", ".cmd", ".bat"].iter().find_map(|extension| name.strip_suffix(extension));
    stem.map_or(name.clone(), str::to_owned)
}

fn first<'a>(words: &mut Vec<&'a str>) -> Option<&'a str> {
    (!words.is_empty()).then(|| words.remove(0))
}

/// Whether a text is as a pattern says, in which `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}
