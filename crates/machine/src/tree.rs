//! Who started whom, and which Claude Desktops and stray bridges there are.

use std::collections::BTreeSet;
use std::path::Path;

use bridgekeeper_model::Os;
use jiff::Timestamp;

use crate::process::Process;
use crate::recognise::{Role, package_family, role};

/// A Claude Desktop that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningClaude {
    /// The process that started all others.
    pub main: Process,
    /// Everything that it started, and what that started: windows, helpers, servers. Parents before children.
    pub below: Vec<Process>,
    /// The package that it is of, on Windows.
    pub package_family: Option<String>,
}

impl RunningClaude {
    /// Its program's file.
    pub fn program(&self) -> Option<&Path> {
        self.main.exe.as_deref()
    }

    /// When it was started.
    pub fn started(&self) -> Timestamp {
        self.main.started
    }

    /// What it started that is not its own: the servers, with whatever starts and serves them.
    pub fn servers(&self, os: Os) -> impl Iterator<Item = &Process> {
        self.below.iter().filter(move |process| !matches!(role(process, os), Role::Claude | Role::ClaudePart))
    }
}

/// Every Claude Desktop among the processes, oldest first.
pub fn running_claudes(processes: &[Process], os: Os) -> Vec<RunningClaude> {
    let is_main = |process: &&Process| role(process, os) == Role::Claude;
    let mains: Vec<&Process> = processes.iter().filter(is_main).collect();
    // A main process that another one started is its second instance on the way out, or a part of it
    let below_another = |process: &Process| {
        ancestors(processes, process).iter().any(|ancestor| mains.iter().any(|main| main.is(ancestor)))
    };
    let mut running: Vec<RunningClaude> = mains
        .iter()
        .filter(|main| !below_another(main))
        .map(|main| RunningClaude {
            main: (*main).clone(),
            below: descendants(processes, main),
            package_family: main.exe.as_ref().and_then(|exe| package_family(&exe.to_string_lossy())),
        })
        .collect();
    running.sort_by_key(|claude| (claude.main.started, claude.main.id));
    running
}

/// Everything that a process started, and what that started, parents before children.
pub fn descendants(processes: &[Process], root: &Process) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut seen = BTreeSet::from([root.id]);
    let mut parents = vec![root.clone()];
    while let Some(parent) = parents.pop() {
        for process in processes {
            if is_child(process, &parent) && seen.insert(process.id) {
                found.push(process.clone());
                parents.push(process.clone());
            }
        }
    }
    found
}

/// The process that started this one, the one that started that, and so on.
pub fn ancestors(processes: &[Process], process: &Process) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut child = process.clone();
    while let Some(parent) = processes.iter().find(|other| is_child(&child, other)).cloned() {
        if parent.id == process.id || found.iter().any(|known| known.id == parent.id) {
            break;
        }
        found.push(parent.clone());
        child = parent;
    }
    found
}

/// Bridges whose starter has ended. They hold ports and locks, and nobody reads them.
pub fn orphaned_bridges(processes: &[Process], os: Os) -> Vec<Process> {
    let is_bridge = |process: &Process| role(process, os).is_bridge();
    let orphaned = |process: &Process| {
        let above = ancestors(processes, process);
        let eldest = above.iter().take_while(|ancestor| is_bridge(ancestor)).last().unwrap_or(process);
        eldest.parent.is_none()
    };
    processes.iter().filter(|process| is_bridge(process) && orphaned(process)).cloned().collect()
}

fn is_child(process: &Process, parent: &Process) -> bool {
    process.parent == Some(parent.id) && process.id != parent.id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::ProcessId;
    use crate::recognise::tests::process;

    fn started(id: u32, parent: Option<u32>, exe: &str, args: &[&str]) -> Process {
        Process { id: ProcessId(id), parent: parent.map(ProcessId), ..process(exe, args) }
    }

    fn ids(processes: &[Process]) -> Vec<u32> {
        processes.iter().map(|process| process.id.0).collect()
    }

    #[test]
    fn a_running_claude_is_its_main_process_with_everything_below() {
        let app = "/Applications/Claude.app/Contents";
        let all = [
            started(10, None, &format!("{app}/MacOS/Claude"), &[]),
            started(
                11,
                Some(10),
                &format!("{app}/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper"),
                &["--type=gpu"],
            ),
            started(12, Some(10), &format!("{app}/Helpers/disclaimer"), &["--pgroup", "--", "node"]),
            started(
                13,
                Some(12),
                "/usr/local/bin/node",
                &["/x/mcp-remote/dist/proxy.js", "https://a.example"],
            ),
            started(20, None, "/usr/local/bin/claude", &[]),
            started(21, Some(20), "/usr/local/bin/node", &["/x/server.js"]),
        ];
        let running = running_claudes(&all, Os::Macos);
        assert_eq!(running.len(), 1);
        assert_eq!(running[0].main.id, ProcessId(10));
        let mut below = ids(&running[0].below);
        below.sort_unstable();
        assert_eq!(below, [11, 12, 13]);
        assert_eq!(running[0].servers(Os::Macos).map(|server| server.id.0).collect::<Vec<_>>(), [13]);
    }

    #[test]
    fn a_second_instance_on_its_way_out_is_no_second_claude() {
        let exe = r"C:\Users\ada\AppData\Local\AnthropicClaude\app-1.1.2998\claude.exe";
        let all = [started(1, None, exe, &[]), started(2, Some(1), exe, &[]), started(3, None, exe, &[])];
        let mains: Vec<u32> =
            running_claudes(&all, Os::Windows).iter().map(|claude| claude.main.id.0).collect();
        assert_eq!(mains, [1, 3]);
    }

    #[test]
    fn a_bridge_without_its_starter_is_orphaned_and_one_in_a_terminal_is_not() {
        let all = [
            started(2, None, "/usr/bin/node", &["/usr/bin/npx", "mcp-remote", "https://a.example"]),
            started(3, Some(2), "/bin/sh", &["-c", "mcp-remote https://a.example"]),
            started(4, Some(3), "/usr/bin/node", &["/n/.bin/mcp-remote", "https://a.example"]),
            started(5, None, "/usr/bin/bash", &[]),
            started(6, Some(5), "/usr/bin/node", &["/n/.bin/mcp-remote", "https://a.example"]),
            started(7, Some(99), "/home/ada/.bridgekeeper/bin/mcp-bridge", &["https://b.example"]),
            started(8, None, "/home/ada/.bridgekeeper/bin/mcp-bridge", &["https://b.example"]),
        ];
        assert_eq!(ids(&orphaned_bridges(&all, Os::Linux)), [2, 3, 4, 8]);
    }

    #[test]
    fn a_ring_of_parents_ends() {
        let all = [started(1, Some(2), "/a", &[]), started(2, Some(1), "/b", &[])];
        assert_eq!(ids(&ancestors(&all, &all[0])), [2]);
        assert_eq!(ids(&descendants(&all, &all[0])), [2]);
    }
}
