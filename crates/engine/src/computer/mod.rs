//! What the checks of the computer tell: each asks one thing, in its own time, and may fail without the others.
//!
//! The files tell most, at once; what is installed and what runs comes behind it. What was told is kept for as long
//! as the engine lives, so that fixes and reports speak of the same computer.
//!
//! Deliberately absent: asking (`bridgekeeper_machine`) and judging (`doctor`).

mod checks;
mod entries;
mod programs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bridgekeeper_doctor::fixes::NodeForNpx;
use bridgekeeper_model::Os;
use bridgekeeper_model::machine::MachineFacts;

use crate::context::Context;
use crate::view::NotChecked;

pub(crate) use entries::Subject;
pub(crate) use programs::find_node;

/// One check of the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Which processes run: Claude, bridges.
    Processes,
    /// What the entries' commands lead to, and which Node runs them.
    Programs,
    /// Whether the engine behind Docker answers, where an entry starts Docker.
    Docker,
    /// Who holds the callback ports.
    Ports,
    /// Which ports Windows keeps to itself.
    ReservedPorts,
    /// Whether the files with certificates can be used.
    Certificates,
    /// Which proxies are set.
    Proxy,
    /// Which inbound rules the Windows firewall has for Node.
    Firewall,
}

impl Check {
    const ALL: [Self; 8] = [
        Self::Processes,
        Self::Programs,
        Self::Docker,
        Self::Ports,
        Self::ReservedPorts,
        Self::Certificates,
        Self::Proxy,
        Self::Firewall,
    ];

    /// Its name, as a report lists it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Processes => "running programs",
            Self::Programs => "installed programs",
            Self::Docker => "Docker",
            Self::Ports => "callback ports",
            Self::ReservedPorts => "reserved ports",
            Self::Certificates => "certificate files",
            Self::Proxy => "proxy",
            Self::Firewall => "firewall",
        }
    }

    /// What it waits for.
    pub const fn waits_for(self) -> &'static str {
        match self {
            Self::Processes => "the list of processes",
            Self::Programs => "Node, Python or uv to tell its version",
            Self::Docker => "Docker's engine to answer",
            Self::Ports => "the list of ports",
            Self::ReservedPorts => "netsh to list the reserved ports",
            Self::Certificates => "the files with certificates",
            Self::Proxy => "the system's proxy settings",
            Self::Firewall => "the list of firewall rules",
        }
    }

    fn concerns(self, os: Os) -> bool {
        !matches!(self, Self::ReservedPorts | Self::Firewall) || os == Os::Windows
    }
}

/// What checks told, for rules and for fixes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) facts: MachineFacts,
    pub(crate) for_fixes: ForFixes,
    /// What a check could not look at although it came to an end.
    pub(crate) left_out: Option<String>,
}

/// What only fixes need.
#[derive(Debug, Clone, Default)]
pub(crate) struct ForFixes {
    pub(crate) programs: BTreeMap<String, String>,
    pub(crate) node: Option<NodeForNpx>,
    pub(crate) short_paths: BTreeMap<String, String>,
    pub(crate) ca_file: Option<String>,
    pub(crate) proxy: Option<String>,
}

/// The newest that the checks told. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Computer(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    told: BTreeMap<Check, Told>,
    failed: BTreeMap<Check, String>,
    waiting: BTreeSet<Check>,
}

impl Computer {
    /// All facts so far.
    pub(crate) fn facts(&self) -> MachineFacts {
        let mut facts = MachineFacts::default();
        for told in self.state().told.values() {
            facts.add(told.facts.clone());
        }
        facts
    }

    pub(crate) fn for_fixes(&self) -> ForFixes {
        let mut all = ForFixes::default();
        for told in self.state().told.values() {
            let more = told.for_fixes.clone();
            all.programs.extend(more.programs);
            all.short_paths.extend(more.short_paths);
            all.node = all.node.or(more.node);
            all.ca_file = all.ca_file.or(more.ca_file);
            all.proxy = all.proxy.or(more.proxy);
        }
        all
    }

