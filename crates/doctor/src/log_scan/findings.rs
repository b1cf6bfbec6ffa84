//! From signs to findings: what still holds, what is a mere consequence, what comes first.

use std::collections::{BTreeMap, VecDeque};

use bridgekeeper_model::{Evidence, Finding, Sentence, ServerName, Severity, Value, Verdict};
use jiff::{SignedDuration, Timestamp};

use super::needles::LOG_RULES;
use super::proof::shortened;
use super::tail::TailSays;
use super::{Crash, Diagnosis, LogScan, Place, Track};
use crate::rule::{Detect, Role, Rule};
use crate::{fixes, remedies};

/// Evidence lines that a finding keeps.
const EVIDENCE_KEPT: usize = 3;
/// How far apart two starts are that are not one double start.
const APART: SignedDuration = SignedDuration::from_secs(120);
/// Longest value in a message, in characters.
const LONGEST_VALUE: usize = 120;

/// Everything one rule saw about one server, as of the newest session.
#[derive(Debug, Default)]
pub(super) struct Found {
    evidence: VecDeque<Evidence>,
    args: BTreeMap<&'static str, Value>,
    severity: Option<Severity>,
    last: Option<Place>,
    last_time: Option<Timestamp>,
}

impl Found {
    /// Whether another line of the same session would change nothing but the time.
    pub(super) fn is_full(&self, place: Place, severity: Severity) -> bool {
        let same = self.last.is_some_and(|last| last.file == place.file && last.session == place.session);
        same && self.evidence.len() == EVIDENCE_KEPT && self.severity.is_some_and(|known| known <= severity)
    }

    pub(super) fn count_again(&mut self, place: Place) {
        self.last = Some(place);
        self.last_time = place.time.or(self.last_time);
    }

    pub(super) fn add(
        &mut self,
        place: Place,
        severity: Severity,
        args: &BTreeMap<&'static str, Value>,
        evidence: Evidence,
    ) {
        let new_session =
            self.last.is_none_or(|last| last.file != place.file || last.session != place.session);
        let newer = self.last_time.zip(place.time).is_none_or(|(known, new)| new >= known);
        if new_session && !newer && !self.evidence.is_empty() {
            return;
        }
        if new_session {
            self.evidence.clear();
            self.severity = None;
        }
        if self.severity.is_none_or(|known| severity < known) {
            self.severity = Some(severity);
            self.args.clone_from(args);
        }
        self.count_again(place);
        let known = |known: &Evidence| known.line == evidence.line && known.file == evidence.file;
        if self.evidence.len() < EVIDENCE_KEPT && !self.evidence.iter().any(known) {
            self.evidence.push_back(evidence);
        }
    }
}

struct Candidate<'a> {
    rule: &'static Rule,
    order: u16,
    role: Role,
    server: &'a Option<ServerName>,
    found: &'a Found,
    severity: Severity,
}

pub(super) fn diagnosis(scan: &LogScan) -> Diagnosis {
    let mut candidates: Vec<Candidate<'_>> = scan
        .found
        .iter()
        .flat_map(|(server, found)| found.iter().map(move |(order, found)| (order, server, found)))
        .filter_map(|(order, server, found)| {
            let rule = LOG_RULES[usize::from(*order)];
            let Detect::Log { role, .. } = rule.detect else { return None };
            let severity = if is_over(scan, role, server.as_ref(), found) {
                Severity::Info
            } else {
                found.severity.unwrap_or(rule.severity)
            };
            Some(Candidate { rule, order: *order, role, server, found, severity })
        })
        .collect();
    let outlived: Vec<bool> =
        candidates.iter().map(|one| candidates.iter().any(|other| outlives(other, one))).collect();
    for (candidate, _) in candidates.iter_mut().zip(outlived).filter(|(_, outlived)| *outlived) {
        candidate.severity = Severity::Info;
    }
    candidates.sort_by(|a, b| {
        (a.severity, a.role == Role::Echo, a.order, a.server).cmp(&(
            b.severity,
            b.role == Role::Echo,
            b.order,
            b.server,
        ))
    });
    let shown: Vec<&Candidate<'_>> =
        candidates.iter().filter(|one| !candidates.iter().any(|other| hides(other, one))).collect();
    Diagnosis {
        verdict: verdict(scan, &shown),
        findings: shown.into_iter().map(finding).collect(),
        crashed: scan
            .crashed
            .iter()
            .map(|(rule, message)| Crash { rule, message: message.clone() })
            .collect(),
    }
}

