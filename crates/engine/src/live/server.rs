//! What a server's page can ask beyond the snapshot: the entry tried, the server asked from outside, its tools as they
//! were last seen, and the bridges that run for it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bridgekeeper_formats::config::{ConfigFile, Entry};
use bridgekeeper_formats::secrets;
use bridgekeeper_machine::{MachineError, Process, orphaned_bridges};
use bridgekeeper_mcp_remote::{CommandLine, Invocation};
use bridgekeeper_model::{BridgeState, SecretName, Verdict};
use serde::Serialize;
use serde_json::Value;

use super::telling::Told as _;
use super::{ActError, Live};
use crate::add::OfferedServer;
use crate::bridges::{self, Kinship, RunningBridge};
use crate::edits::{live_config, present};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::probe::{self, ProbeError};
use crate::trial::{CLAUDE_WAITS, Effect, Patience, Progress, Stream, Tool, Trial};
use crate::view::{FindingView, Shown};

pub use crate::trial::Cancelled;

/// How long a bridge that was asked to end may take.
const TO_END: Duration = Duration::from_secs(3);
/// The folder in which bridges remember what servers said.
const MEMORY: &str = "servers";

/// What happens while an entry is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "what")]
pub enum TrialNews {
    /// It begins to wait for this.
    Waits(String),
    /// The server printed a line.
    Printed(PrintedView),
}

/// A line that a server printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PrintedView {
    /// Where it printed it.
    pub stream: Stream,
    /// The line, secrets masked.
    pub text: String,
}

/// How an entry is to be tried.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// Ends it.
    pub cancelled: Cancelled,
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TrialView {
    /// What is started, secrets masked.
    pub command_line: String,
    /// Where the entry's command led to; `None` where no folder has it.
    pub program: Option<String>,
    /// The folders that were searched for it.
    pub search_path: Vec<String>,
    /// The working folder.
    pub folder: String,
    /// What is not known for certain, and what the system understands in another way than it was meant.
    pub remarks: Vec<String>,
    /// Why it was not started here, where it was not.
    pub not_run: Option<String>,
    /// What it answered, in words; `None` where it did not.
    pub handshake: Option<HandshakeView>,
    /// Its tools; `None` where it listed none.
    pub tools: Option<Vec<ToolView>>,
    /// What it printed.
    pub printed: Vec<PrintedView>,
    /// How it ended by itself.
    pub exit: Option<String>,
    /// The sum of it.
    pub verdict: Verdict,
    /// What the rules say to it, the root cause first.
    pub findings: Vec<FindingView>,
}

/// The answer to the first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HandshakeView {
    /// The revision of MCP that it speaks.
    pub protocol: String,
    /// Its name and version for itself.
    pub name: Option<String>,
    /// How long its answer took, in milliseconds.
    pub ms: u32,
}

/// A tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ToolView {
    /// The name by which it is called.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does, in the server's words.
    pub description: Option<String>,
    /// The schema of its arguments, as indented JSON.
    pub input: Option<String>,
    /// What it does to the world, as the server says.
    pub effect: Option<Effect>,
}

/// The tools of a server as they were last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ToolsView {
    /// The tools.
    pub tools: Vec<ToolView>,
    /// When the bridge saw them.
    pub seen: Option<String>,
}

/// A bridge that runs for a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BridgeView {
    /// Its process.
    pub process: u32,
    /// Its version.
    pub version: String,
    /// How it stands with the server.
    pub state: BridgeState,
    /// Since when.
    pub since: String,
    /// When it started.
    pub started: String,
    /// When the present connection was made.
    pub session_since: Option<String>,
    /// Requests that wait for an answer.
    pub in_flight: u32,
    /// The revision of MCP that the server speaks.
    pub protocol: Option<String>,
    /// The last thing that went wrong, whether or not it has been mended since.
    pub last_error: Option<String>,
    /// Whether the program that started it is gone, so that nobody uses it.
    pub stray: bool,
}

/// What happens while a server is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case", tag = "kind", content = "what")]
pub enum ProbeNews {
    /// It begins to wait for this.
    Waits(String),
    /// A stage is done.
    Stage(StageView),
}

