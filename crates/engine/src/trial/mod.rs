//! "Try it": an entry is started as Claude would start it here, shakes hands, lists its tools, and is ended.
//!
//! How it starts is a value of `claude::start`; this runs it. What it printed is written as Claude would log it and read
//! by the same rules as a real log, so that a trial and a log name one cause by one name.
//!
//! Deliberately absent: calling a tool, and anything that outlives the trial: what was started ends with it, with
//! everything that it started itself.

mod facts;
mod log;
mod process;
mod talk;
mod tool;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bridgekeeper_claude::start::Start;
use bridgekeeper_formats::secrets;
use bridgekeeper_model::{Finding, Os, ServerName, Verdict};
use serde::Serialize;

use crate::context::Context;
use crate::error::EngineError;
use crate::fix;
use crate::offers::Offers;

/// How long Claude waits for the answer to `initialize`.
pub const CLAUDE_WAITS: Duration = Duration::from_mins(1);

pub use tool::{Effect, Tool};

/// How long a trial may take.
#[derive(Debug, Clone)]
pub struct Patience {
    /// How long the first answer may take.
    pub limit: Duration,
    /// Ends the trial before.
    pub cancelled: Cancelled,
}

impl From<Duration> for Patience {
    fn from(limit: Duration) -> Self {
        Self { limit, cancelled: Cancelled::default() }
    }
}

/// Says from elsewhere that nobody wants to know any more.
#[derive(Debug, Clone, Default)]
pub struct Cancelled(Arc<AtomicBool>);

impl Cancelled {
    /// Ends what looks at it.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was said.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What came of a trial.
#[derive(Debug, Clone, Serialize)]
pub struct Trial {
    /// The server.
    pub server: ServerName,
    /// How it starts.
    pub start: StartView,
    /// Why it was not started here, where it was not.
    pub not_run: Option<String>,
    /// What it answered; `None` where it did not.
    pub handshake: Option<Handshake>,
    /// The names of its tools; `None` where it listed none.
    pub tools: Option<Vec<String>>,
    /// The tools themselves, which the console does not print.
    #[serde(skip)]
    pub described: Vec<Tool>,
    /// What it printed, in the order in which it came.
    pub printed: Vec<Printed>,
    /// How it ended by itself; `None` where it was ended after the trial.
    pub exit: Option<Exit>,
    /// The sum of it.
    pub verdict: Verdict,
    /// What the rules say to what it printed, the root cause first.
    pub findings: Vec<Finding>,
}

/// How a server starts, as it may be shown.
#[derive(Debug, Clone, Serialize)]
pub struct StartView {
    /// Whose rules hold.
    pub os: Os,
    /// What is started, secrets masked; on Windows exactly the text that the system is given.
    pub command_line: String,
    /// Where the entry's command led to; `None` where no folder has it.
    pub program: Option<String>,
    /// The folders that were searched for it, in order.
    pub search_path: Vec<String>,
    /// The working folder.
    pub folder: String,
    /// The names of its variables.
    pub environment: Vec<String>,
    /// What Windows understands in another way than it was meant.
    pub breaks: Vec<String>,
    /// What is not known for certain.
    pub assumed: Vec<String>,
}

/// The answer to the first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// In which era it speaks.
    pub era: Era,
    /// The revision that it speaks.
    pub protocol: String,
    /// Its name for itself.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// How long its answer took, in milliseconds.
    pub ms: u64,
}

/// A time of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Era {
    /// With `initialize`, up to 2025-11-25.
    Initialize,
    /// Without sessions, from 2026-07-28.
    Stateless,
}

/// A line that a server printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Where.
    pub stream: Stream,
    /// The line, secrets masked.
    pub text: String,
}

/// Where a line was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard error, which Claude writes into the server's log.
    Stderr,
    /// Standard output, and it is no message: Claude cannot read it.
    NotProtocol,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exit {
    /// Its exit code, if it ended with one.
    pub code: Option<i32>,
    /// The same in words.
    pub said: String,
}

