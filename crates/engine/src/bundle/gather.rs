//! What goes into a bundle, each text through the redactor.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use bridgekeeper_claude::{Content, Home, LogFile, LogKind, read_config};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json::Value;
use bridgekeeper_formats::log::last_built_in_node;
use bridgekeeper_formats::secrets::{Redacted, Redactor};
use bridgekeeper_model::machine::MachineFacts;
use bridgekeeper_model::{Finding, Os, Severity};

use super::{Bundle, FindingPart, ServerLine, TextPart, computer, config_text, tracker};
use crate::bridges;
use crate::context::Context;
use crate::diff::Secrets;
use crate::log_lines::{self, Wanted};
use crate::logs;
use crate::publish;
use crate::report::{ConfigReport, Report};

/// Lines of each log's end.
const LINES_OF_A_LOG: usize = 60;
/// How much of the end of `main.log` is searched for Claude's last start, in bytes.
const END_OF_MAIN: u64 = 1024 * 1024;
/// Lines of evidence per finding.
const LINES_OF_EVIDENCE: usize = 5;
/// Variables that name the person or the machine.
const NAMES: &[&str] = &["USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME", "USERDOMAIN"];

/// Looks at the set-up and takes out what must not leave it.
pub(crate) fn gather(context: &Context, report: &Report) -> Bundle {
    let files: Vec<(&ConfigReport, Option<ConfigFile>)> = report
        .configs
        .iter()
        .map(|config| {
            let file = match read_config(&config.path) {
                Content::Read(bytes) => Some(ConfigFile::read(&bytes)),
                Content::Absent | Content::Unreadable(_) => None,
            };
            (config, file)
        })
        .collect();
    let redactor = redactor(context, files.iter().filter_map(|(_, file)| file.as_ref()));
    let live = files.iter().find(|(config, file)| config.live != Some(false) && file.is_some());
    let live = live.and_then(|(_, file)| file.as_ref());
    let entry = |finding: &Finding| live?.server(finding.server.as_ref()?.as_str()).cloned();
    let clock_ahead = bridges::clock_ahead(&bridges::running(&context.home));
    let facts = MachineFacts { clock_ahead, ..context.computer.facts() };
    let gathering = Gathering { context, report, redactor: &redactor };
    Bundle {
        made_at: redactor.redact(&(context.now)().strftime("%Y-%m-%d %H:%M UTC").to_string()),
        environment: gathering.environment(live),
        processes: computer::processes(context, &redactor),
        bridges: computer::bridges(context, &redactor),
        computer: computer::facts(&facts, &redactor),
        servers: gathering.servers(),
        findings: report.findings.iter().map(|finding| gathering.finding(finding)).collect(),
        configs: files.iter().map(|(config, file)| gathering.config(config, file.as_ref())).collect(),
        logs: gathering.logs(),
        not_checked: report
            .not_checked
            .iter()
            .map(|one| (redactor.redact(&one.check), redactor.redact(&one.why)))
            .collect(),
        tracker: tracker::by_policy(&context.policy(), tracker::of(&report.findings, entry, &redactor)),
        title: gathering.title(),
    }
}

/// A redactor that knows this home, its people and the values that its configs keep as secrets.
fn redactor<'a>(context: &Context, files: impl Iterator<Item = &'a ConfigFile>) -> Redactor {
    let mut redactor = Redactor::new();
    redactor.hide_home(&context.home.root().to_string_lossy());
    for name in NAMES.iter().filter_map(|variable| context.home.environment().get(*variable)) {
        redactor.hide_name(name);
    }
    for file in files {
        config_text::teach(&mut redactor, file);
    }
    redactor
}

struct Gathering<'a> {
    context: &'a Context,
    report: &'a Report,
    redactor: &'a Redactor,
}