/// Whether the trouble is history: the server worked later.
fn is_over(scan: &LogScan, role: Role, server: Option<&ServerName>, found: &Found) -> bool {
    let Some(last) = found.last else { return false };
    scan.tracks
        .iter()
        .filter(|((_, name), _)| server.is_none() || name.is_none() || name.as_ref() == server)
        .any(|((file, _), track)| {
            let Some((session, success)) = &track.success else { return false };
            let later_session = || {
                let begun = track.current.first().filter(|_| *session == track.number).unwrap_or(success);
                *session > last.session
                    || begun.time.zip(found.last_time).is_some_and(|(begun, last)| begun > last)
            };
            let later = if *file == last.file {
                success.line > last.line
            } else {
                success.time.zip(found.last_time).is_some_and(|(success, last)| success > last)
            };
            later
                && (role == Role::Attempt
                    || if *file == last.file { *session > last.session } else { later_session() })
        })
}

/// Whether a later start of the same server failed for another reason: then the earlier one was mended meanwhile.
/// Starts that follow each other at once are the two copies that Claude makes, and share one cause.
fn outlives(newer: &Candidate<'_>, older: &Candidate<'_>) -> bool {
    let Some((new, old)) = newer.found.last.zip(older.found.last) else { return false };
    let apart = newer.found.last_time.zip(older.found.last_time).is_some_and(|(new, old)| new >= old + APART);
    let later_start = new.file != old.file || new.session > old.session;
    let about_same = newer.server.is_some() && newer.server == older.server;
    about_same && apart && later_start && newer.role != Role::Echo && newer.severity < Severity::Info
}

fn hides(cause: &Candidate<'_>, consequence: &Candidate<'_>) -> bool {
    if std::ptr::eq(cause, consequence) {
        return false;
    }
    let about_same =
        cause.server.is_none() || consequence.server.is_none() || cause.server == consequence.server;
    let stands = cause.severity < Severity::Info || consequence.severity == Severity::Info;
    let declared = cause.rule.hides.contains(&consequence.rule.id);
    let echo = consequence.role == Role::Echo && cause.role != Role::Echo && stands;
    about_same && ((declared && stands) || echo)
}

fn finding(candidate: &Candidate<'_>) -> Finding {
    let values = candidate.found.args.iter().map(|(name, value)| (*name, short(value)));
    let sentence =
        values.fold(Sentence::of(candidate.rule.message), |said, (name, value)| said.with(name, value));
    let ids = candidate.rule.fixes.iter();
    Finding {
        id: candidate.rule.id.to_owned(),
        severity: candidate.severity,
        server: candidate.server.clone(),
        message: sentence.in_english(),
        sentence,
        evidence: candidate.found.evidence.iter().cloned().collect(),
        fixes: ids.filter_map(|id| fixes::describe(id).or_else(|| remedies::describe(id))).collect(),
    }
}

fn short(value: &Value) -> Value {
    let Value::Verbatim(value) = value else { return value.clone() };
    let value = shortened(value);
    let value = match value.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value,
    };
    Value::Verbatim(value)
}

fn verdict(scan: &LogScan, shown: &[&Candidate<'_>]) -> Verdict {
    if shown.iter().any(|candidate| candidate.severity < Severity::Info) {
        return Verdict::Problem;
    }
    let hinted =
        shown.iter().any(|candidate| candidate.rule.id != "client-shutdown" && !is_history(scan, candidate));
    let works = |track: &Track| {
        let now = &track.current;
        now.success().is_some()
            || matches!(now.end, Some((super::End::Intentional, _)))
            || track.success.is_some()
    };
    let tails: Vec<TailSays> = scan.files.iter().map(|file| file.tail.says()).collect();
    let closed = shown.iter().any(|candidate| candidate.rule.id == "client-shutdown");
    let proven = closed && !hinted
        || scan.tracks.values().any(|track| works(track))
        || tails.contains(&TailSays::Works);
    let ordinary = !hinted && tails.contains(&TailSays::Ordinary) && !tails.contains(&TailSays::Unexplained);
    if proven || ordinary { Verdict::Ok } else { Verdict::Inconclusive }
}

fn is_history(scan: &LogScan, candidate: &Candidate<'_>) -> bool {
    is_over(scan, candidate.role, candidate.server.as_ref(), candidate.found)
}