/// What is going on.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// It begins to wait for this.
    Waits(&'a str),
    /// The server printed a line.
    Line(&'a Printed),
}

/// Tries an entry of the config that Claude reads.
pub(crate) fn try_server(
    context: &Context,
    name: &str,
    patience: &Patience,
    observe: &mut dyn FnMut(Progress<'_>),
) -> Result<Trial, EngineError> {
    let (file, entry) = facts::entry(context, name)?;
    let start = facts::start(context, &entry);
    let mut trial = Trial {
        server: ServerName::from(name),
        start: view(&start),
        not_run: None,
        handshake: None,
        tools: None,
        described: Vec::new(),
        printed: Vec::new(),
        exit: None,
        verdict: Verdict::Inconclusive,
        findings: Vec::new(),
    };
    let mut log = log::TrialLog::new(name, context);
    let refusal = start.command_line.as_ref().and_then(bridgekeeper_claude::start::CommandLine::refusal);
    if let Some(refusal) = refusal {
        trial.not_run = Some("Windows would not get as far as the program; nothing was started.".to_owned());
        log.started();
        refusal.lines().for_each(|line| log.printed(line));
        log.ended();
    } else {
        // What the rules of another system say was shown; what runs, runs by those of this one
        let here = if start.os == Os::current() { start } else { facts::start_here(context, &entry) };
        run(&here, &mut trial, &mut log, patience, observe);
    }
    let diagnosis = log.diagnosis(context);
    trial.findings = diagnosis.findings;
    let for_fixes = fix::facts(context, &file, Some(context.home.os()), &BTreeSet::new());
    let mut offers = Offers::of(&file, &for_fixes);
    for finding in &mut trial.findings {
        offers.put_right(Some(&trial.server), &mut finding.fixes);
    }
    trial.verdict = match (&trial.handshake, diagnosis.verdict) {
        (Some(_), Verdict::Inconclusive) => Verdict::Ok,
        (None, Verdict::Ok) => Verdict::Inconclusive,
        (_, verdict) => verdict,
    };
    Ok(trial)
}

fn run(
    start: &Start,
    trial: &mut Trial,
    log: &mut log::TrialLog,
    patience: &Patience,
    observe: &mut dyn FnMut(Progress<'_>),
) {
    let deadline = Instant::now() + patience.limit;
    if start.found.path().is_none() {
        let program = secrets::mask(&start.program);
        if Path::new(&start.program).is_absolute() && Path::new(&start.program).exists() {
            trial.not_run = Some(format!("`{program}` is no program that may be run"));
            log.not_executable(&start.program);
        } else {
            trial.not_run = Some(format!("no program `{program}` was found"));
            log.not_found(&start.program);
        }
        return;
    }
    observe(Progress::Waits("a second copy of the server, which is asked for its era as Claude does"));
    let era = talk::era(start, &patience.cancelled);
    if patience.cancelled.is_set() {
        return;
    }
    observe(Progress::Waits("the server's first answer"));
    let process = match process::Running::start(start, &patience.cancelled) {
        Ok(process) => process,
        Err(error) => {
            trial.not_run = Some(format!("it could not be started: {error}"));
            log.not_started(&start.program, &error);
            return;
        }
    };
    log.started();
    talk::talk(process, era, trial, log, deadline, observe);
}

fn view(start: &Start) -> StartView {
    let quoted = |word: &String| {
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("\"{word}\"")
        } else {
            word.clone()
        }
    };
    let words = std::iter::once(&start.program).chain(&start.args).map(quoted).collect::<Vec<_>>().join(" ");
    let line = start.command_line.as_ref();
    let separator = bridgekeeper_claude::start::separator(start.os);
    StartView {
        os: start.os,
        command_line: secrets::mask(line.map_or(&words, |line| &line.text)).into_owned(),
        program: start.found.path().map(str::to_owned),
        search_path: start.search_path().split(separator).map(str::to_owned).collect(),
        folder: start.folder.clone(),
        environment: start.env.keys().cloned().collect(),
        breaks: line
            .iter()
            .flat_map(|line| &line.breaks)
            .map(bridgekeeper_claude::start::Break::sentence)
            .collect(),
        assumed: start.assumed.iter().map(|one| one.sentence().to_owned()).collect(),
    }
}
