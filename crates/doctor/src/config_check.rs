//! Everything that is wrong with one config file, in the order of its text.

use std::collections::BTreeMap;

use bridgekeeper_formats::secrets;
use bridgekeeper_model::{Evidence, Finding, Sentence, Value};

use crate::fixes::{self, FixFacts, Offers};
use crate::remedies;
use crate::rule::{ConfigFacts, Detect, Problem, Rule};
use crate::rules::config;

/// The name under which evidence names the file; whoever knows its path puts it in.
pub const FILE_NAME: &str = "claude_desktop_config.json";

/// Longest value in a message, in characters.
const LONGEST_VALUE: usize = 160;

/// Longest evidence text, in characters.
const LONGEST_EVIDENCE: usize = 300;

/// Characters of a line that are looked at for evidence.
const LONGEST_LINE: usize = 2_000;

/// A finding and where in the file it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFinding {
    /// What was found.
    pub finding: Finding,
    /// Line, from 1.
    pub line: usize,
    /// Column in UTF-16 units, from 1.
    pub column: usize,
    /// Length in UTF-16 units.
    pub length: usize,
}

/// Checks a file by every rule. What stands first in the text comes first; of findings at one place the graver. The
/// fixes are those that the file alone allows; one that must know the machine first is offered as if it did.
pub fn check_config(facts: &ConfigFacts<'_>) -> Vec<ConfigFinding> {
    check_config_on(facts, &presumed(facts))
}

/// [`check_config`] with what is known of the machine, so that each fix says what it would need here.
pub fn check_config_on(facts: &ConfigFacts<'_>, machine: &FixFacts) -> Vec<ConfigFinding> {
    let mut findings = findings(facts);
    let mut offers = Offers::of(facts.file, machine);
    for found in &mut findings {
        let ids: Vec<&str> = found.finding.fixes.iter().map(|fix| fix.id.as_str()).collect();
        let offered = offers.among(found.finding.server.as_ref(), &ids);
        let remedies = found.finding.fixes.iter().filter(|fix| fixes::named(&fix.id).is_none());
        found.finding.fixes = offered.into_iter().chain(remedies.cloned()).collect();
    }
    findings
}

/// Facts under which no fix is refused for want of knowledge.
fn presumed(facts: &ConfigFacts<'_>) -> FixFacts {
    let unknown = || Some(String::new());
    FixFacts { os: facts.os, bridge: unknown(), home: unknown(), ..FixFacts::default() }
}

fn findings(facts: &ConfigFacts<'_>) -> Vec<ConfigFinding> {
    let mut findings: Vec<ConfigFinding> =
        config::ALL.iter().flat_map(|rule| check_by(rule, facts)).collect();
    findings.sort_by(|a, b| {
        let key = |found: &ConfigFinding| (found.line, found.column, found.finding.severity);
        key(a).cmp(&key(b)).then_with(|| a.finding.id.cmp(&b.finding.id))
    });
    findings
}

/// What one rule finds. A rule that looks at logs finds nothing here.
pub fn check_by(rule: &Rule, facts: &ConfigFacts<'_>) -> Vec<ConfigFinding> {
    let Detect::Config { problems, .. } = rule.detect else { return Vec::new() };
    problems(facts).into_iter().map(|problem| finding(rule, facts, problem)).collect()
}

fn finding(rule: &Rule, facts: &ConfigFacts<'_>, problem: Problem) -> ConfigFinding {
    let position = facts.file.position(problem.span.start);
    let mut sentence = sentence(rule, &problem.args).with("line", position.line.to_string());
    if let Some(server) = &problem.server {
        sentence = sentence.with("server", server.as_str());
    }
    let shown = facts.file.line(position.line).unwrap_or_default().trim();
    let evidence = Evidence {
        file: FILE_NAME.to_owned(),
        line: u64::try_from(position.line).unwrap_or(u64::MAX),
        text: masked_line(shown),
        time: None,
    };
    let finding = Finding {
        id: rule.id.to_owned(),
        severity: problem.severity.unwrap_or(rule.severity),
        server: problem.server,
        message: sentence.in_english(),
        sentence,
        evidence: vec![evidence],
        fixes: rule
            .fixes
            .iter()
            .filter_map(|id| fixes::describe(id).or_else(|| remedies::describe(id)))
            .collect(),
    };
    let length = facts.file.length(&problem.span);
    ConfigFinding { finding, line: position.line, column: position.column, length }
}

/// What a rule says about one place.
pub(crate) fn sentence(rule: &Rule, values: &BTreeMap<&'static str, Value>) -> Sentence {
    values.iter().fold(Sentence::of(rule.message), |said, (name, value)| match value {
        Value::Verbatim(value) => said.with(*name, shortened(value)),
        Value::Words(_) => said.with(*name, value.clone()),
    })
}

/// A value as a message may show it: on one line and not too long. Whoever made it has masked it.
pub(crate) fn shortened(value: &str) -> String {
    let line = value.replace(['\n', '\r', '\t'], " ");
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The beginning of a line, masked. Masking looks at whole values, so it comes before the last cut; a file that is
/// one long line is cut to a sane length first, from its beginning, where no secret can lose the name before it.
pub(crate) fn masked_line(line: &str) -> String {
    let end = line.char_indices().nth(LONGEST_LINE).map_or(line.len(), |(at, _)| at);
    let masked = secrets::mask(&line[..end]).into_owned();
    match masked.char_indices().nth(LONGEST_EVIDENCE) {
        Some((at, _)) => format!("{}…", &masked[..at]),
        None => masked,
    }
}
