//! Everything that the facts about a computer show.

use bridgekeeper_model::{Evidence, Finding, ServerName};

use crate::config_check::{FILE_NAME, masked_line, sentence};
use crate::rule::{Detect, MachineView, Rule, Trouble};
use crate::rules::config::reading::remote;
use crate::rules::machine;
use crate::{fixes, remedies};

/// A finding, and the log rule that is the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineFinding {
    /// What was found.
    pub finding: Finding,
    /// The log rule that reports the same cause, if there is one.
    pub log_class: Option<&'static str>,
}

/// What every rule of the machine finds, in the order of the rules.
pub fn check_machine(view: &MachineView<'_>) -> Vec<MachineFinding> {
    machine::ALL.iter().flat_map(|rule| check_by(rule, view)).collect()
}

/// What one rule finds. A rule that looks at anything else finds nothing here.
pub fn check_by(rule: &Rule, view: &MachineView<'_>) -> Vec<MachineFinding> {
    let Detect::Machine { troubles } = rule.detect else { return Vec::new() };
    troubles(view).into_iter().map(|trouble| finding(rule, view, trouble)).collect()
}

fn finding(rule: &Rule, view: &MachineView<'_>, trouble: Trouble) -> MachineFinding {
    let sentence = sentence(rule, &trouble.args);
    // Our bridge is a cure for entries of remote servers only
    let server = trouble.server.as_ref().map(ServerName::as_str);
    let is_remote = server.and_then(|server| view.config?.server(server)).and_then(remote).is_some();
    let finding = Finding {
        id: rule.id.to_owned(),
        severity: trouble.severity.unwrap_or(rule.severity),
        message: sentence.in_english(),
        evidence: evidence(view, &trouble).into_iter().collect(),
        server: trouble.server,
        sentence,
        fixes: rule
            .fixes
            .iter()
            .filter(|id| **id != "use-bridge" || is_remote)
            .filter_map(|id| fixes::describe(id).or_else(|| remedies::describe(id)))
            .collect(),
    };
    MachineFinding { finding, log_class: trouble.log_class }
}

/// The entry's command in the config. Facts of the whole computer stand in no file.
fn evidence(view: &MachineView<'_>, trouble: &Trouble) -> Option<Evidence> {
    let config = view.config?;
    let entry = config.server(trouble.server.as_ref()?.as_str())?;
    let span = entry.command.as_ref().map_or(&entry.name_span, |command| &command.span);
    let position = config.position(span.start);
    Some(Evidence {
        file: FILE_NAME.to_owned(),
        line: u64::try_from(position.line).unwrap_or(u64::MAX),
        text: masked_line(config.line(position.line).unwrap_or_default().trim()),
        time: None,
    })
}
