//! One finding per cause: what the config shows and what the logs tell, brought together.

use bridgekeeper_doctor::rule::Rule;
use bridgekeeper_model::{Evidence, Finding, Severity};

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

/// The config's lines come first, in the order of the file: there the repair is made.
fn join(known: &mut Finding, more: Finding) {
    known.severity = known.severity.min(more.severity);
    known.server = known.server.take().or(more.server);
    let of_config = |line: &&Evidence| more.evidence.iter().any(|other| other.file == line.file);
    let place = known.evidence.iter().take_while(of_config).count();
    let lines = more.evidence.into_iter().filter(|line| !known.evidence.contains(line)).collect::<Vec<_>>();
    known.evidence.splice(place..place, lines);
    let (first, then) = if place == 0 {
        (more.fixes, std::mem::take(&mut known.fixes))
    } else {
        (std::mem::take(&mut known.fixes), more.fixes)
    };
    known.fixes = first;
    for fix in then {
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

#[cfg(test)]
mod tests {
    use bridgekeeper_doctor::rules;
    use bridgekeeper_model::{Applicability, Fix, Sentence, ServerName};

    use super::*;

    fn finding(id: &str, severity: Severity, server: Option<&str>, file: &str, fix: &str) -> Finding {
        Finding {
            id: id.to_owned(),
            severity,
            server: server.map(ServerName::from),
            message: format!("{id} in {file}"),
            sentence: Sentence::default(),
            evidence: vec![Evidence { file: file.to_owned(), line: 1, text: String::new(), time: None }],
            fixes: vec![Fix {
                id: fix.to_owned(),
                title: fix.to_owned(),
                applicability: Applicability::Automatic,
                price: None,
            }],
        }
    }

    fn cause(id: &str, severity: Severity, server: Option<&str>, log_class: &'static str) -> ConfigCause {
        ConfigCause { finding: finding(id, severity, server, "config", "edit"), log_class: Some(log_class) }
    }

    fn told(id: &str, server: Option<&str>) -> Finding {
        finding(id, Severity::Error, server, "log", "remedy")
    }

    fn brought_together(log: Vec<Finding>, config: Vec<ConfigCause>) -> Vec<Finding> {
        correlate(log, config, &rules::ALL)
    }

    #[test]
    fn one_cause_seen_from_both_sides_is_one_finding() {
        let config = cause("args-with-space", Severity::Error, Some("a"), "windows-path-space");
        let found = brought_together(vec![told("windows-path-space", Some("a"))], vec![config]);
        assert_eq!(found.len(), 1);
        let files: Vec<_> = found[0].evidence.iter().map(|line| line.file.as_str()).collect();
        let remedies: Vec<_> = found[0].fixes.iter().map(|fix| fix.id.as_str()).collect();
        assert_eq!(
            (found[0].id.as_str(), files, remedies),
            ("windows-path-space", vec!["config", "log"], vec!["edit", "remedy"])
        );
        assert_eq!(found[0].message, "windows-path-space in log");
    }

    #[test]
    fn the_lines_of_a_config_stand_in_its_order_before_those_of_the_log() {
        let at = |line: u64| {
            let mut cause = cause("trailing-comma", Severity::Error, None, "config-json-invalid");
            cause.finding.evidence[0].line = line;
            cause
        };
        let found = brought_together(vec![told("config-json-invalid", None)], vec![at(2), at(4), at(7)]);
        let lines: Vec<_> = found[0].evidence.iter().map(|line| (line.file.as_str(), line.line)).collect();
        assert_eq!(lines, [("config", 2), ("config", 4), ("config", 7), ("log", 1)]);
    }

    #[test]
    fn what_only_the_config_shows_has_the_same_name() {
        let config = cause("args-with-space", Severity::Error, Some("b"), "windows-path-space");
        let found = brought_together(vec![told("windows-path-space", Some("a"))], vec![config]);
        let named: Vec<_> =
            found.iter().map(|f| (f.id.as_str(), f.server.as_ref().map(ServerName::as_str))).collect();
        assert_eq!(named, [("windows-path-space", Some("a")), ("windows-path-space", Some("b"))]);
    }

    #[test]
    fn a_note_is_not_made_a_cause() {
        let config = cause("command-not-on-path", Severity::Info, Some("a"), "spawn-enoent-other");
        let found = brought_together(vec![], vec![config]);
        assert_eq!((found[0].id.as_str(), found[0].severity), ("command-not-on-path", Severity::Info));
    }

    #[test]
    fn a_cause_of_the_config_hides_its_consequences_in_the_log_of_that_server_alone() {
        let hiding = rules::ALL.iter().find(|rule| !rule.hides.is_empty()).unwrap();
        let hidden = hiding.hides[0];
        let config = cause("any", Severity::Error, Some("a"), hiding.id);
        let found = brought_together(vec![told(hidden, Some("a")), told(hidden, Some("b"))], vec![config]);
        let named: Vec<_> =
            found.iter().map(|f| (f.id.as_str(), f.server.as_ref().unwrap().as_str())).collect();
        assert_eq!(named, [(hidden, "b"), (hiding.id, "a")]);
    }
}