/// What came of asking a server from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProbeView {
    /// The address that was asked, without user and query.
    pub url: String,
    /// The stages, in order.
    pub stages: Vec<StageView>,
    /// Who can use the server.
    pub who: Vec<WhoView>,
    /// What was left out, and why.
    pub notes: Vec<String>,
    /// Whether it answers and nothing is wrong.
    pub clean: bool,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StageView {
    /// Which.
    pub stage: String,
    /// Whether it passed; `None` where it was not needed or could not be checked.
    pub ok: Option<bool>,
    /// Whether it was looked at.
    pub checked: bool,
    /// How long it took, in milliseconds.
    pub ms: u32,
    /// The result as one sentence.
    pub message: String,
    /// More lines.
    pub details: Vec<String>,
    /// What is wrong, or worth knowing.
    pub findings: Vec<FindingView>,
}

/// Whether one client can use the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct WhoView {
    /// The client, as its vendor calls it.
    pub client: String,
    /// `None` where it could not be decided.
    pub ok: Option<bool>,
    /// The reason.
    pub why: String,
    /// The month of what is known of the client, `YYYY-MM`.
    pub as_of: String,
}

impl Live {
    /// Starts an entry as Claude would, shakes hands, lists its tools and ends it. `None` where it was cancelled.
    pub fn try_server(
        &self,
        server: &str,
        attempt: &Attempt,
        mut tell: impl FnMut(TrialNews),
    ) -> Result<Option<TrialView>, ActError> {
        let engine = &self.shared.engine;
        let language = self.language();
        let patience = Patience { limit: CLAUDE_WAITS, cancelled: attempt.cancelled.clone() };
        let trial = engine.try_server(server, patience, &mut |progress| {
            let news = match progress {
                Progress::Waits(what) => TrialNews::Waits(what.to_owned()),
                Progress::Line(line) => TrialNews::Printed(PrintedView::of(line)),
            };
            tell(news.told(&language));
        })?;
        let shown = Shown { home: &engine.context().home, language: &language };
        Ok((!attempt.cancelled.is_set()).then(|| TrialView::of(trial, &shown).told(&language)))
    }

    /// The tools of a server as a bridge of ours saw them last; `None` where none has.
    pub fn tools(&self, server: &str) -> Result<Option<ToolsView>, ActError> {
        let engine = &self.shared.engine;
        let Some(url) = bridges::server_of(&entry(engine, server)?) else { return Ok(None) };
        let folder = engine.context().home.bridgekeeper_folder().join(MEMORY);
        let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
        let newest = files.filter_map(|file| remembered(&file, &url)).max_by_key(|(written, _)| *written);
        Ok(newest.map(|(written, tools)| ToolsView {
            tools: tools.into_iter().map(ToolView::of).collect(),
            seen: jiff::Timestamp::try_from(written).ok().map(|time| time.to_string()),
        }))
    }

    /// The bridges that run for a server, the one that started last first.
    pub fn bridges(&self, server: &str) -> Result<Vec<BridgeView>, ActError> {
        let engine = &self.shared.engine;
        let entry = entry(engine, server)?;
        let strays = strays(engine).unwrap_or_default();
        let home = &engine.context().home;
        let running = bridges::running(home).into_iter();
        let (same, other): (Vec<_>, Vec<_>) = running
            .filter_map(|bridge| Some((bridge.kinship(&entry, home)?, bridge)))
            .partition(|(kinship, _)| *kinship == Kinship::SameStart);
        // Another entry of the same server may have started what was not started in just this way
        let own = if same.is_empty() { other } else { same };
        let language = self.language();
        Ok(own.iter().map(|(_, bridge)| BridgeView::of(bridge, &strays).told(&language)).collect())
    }

