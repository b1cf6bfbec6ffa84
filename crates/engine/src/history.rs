//! What our own changes mean for what the logs tell: a log speaks of the entry as it was when Claude started it.

use std::collections::BTreeMap;

use bridgekeeper_model::{Finding, Health, Sentence, ServerName, ServerStatus, Severity};
use jiff::Timestamp;

use crate::change::{Entry, Kind, Ledger};
use crate::logs::HomeLogs;
use crate::view::NotChecked;

/// When we last changed each server's entry, as far as the change still stands.
#[derive(Debug, Default)]
pub(crate) struct History {
    changed: BTreeMap<ServerName, Timestamp>,
    last: Option<Timestamp>,
}

impl History {
    /// Reads it from the journal's entries. What was taken back is as it was: the logs speak of it again.
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut history = Self::default();
        let stands = |entry: &&Entry| entry.kind != Kind::Undo && !Ledger::is_undone(entries, &entry.id);
        for entry in entries.iter().filter(stands) {
            history.last = history.last.max(Some(entry.time));
            for server in &entry.servers {
                history.changed.insert(server.clone(), entry.time);
            }
        }
        history
    }

    /// When the entry was changed, if Claude has not started it since.
    pub(crate) fn unseen_change(&self, server: &ServerName, logs: &HomeLogs) -> Option<Timestamp> {
        let changed = *self.changed.get(server)?;
        let track = logs.scan.track(server);
        let last = track.and_then(|track| track.sessions().filter_map(|session| session.last()?.time).max());
        last.is_none_or(|last| last < changed).then_some(changed)
    }

    /// A failure from before a repair is no failure of the repaired set-up. It stays as a note.
    pub(crate) fn settle(&self, findings: &mut [Finding], logs: &HomeLogs) {
        for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Info) {
            let from_logs = !finding.evidence.is_empty()
                && finding.evidence.iter().all(|evidence| logs.is_log(&evidence.file));
            if !from_logs {
                continue;
            }
            let changed = match &finding.server {
                Some(server) => self.unseen_change(server, logs),
                None => self.last.filter(|last| {
                    let told = finding.evidence.iter().filter_map(|evidence| evidence.time).max();
                    told.is_some_and(|told| told < *last)
                }),
            };
            if let Some(changed) = changed {
                finding.severity = Severity::Info;
                let words =
                    if finding.message.ends_with('.') { "{said} {before}" } else { "{said}. {before}" };
                let said = std::mem::take(&mut finding.sentence);
                let told = |time: String| {
                    let before = Sentence::of("This was before the change ({time}).").with("time", time);
                    Sentence::of(words).with("said", said.clone()).with("before", before)
                };
                finding.message = told(changed.strftime("%Y-%m-%d %H:%M UTC").to_string()).in_english();
                // A window says it in the time and the words of the place where it stands
                finding.sentence = told(changed.to_string());
            }
        }
    }

    /// The servers whose changed entry Claude has not started yet.
    pub(crate) fn waiting(&self, servers: &[ServerStatus]) -> Option<NotChecked> {
        let waiting: Vec<&str> = servers
            .iter()
            .filter(|server| server.state == Health::NeverSeen && self.changed.contains_key(&server.name))
            .map(|server| server.name.as_str())
            .collect();
        (!waiting.is_empty()).then(|| NotChecked {
            check: waiting.join(", "),
            why: "changed since Claude last started it; start Claude to see how it does now".to_owned(),
        })
    }
}
