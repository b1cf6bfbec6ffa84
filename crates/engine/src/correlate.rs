//! One finding per cause: what the config shows and what the logs tell, brought together.

use bridgekeeper_doctor::rule::Rule;
use bridgekeeper_model::{Finding, Severity};

/// A problem of the config, and the log rule that is the same cause seen from the other side.
#[derive(Debug, Clone)]
pub(crate) struct ConfigCause {
    pub(crate) finding: Finding,
    pub(crate) log_class: Option<&'static str>,
}

/// Merges both, root causes first. A problem whose cause the logs tell too becomes that finding's evidence and
/// fix; one that the logs do not tell stands under the log class all the same, so that a cause has one name.
pub(crate) fn correlate(
    mut findings: Vec<Finding>,
    causes: Vec<ConfigCause>,
    rules: &[&'static Rule],
) -> Vec<Finding> {
    for ConfigCause { finding, log_class } in causes {
        let class = log_class.filter(|_| finding.severity != Severity::Info);
        let Some(class) = class else {
            findings.push(finding);
            continue;
        };
        let same = |other: &&mut Finding| {
            other.id == class
                && (other.server == finding.server || other.server.is_none() || finding.server.is_none())
        };
        match findings.iter_mut().find(same) {
            Some(known) => join(known, finding),
            None => findings.push(Finding { id: class.to_owned(), ..finding }),
        }
    }
    let hidden: Vec<bool> = findings.iter().map(|one| is_hidden(one, &findings, rules)).collect();
    let mut hidden = hidden.into_iter();
    findings.retain(|_| !hidden.next().unwrap_or(false));
    // Stable: within one severity the order of the logs, then of the config.
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The config's line comes first: it is where the repair is made.
fn join(known: &mut Finding, more: Finding) {
    known.severity = known.severity.min(more.severity);
    known.server = known.server.take().or(more.server);
    let logs = std::mem::replace(&mut known.evidence, more.evidence);
    known.evidence.extend(logs);
    let fixes = std::mem::replace(&mut known.fixes, more.fixes);
    for fix in fixes {
        if !known.fixes.iter().any(|other| other.id == fix.id) {
            known.fixes.push(fix);
        }
    }
}

/// Whether it is only a consequence of another finding about the same server.
fn is_hidden(one: &Finding, all: &[Finding], rules: &[&'static Rule]) -> bool {
    all.iter().filter(|cause| cause.id != one.id && cause.severity <= one.severity).any(|cause| {
        let about_same = cause.server == one.server || cause.server.is_none();
        let rule = rules.iter().find(|rule| rule.id == cause.id);
        about_same && rule.is_some_and(|rule| rule.hides.contains(&one.id.as_str()))
    })
}