impl Gathering<'_> {
    fn environment(&self, live: Option<&ConfigFile>) -> Vec<(Redacted, Redacted)> {
        let home = &self.context.home;
        let mut lines = vec![
            (Redacted::own("Bridgekeeper"), Redacted::own(env!("CARGO_PKG_VERSION"))),
            (
                Redacted::own("This program runs on"),
                self.said(&format!("{} {}", Os::current(), std::env::consts::ARCH)),
            ),
            (Redacted::own("Rules of"), self.said(home.os().as_str())),
        ];
        for install in &self.report.installs {
            let version = install.version.as_deref().unwrap_or("of unknown version");
            let place = home.shorten(&install.path);
            lines.push((
                Redacted::own("Claude Desktop"),
                self.said(&format!("{version}, {}, {place}", install.build.title())),
            ));
        }
        if self.report.installs.is_empty() {
            lines.push((Redacted::own("Claude Desktop"), Redacted::own("not found")));
        }
        lines.push((Redacted::own("Node inside Claude"), self.said(&built_in_node(home, live))));
        for extension in home.extensions().found {
            let version = extension.version.as_deref().unwrap_or("of unknown version");
            let state = match extension.enabled {
                Some(true) => "on",
                Some(false) => "off",
                None => "on or off is not known",
            };
            lines.push((
                Redacted::own("Extension"),
                self.said(&format!("{} {version}, {state}", extension.display_name)),
            ));
        }
        let bridge = publish::published(&home.bridgekeeper_folder(), home.os());
        let bridge = bridge.map_or(Redacted::own("not published"), |bridge| {
            self.said(&format!("published at {}", home.shorten(&bridge.path)))
        });
        lines.push((Redacted::own("mcp-bridge"), bridge));
        lines
    }

    fn servers(&self) -> Vec<ServerLine> {
        let servers = self.report.servers.iter();
        servers
            .map(|server| ServerLine {
                name: self.said(server.name.as_str()),
                state: server.state,
                since: server.since.map_or(Redacted::own(""), |since| {
                    self.said(&since.strftime("%Y-%m-%d %H:%M UTC").to_string())
                }),
                findings: self.said(&server.findings.join(", ")),
            })
            .collect()
    }

    fn finding(&self, finding: &Finding) -> FindingPart {
        let home = &self.context.home;
        let line = |line: &bridgekeeper_model::Evidence| {
            self.said(&format!("{}:{} {}", home.shorten(Path::new(&line.file)), line.line, line.text))
        };
        FindingPart {
            id: self.said(&finding.id),
            severity: finding.severity,
            server: finding.server.as_ref().map(|server| self.said(server.as_str())),
            message: self.said(&finding.message),
            evidence: finding.evidence.iter().take(LINES_OF_EVIDENCE).map(line).collect(),
            fixes: finding.fixes.iter().map(|fix| self.said(&fix.title)).collect(),
        }
    }

    fn config(&self, config: &ConfigReport, file: Option<&ConfigFile>) -> TextPart {
        let live = match config.live {
            Some(true) => "read by Claude",
            Some(false) => "not read by Claude",
            None => "perhaps read by Claude",
        };
        let error =
            config.error.as_ref().map(|error| format!("; it cannot be read: {error}")).unwrap_or_default();
        TextPart {
            heading: self.said(&self.context.home.shorten(&config.path)),
            about: self.said(&format!("{live}, because {}{error}", config.why)),
            text: file.map_or(Redacted::own(""), |file| config_text::redacted(file, self.redactor)),
        }
    }

    fn logs(&self) -> Vec<TextPart> {
        // Shown as they are: the redactor sees whole texts, and knows more than a mask
        let wanted = Wanted { last: LINES_OF_A_LOG, secrets: Secrets::Shown, ..Wanted::default() };
        let mut logs = log_lines::page(self.context, &wanted).logs;
        // By their names: the times of files that were copied or unpacked together are chance
        logs.sort_by(|a, b| a.file.cmp(&b.file));
        let logs = logs.into_iter();
        logs.map(|page| {
            let lines: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
            TextPart {
                heading: self.said(&self.context.home.shorten(Path::new(&page.file))),
                about: self.said(&format!("its last {} lines of {} bytes", lines.len(), page.bytes)),
                text: self.said(&lines.join("\n")),
            }
        })
        .collect()
    }

    fn title(&self) -> Redacted {
        let cause = self.report.findings.iter().find(|finding| finding.severity != Severity::Info);
        let Some(cause) = cause else {
            return Redacted::own("MCP server does not work in Claude Desktop, no cause found");
        };
        let server = cause.server.as_ref().map(|server| format!(" ({server})")).unwrap_or_default();
        self.said(&format!("{}{server} [{}]", cause.message.trim_end_matches('.'), cause.id))
    }

    fn said(&self, text: &str) -> Redacted {
        self.redactor.redact(text)
    }
}

/// The Node that Claude brings along and runs extensions with. It is a part of Claude's own program, so the log alone
/// tells its version.
fn built_in_node(home: &Home, live: Option<&ConfigFile>) -> String {
    let files = home.log_files().files;
    let main = files.iter().rev().find(|log| log.kind == LogKind::Main);
    let version = main.and_then(|log| last_built_in_node(&end_of(log).ok()?));
    let version = version.as_deref().unwrap_or("of unknown version");
    let setting = live.and_then(|file| file.root()?.get("isUsingBuiltInNodeForMcp"));
    let state = match setting.map(|member| &member.value.value) {
        Some(Value::Bool(true)) => "switched on in the config",
        Some(Value::Bool(false)) => "switched off in the config",
        Some(_) | None => "on unless it was switched off in Claude's settings",
    };
    format!("{version}, {state}")
}

fn end_of(log: &LogFile) -> io::Result<String> {
    let mut file = logs::open(&log.path)?;
    file.seek(SeekFrom::Start(log.bytes.saturating_sub(END_OF_MAIN)))?;
    let mut bytes = Vec::new();
    file.take(END_OF_MAIN).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
