//! What a look at the set-up tells of the policy.

use std::path::Path;

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::{Evidence, Finding, Sentence, ServerName, Severity};

use super::{Policy, PolicyEffect, PolicyProblem, refused};

/// An entry that the organisation does not allow.
pub(crate) const NOT_ALLOWED: &str = "server-not-allowed";
/// A part of the policy that cannot be read.
pub(crate) const NOT_UNDERSTOOD: &str = "policy-not-understood";

/// What has a page.
pub(crate) const PAGES: [&str; 2] = [NOT_ALLOWED, NOT_UNDERSTOOD];

/// The page of a finding of ours.
pub(crate) fn page(id: &str) -> Option<(Severity, &'static str)> {
    match id {
        NOT_ALLOWED => Some((
            Severity::Warning,
            "The organisation that looks after this computer says which servers may be used, and this one is not among \
             them.\n\n\
             ## Why it matters\n\n\
             Claude starts it all the same, and Bridgekeeper deletes no entry. It adds none that is not allowed, and \
             switches none on.\n\n\
             ## What to do\n\n\
             Ask whoever looks after the computer to allow it; `bridgekeeper doctor` names where that is set. Else \
             take it out of the config: `bridgekeeper switch NAME --off --yes` keeps its entry.",
        )),
        NOT_UNDERSTOOD => Some((
            Severity::Error,
            "A setting that an organisation has made for this computer says nothing that could be read.\n\n\
             ## Why it matters\n\n\
             What it may forbid counts as forbidden until it can be read: updates are off, or no server is added. A key \
             that this version does not know forbids nothing, and may be a slip of the pen.\n\n\
             ## What to do\n\n\
             Whoever looks after the computer corrects it at the place that the finding names. The keys are \
             `Organisation`, `UpdatesOff`, `AllowedServers` and `ReportAddress`.",
        )),
        _ => None,
    }
}

/// What is to be told of the policy itself, and of the entries of the configs that Claude reads or may read.
pub(crate) fn findings<'a>(
    policy: &Policy,
    configs: impl Iterator<Item = (&'a Path, &'a ConfigFile)>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = policy.problems.iter().map(of_problem).collect();
    if policy.allowed_servers.is_some() {
        for (path, file) in configs {
            findings.extend(refused(policy, file).into_iter().map(|entry| {
                let line = file.position(entry.name_span.start).line;
                let evidence = Evidence {
                    file: path.display().to_string(),
                    line: u64::try_from(line).unwrap_or(u64::MAX),
                    text: format!("\"{}\"", entry.name),
                    time: None,
                };
                of_entry(policy, &entry.name, evidence)
            }));
        }
    }
    findings
}

fn of_entry(policy: &Policy, server: &ServerName, evidence: Evidence) -> Finding {
    let sentence = match &policy.organisation {
        Some(name) => Sentence::of("{organisation} does not allow this server; that is set in {place}.")
            .with("organisation", name.clone()),
        None => Sentence::of("Your organisation does not allow this server; that is set in {place}."),
    };
    let sentence = sentence.with("place", policy.places.join(", "));
    finding(NOT_ALLOWED, Severity::Warning, Some(server.clone()), sentence, evidence)
}

fn of_problem(problem: &PolicyProblem) -> Finding {
    let (severity, sentence) = match (problem.effect, &problem.key) {
        (PolicyEffect::Forbids, None) => (
            Severity::Error,
            "Your organisation's settings cannot be read: {why}. Until they can, there are no updates and no server is added.",
        ),
        (PolicyEffect::Forbids, Some(_)) => (
            Severity::Error,
            "`{key}` of your organisation's settings says nothing that could be read: {why}. Until it does, what it may forbid is forbidden.",
        ),
        (PolicyEffect::Ignored, _) => {
            (Severity::Warning, "`{key}` of your organisation's settings does not count: {why}.")
        }
    };
    let mut sentence = Sentence::of(sentence).with("why", problem.why.clone());
    if let Some(key) = &problem.key {
        sentence = sentence.with("key", key.clone());
    }
    let evidence = Evidence {
        file: problem.place.clone(),
        line: 1,
        text: problem.key.clone().unwrap_or_default(),
        time: None,
    };
    finding(NOT_UNDERSTOOD, severity, None, sentence, evidence)
}

fn finding(
    id: &str,
    severity: Severity,
    server: Option<ServerName>,
    sentence: Sentence,
    evidence: Evidence,
) -> Finding {
    let message = sentence.in_english();
    Finding {
        id: id.to_owned(),
        severity,
        server,
        message,
        sentence,
        evidence: vec![evidence],
        fixes: vec![],
    }
}