    /// Ends a bridge that nobody uses any more. One whose starter still runs is refused.
    pub fn end_bridge(&self, process: u32) -> Result<(), ActError> {
        let engine = &self.shared.engine;
        let machine = &engine.context().machine;
        let strays = strays(engine).map_err(EngineError::Machine)?;
        let stray = strays.into_iter().find(|stray| stray.id.0 == process).ok_or_else(|| {
            ActError::not_possible("it has ended, or the program that started it still runs and needs it")
        })?;
        // One that cannot be asked is ended
        let _ = machine.ask_to_quit(&stray);
        let left = machine.wait(&[stray], TO_END);
        left.iter().try_for_each(|stray| machine.end(stray)).map_err(EngineError::Machine)?;
        let still = machine.wait(&left, TO_END);
        self.look();
        if still.is_empty() { Ok(()) } else { Err(ActError::not_possible("it does not end")) }
    }

    /// Asks the server of an entry from outside, with the entry's own headers.
    pub fn probe_server(
        &self,
        server: &str,
        tell: impl FnMut(ProbeNews) + Send,
    ) -> Result<ProbeView, ActError> {
        let entry = entry(&self.shared.engine, server)?;
        let Some(target) = Target::of(&entry) else {
            return Err(ActError::not_possible(format!("{server} runs on this computer and has no address")));
        };
        self.probe(&target, tell)
    }

    /// Asks one of the servers that were pasted.
    pub fn probe_offer(
        &self,
        number: u32,
        tell: impl FnMut(ProbeNews) + Send,
    ) -> Result<ProbeView, ActError> {
        let offered = self.pasted(number)?;
        let OfferedServer::Remote { url, headers } = offered.server else {
            return Err(ActError::not_possible(format!("{} runs on this computer", offered.name)));
        };
        self.probe(&Target { url, headers, notes: vec![] }, tell)
    }

    fn probe(&self, target: &Target, mut tell: impl FnMut(ProbeNews) + Send) -> Result<ProbeView, ActError> {
        let engine = &self.shared.engine;
        let language = self.language();
        let shown = Shown { home: &engine.context().home, language: &language };
        let environment = engine.context().home.environment();
        let variable = |name: &str| environment.get(name).cloned();
        let report = probe::probe(
            &target.url,
            &target.headers,
            variable,
            SystemTime::from((engine.context().now)()),
            &mut |progress| {
                let news = match progress {
                    probe::Progress::Waiting { waits_for, .. } => ProbeNews::Waits(waits_for.to_owned()),
                    probe::Progress::Done(stage) => ProbeNews::Stage(StageView::of(stage, &shown)),
                };
                tell(news.told(&language));
            },
        );
        let report = report.map_err(|error| ActError::not_possible(told(&error)))?;
        let view = ProbeView {
            clean: report.is_clean(),
            url: report.url,
            stages: report.stages.iter().map(|stage| StageView::of(stage, &shown)).collect(),
            who: report.who.into_iter().map(WhoView::of).collect(),
            notes: target.notes.clone(),
        };
        Ok(view.told(&language))
    }
}

/// An error with its causes, in one line.
fn told(error: &ProbeError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        text = format!("{text}: {one}");
        cause = one.source();
    }
    text
}

fn entry(engine: &Engine, server: &str) -> Result<Entry, ActError> {
    let bytes = present(&live_config(engine.context())?);
    let file = bytes.as_deref().map(ConfigFile::read);
    let entry = file.as_ref().and_then(|file| file.server(server)).cloned();
    Ok(entry.ok_or_else(|| EngineError::NoSuchServer(server.into()))?)
}

fn strays(engine: &Engine) -> Result<Vec<Process>, MachineError> {
    let context = engine.context();
    Ok(orphaned_bridges(&context.machine.processes()?, context.home.os()))
}

/// The tools in a file of a bridge's memory, if it is about that server.
fn remembered(file: &PathBuf, url: &str) -> Option<(SystemTime, Vec<Tool>)> {
    let told: Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
    if told["server"].as_str() != Some(url) {
        return None;
    }
    let tools = told["tools"]["tools"].as_array()?;
    let written = fs::metadata(file).and_then(|metadata| metadata.modified()).ok()?;
    Some((written, tools.iter().filter_map(Tool::read).collect()))
}

/// What an entry says of a remote server.
struct Target {
    url: String,
    headers: Vec<(String, String)>,
    notes: Vec<String>,
}

