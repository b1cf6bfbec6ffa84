//! What this machine tells of the folders in which Claude looks for programs. Checks, fixes and trials ask here.
//!
//! Deliberately absent: which of it counts (`bridgekeeper_claude::start` decides that).

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bridgekeeper_claude::start::PathFacts;
use bridgekeeper_claude::{Home, LogFile, LogKind};
use bridgekeeper_formats::log::last_search_path;
use bridgekeeper_machine::{Command, nvm_versions};
use bridgekeeper_model::{Os, ServerName};

use crate::context::Context;
use crate::logs;

/// How much of a log's end is read for the folders that Claude searched, in bytes.
const LOG_TAIL: u64 = 1024 * 1024;
/// How long the login shell may take to say its `PATH`.
const SHELL_LIMIT: Duration = Duration::from_secs(5);
/// What stands before the `PATH` that the shell prints, after whatever else its files print.
const MARK: &str = "bridgekeeper-path:";

/// What the login shell said. It is asked once, because that runs everything in the shell's files. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoginShell(Arc<OnceLock<Option<String>>>);

/// The facts under the rules of `os`, for a Claude with that environment. The log of `server` counts before those of
/// others.
pub(crate) fn facts(
    context: &Context,
    os: Os,
    environment: &BTreeMap<String, String>,
    server: Option<&ServerName>,
) -> PathFacts {
    let home = &context.home;
    let logged = (os == home.os()).then(|| logged(home, server)).flatten();
    let asks_shell = logged.is_none() && os == Os::Linux && os == Os::current();
    let path = environment.iter().find(|(name, _)| name.eq_ignore_ascii_case("PATH"));
    PathFacts {
        environment: path.map(|(_, value)| value.clone()),
        login_shell: asks_shell.then(|| login_shell(context)).flatten(),
        nvm_versions: nvm_versions(home.root()),
        logged,
    }
}

/// The folders that Claude wrote into a server's log last.
fn logged(home: &Home, server: Option<&ServerName>) -> Option<Vec<String>> {
    let files = home.log_files().files;
    let is_its = |log: &&LogFile| matches!(&log.kind, LogKind::Server(name) if Some(name) == server);
    let of_server = |log: &&LogFile| matches!(log.kind, LogKind::Server(_));
    let newest_first = || files.iter().rev();
    let its = newest_first().filter(is_its);
    let others = newest_first().filter(of_server).filter(|log| !is_its(log));
    its.chain(others).find_map(|log| {
        let mut file = logs::open(&log.path).ok()?;
        file.seek(SeekFrom::Start(log.bytes.saturating_sub(LOG_TAIL))).ok()?;
        let mut bytes = Vec::new();
        file.take(LOG_TAIL).read_to_end(&mut bytes).ok()?;
        last_search_path(&String::from_utf8_lossy(&bytes))
    })
}

/// What the user's login shell says, as Claude for Linux asks it. A home that stands in has no shell.
fn login_shell(context: &Context) -> Option<String> {
    let shell = context.home.environment().get("SHELL")?;
    let ask = || {
        let ask = format!("printf '\\n{MARK}%s\\n' \"$PATH\"");
        let command = Command::new(shell.as_str(), ["-l", "-i", "-c", ask.as_str()]).within(SHELL_LIMIT);
        let said = context.machine.run(&command).ok()?.text();
        let path = said.lines().rev().find_map(|line| line.strip_prefix(MARK))?;
        Some(path.trim().to_owned())
    };
    context.login_shell.0.get_or_init(ask).clone()
}
