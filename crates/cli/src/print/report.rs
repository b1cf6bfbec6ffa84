use std::fmt::Write as _;

use bridgekeeper_engine::policy::Policy;
use bridgekeeper_engine::{ConfigReport, Report, call_for, is_edit};
use bridgekeeper_model::{Applicability, Finding, Fix, Severity};

use super::finding::{finding, notes, summary};
use super::style::{DIM, ERROR, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted, servers, shell_word};

/// What the files say: what there is, how each server does, what is wrong, what to type.
pub(crate) fn report_of_files(report: &Report, setting: Setting<'_>) -> String {
    let mut text = installs(report, setting);
    for config in &report.configs {
        text.push_str(&config_lines(config, setting));
    }
    text.push_str(&report.policy.as_ref().map(policy).unwrap_or_default());
    if !report.servers.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "Servers"));
        text.push_str(&servers(&report.servers));
    }
    text.push_str(&findings(&report.findings.iter().collect::<Vec<_>>(), "Found", setting));
    text.push_str(&next_step(report, setting));
    text
}

/// What the computer told after that, and what nobody could tell.
pub(crate) fn report_of_computer(files: &Report, report: &Report, setting: Setting<'_>) -> String {
    let is_new = |one: &&Finding| {
        let same = |known: &Finding| {
            (&known.id, &known.server, known.severity) == (&one.id, &one.server, one.severity)
        };
        !files.findings.iter().any(same)
    };
    let new: Vec<&Finding> = report.findings.iter().filter(is_new).collect();
    let mut text = findings(&new, "On this computer: found", setting);
    if report.findings.is_empty() && !(report.installs.is_empty() && report.configs.is_empty()) {
        let _ = writeln!(text, "\n{}", painted(GOOD, "✓ Nothing wrong was found."));
    }
    if next_step(files, setting).is_empty() {
        text.push_str(&next_step(report, setting));
    }
    if !report.not_checked.is_empty() {
        let _ = writeln!(text, "\n{}", painted(TITLE, "Not checked"));
        for item in &report.not_checked {
            let _ = writeln!(text, "  {} {}", painted(DIM, &format!("{}:", item.check)), item.why);
        }
    }
    text
}

fn installs(report: &Report, setting: Setting<'_>) -> String {
    let mut text = String::new();
    for install in &report.installs {
        let version = install.version.as_deref().unwrap_or("of unknown version");
        let title = painted(TITLE, &format!("Claude Desktop {version}"));
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{title} {}", painted(DIM, &format!("({})", install.build.title())));
        let _ = writeln!(text, "  {}", painted(DIM, &setting.path(&install.path)));
    }
    if report.installs.is_empty() {
        let _ = writeln!(
            text,
            "{}",
            painted(TITLE, "Claude Desktop is not installed, as far as these places tell:")
        );
        for place in &report.looked_in {
            let _ = writeln!(text, "  {}", painted(DIM, &setting.path(place)));
        }
    }
    text
}

fn config_lines(config: &ConfigReport, setting: Setting<'_>) -> String {
    let is_broken = config.error.is_some() || config.parses == Some(false);
    let (glyph, paint, word) = match config.live {
        Some(true) if is_broken => ("✗", ERROR, "read by Claude"),
        Some(true) => ("✓", GOOD, "read by Claude"),
        Some(false) => ("–", DIM, "not read by Claude"),
        None => ("?", WARNING, "perhaps read by Claude"),
    };
    let state = match (&config.error, config.parses) {
        (Some(error), _) => painted(ERROR, &format!("cannot be read: {error}")),
        (None, Some(true)) => counted(config.servers.len(), "server", "servers"),
        (None, Some(false)) => painted(ERROR, "not valid JSON"),
        (None, None) => "not there yet".to_owned(),
    };
    let mut text = String::new();
    let _ = writeln!(text, "\n{} {}", painted(paint, glyph), setting.path(&config.path));
    let _ = writeln!(text, "  {word}, {state}");
    let _ = writeln!(text, "  {}", painted(DIM, &format!("because {}", config.why)));
    text
}

/// What an organisation has set, in a line for each thing.
fn policy(policy: &Policy) -> String {
    let who = policy.organisation.as_deref().unwrap_or("your organisation");
    let mut text = format!("\n{}\n", painted(TITLE, &format!("Set by {who}")));
    let mut line = |words: &str| {
        let _ = writeln!(text, "  {words}");
    };
    if policy.updates_off {
        line("updates are off");
    }
    match policy.allowed_servers.as_deref() {
        Some([]) => line("no server may be added"),
        Some(patterns) => {
            let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
            line(&format!("servers that may be added: {}", patterns.join(", ")));
        }
        None => {}
    }
    if let Some(address) = &policy.report_address {
        line(&format!("reports go to {address}"));
    }
    line(&painted(DIM, &format!("in {}", policy.places.join(", "))));
    text
}

fn findings(found: &[&Finding], title: &str, setting: Setting<'_>) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let severities = found.iter().map(|finding| finding.severity);
    let _ = writeln!(text, "\n{}", painted(TITLE, &format!("{title} {}", summary(severities))));
    for one in found.iter().filter(|finding| finding.severity != Severity::Info) {
        text.push('\n');
        text.push_str(&finding(one, setting));
    }
    let infos = found.iter().filter(|finding| finding.severity == Severity::Info);
    let notes = notes(infos.map(|note| (note.id.as_str(), note.server.as_ref(), note.message.as_str())));
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&notes);
    }
    text
}

/// The command that repairs what is wrong in the file that is read: the automatic fixes, else those on request.
fn next_step(report: &Report, setting: Setting<'_>) -> String {
    let live = report.configs.iter().find(|config| config.live == Some(true));
    let Some(config) = live else { return String::new() };
    let wrong = report.findings.iter().filter(|finding| finding.severity != Severity::Info);
    let offered: Vec<&Fix> = wrong.flat_map(|finding| &finding.fixes).collect();
    if let Some(call) = offered.iter().find_map(|fix| call_for(fix)) {
        let command = setting.command(call);
        return format!("\n{}\n  {command}\n", painted(TITLE, "See the repair, before anything is written:"));
    }
    let fixes: Vec<&Fix> = offered.into_iter().filter(|fix| is_edit(&fix.id)).collect();
    let only = if fixes.iter().any(|fix| fix.applicability == Applicability::Automatic) {
        String::new()
    } else if let Some(fix) = fixes.iter().find(|fix| fix.applicability == Applicability::Ask) {
        format!(" --only {}", fix.id)
    } else {
        return String::new();
    };
    let file = shell_word(&config.path.to_string_lossy());
    let command = setting.command(&format!("fix-config {file}{only} --diff"));
    format!("\n{}\n  {command}\n", painted(TITLE, "See the repair, before anything is written:"))
}