    /// Whether Claude ran when it was looked last; `None` where that is not known.
    pub(crate) fn claude_runs(&self) -> Option<bool> {
        self.state().told.get(&Check::Processes).map(|told| !told.facts.claudes.is_empty())
    }

    /// What was not looked at, with one line for all checks that share the reason.
    pub(crate) fn not_checked(&self, os: Os) -> Vec<NotChecked> {
        let state = self.state();
        let mut by_reason: Vec<(String, Vec<&str>)> = Vec::new();
        for check in Check::ALL.into_iter().filter(|check| check.concerns(os)) {
            let why = match state.told.get(&check) {
                Some(told) => told.left_out.clone(),
                None => Some(match state.failed.get(&check) {
                    Some(why) => why.clone(),
                    None if state.waiting.contains(&check) => format!("waits for {}", check.waits_for()),
                    None => "was not looked at yet".to_owned(),
                }),
            };
            let Some(why) = why else { continue };
            match by_reason.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, checks)) => checks.push(check.name()),
                None => by_reason.push((why, vec![check.name()])),
            }
        }
        let one = |(why, checks): (String, Vec<&str>)| NotChecked { check: checks.join(", "), why };
        by_reason.into_iter().map(one).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what a check told; says whether that is anything new.
    fn note(&self, check: Check, result: Result<Told, String>) {
        let mut state = self.state();
        state.waiting.remove(&check);
        match result {
            Ok(told) => {
                state.failed.remove(&check);
                state.told.insert(check, told);
            }
            Err(why) => {
                state.told.remove(&check);
                state.failed.insert(check, why);
            }
        }
    }
}

/// Checks that are under way.
#[derive(Debug)]
pub struct Looking {
    computer: Computer,
    open: BTreeSet<Check>,
    ends: Receiver<Check>,
    until: Instant,
}

/// Looks at what runs, at once and again, in the place of what was known.
pub(crate) fn look_at_processes(context: &Context) {
    let told = checks::processes(context).map_err(|error| error.to_string());
    context.computer.note(Check::Processes, told);
}

/// Begins every check of the computer that says something about this subject, each in a thread of its own. What they
/// tell is kept in the context; `told` is called after each, in its thread.
pub(crate) fn begin(
    context: &Context,
    subject: Subject,
    limit: Duration,
    told: impl Fn() + Clone + Send + 'static,
) -> Looking {
    let subject = Arc::new(subject);
    let (ended, ends) = mpsc::channel();
    let open: BTreeSet<Check> =
        Check::ALL.into_iter().filter(|check| check.concerns(subject.context.home.os())).collect();
    context.computer.state().waiting.extend(&open);
    for check in open.clone() {
        let (subject, ended, told) = (Arc::clone(&subject), ended.clone(), told.clone());
        let computer = context.computer.clone();
        std::thread::spawn(move || {
            computer.note(check, checks::run(check, &subject));
            told();
            // Whoever began the checks may not wait for them
            let _ = ended.send(check);
        });
    }
    Looking { computer: context.computer.clone(), open, ends, until: Instant::now() + limit }
}

impl Looking {
    /// The first of the checks that have not ended.
    pub fn waits_for(&self) -> Option<Check> {
        self.open.first().copied()
    }
}

/// Waits for the next check to end, until all have or the time is over. A check that is late goes on and counts as
/// failed until it ends.
impl Iterator for Looking {
    type Item = Check;

    fn next(&mut self) -> Option<Check> {
        if self.open.is_empty() {
            return None;
        }
        match self.ends.recv_timeout(self.until.saturating_duration_since(Instant::now())) {
            Ok(check) => {
                self.open.remove(&check);
                Some(check)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                let mut state = self.computer.state();
                for check in &self.open {
                    state.waiting.remove(check);
                    state.failed.entry(*check).or_insert_with(|| {
                        format!("it still waited for {} when the time was over", check.waits_for())
                    });
                }
                None
            }
        }
    }
}