impl Target {
    fn of(entry: &Entry) -> Option<Self> {
        let arguments = entry.arguments();
        let command = entry.command.as_ref().map(|text| text.value.as_str()).unwrap_or_default();
        let invocation = Invocation::recognise(command, &arguments);
        let line = invocation.map_or_else(|| CommandLine::parse(&arguments), |found| found.line);
        let is_url = |text: &String| text.starts_with("http://") || text.starts_with("https://");
        let url = entry.url.as_ref().map(|url| url.value.trim().to_owned());
        let url = url.or_else(|| line.server_url.map(|url| url.value)).filter(is_url)?;
        let mut target = Self { url, headers: vec![], notes: vec![] };
        let written = entry.headers.iter().map(|header| (&header.name.value, &header.value.value));
        let given = line.headers.iter().map(|header| (&header.name, &header.value));
        for (name, value) in written.chain(given) {
            let value = with_variables(entry, value);
            if SecretName::references_in(&value).is_empty() {
                target.headers.push((name.clone(), value));
            } else {
                target.notes.push(format!("The header {name} stands in the keyring and was not sent."));
            }
        }
        Some(target)
    }
}

/// `${NAME}` of the entry's own `env` filled in, as bridges do.
fn with_variables(entry: &Entry, value: &str) -> String {
    entry.env.iter().fold(value.to_owned(), |value, variable| {
        value.replace(&format!("${{{}}}", variable.name.value), &variable.value.value)
    })
}

impl PrintedView {
    fn of(line: &crate::trial::Printed) -> Self {
        Self { stream: line.stream, text: line.text.clone() }
    }
}

impl TrialView {
    fn of(trial: Trial, shown: &Shown<'_>) -> Self {
        let start = trial.start;
        Self {
            command_line: start.command_line,
            program: start.program,
            search_path: start.search_path,
            folder: start.folder,
            remarks: start.breaks.into_iter().chain(start.assumed).collect(),
            not_run: trial.not_run,
            handshake: trial.handshake.map(|shake| HandshakeView {
                protocol: shake.protocol,
                name: shake.name.map(|name| match &shake.version {
                    Some(version) => format!("{name} {version}"),
                    None => name,
                }),
                ms: u32::try_from(shake.ms).unwrap_or(u32::MAX),
            }),
            tools: trial.tools.is_some().then(|| trial.described.into_iter().map(ToolView::of).collect()),
            printed: trial.printed.iter().map(PrintedView::of).collect(),
            exit: trial.exit.map(|exit| exit.said),
            verdict: trial.verdict,
            findings: trial.findings.iter().map(|finding| shown.finding(finding)).collect(),
        }
    }
}

impl ToolView {
    fn of(tool: Tool) -> Self {
        let Tool { name, title, description, input, effect } = tool;
        Self { name, title, description, input, effect }
    }
}

impl BridgeView {
    fn of(bridge: &RunningBridge, strays: &[Process]) -> Self {
        let status = &bridge.status;
        let error = status.last_error.as_ref();
        Self {
            process: status.pid,
            version: status.version.clone(),
            state: status.state,
            since: status.since.to_string(),
            started: status.started.to_string(),
            session_since: status.session_since.map(|time| time.to_string()),
            in_flight: u32::try_from(status.in_flight).unwrap_or(u32::MAX),
            protocol: status.protocol.clone(),
            last_error: error.map(|error| secrets::mask(&error.message).into_owned()),
            stray: strays.iter().any(|stray| stray.id.0 == status.pid),
        }
    }
}

impl StageView {
    fn of(report: &probe::StageReport, shown: &Shown<'_>) -> Self {
        Self {
            stage: report.stage.as_str().to_owned(),
            ok: report.status.ok(),
            checked: !matches!(report.status, probe::Status::NotChecked),
            ms: u32::try_from(report.elapsed.as_millis()).unwrap_or(u32::MAX),
            message: report.message.clone(),
            details: report.details.clone(),
            findings: report.findings.iter().map(|finding| shown.finding(finding)).collect(),
        }
    }
}

impl WhoView {
    fn of(who: probe::Who) -> Self {
        Self { client: who.client.to_owned(), ok: who.ok, why: who.why, as_of: who.as_of.to_owned() }
    }
}
