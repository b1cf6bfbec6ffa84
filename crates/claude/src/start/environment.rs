//! The variables that a server gets: a few of Claude's own, and those of its entry.

use std::collections::BTreeMap;

use bridgekeeper_model::Os;

use super::{SearchPath, StartEntry, StartFacts};

/// What the SDK's stdio client passes on (`DEFAULT_INHERITED_ENV_VARS`); everything else stays with Claude.
const WINDOWS: &[&str] = &[
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PROCESSOR_ARCHITECTURE",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
    "PROGRAMFILES",
];
const UNIX: &[&str] = &["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];
/// Claude for Linux also tells the session's proxy.
const LINUX_PROXY: &[&str] = &["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/// Whether a server inherits a variable of this name.
pub fn inherited(name: &str, os: Os) -> bool {
    let among = |names: &[&str]| names.iter().any(|known| same(known, name, os));
    match os {
        Os::Windows => among(WINDOWS),
        Os::Macos => among(UNIX),
        Os::Linux => among(UNIX) || among(LINUX_PROXY),
    }
}

/// The whole environment of a server.
pub(super) fn environment(
    entry: &StartEntry<'_>,
    facts: &StartFacts<'_>,
    path: &SearchPath,
) -> BTreeMap<String, String> {
    let os = facts.os;
    // A value that begins with `()` is a function of an old shell, which the SDK keeps back
    let passed = |(name, value): &(&String, &String)| inherited(name, os) && !value.starts_with("()");
    let mut environment: BTreeMap<String, String> =
        facts.environment.iter().filter(passed).map(|(name, value)| (name.clone(), value.clone())).collect();
    set(&mut environment, "PATH", path.joined(os), os);
    for (name, value) in entry.env.iter().filter(|(name, _)| !same(name, "PATH", os)) {
        set(&mut environment, name, value.clone(), os);
    }
    environment
}

/// The value of a variable; Windows does not mind the case of its name.
pub(super) fn value<'e>(environment: &'e BTreeMap<String, String>, name: &str, os: Os) -> Option<&'e str> {
    environment.iter().find(|(known, _)| same(known, name, os)).map(|(_, value)| value.as_str())
}

fn set(environment: &mut BTreeMap<String, String>, name: &str, value: String, os: Os) {
    environment.retain(|known, _| !same(known, name, os));
    environment.insert(name.to_owned(), value);
}

fn same(a: &str, b: &str, os: Os) -> bool {
    if os == Os::Windows { a.eq_ignore_ascii_case(b) } else { a == b }
}
