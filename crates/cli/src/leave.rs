//! `undo --all`: Claude's configs as they were before Bridgekeeper.

use std::path::Path;

use bridgekeeper_engine::change::Entry;
use bridgekeeper_engine::{Engine, TakenBack};
use bridgekeeper_model::chain;
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::Go;
use crate::closing::{self, Around, Meanwhile};
use crate::failure::Failure;
use crate::print::{self, Setting};
use crate::restart::Restarted;

/// What it prints.
#[derive(Serialize)]
struct AllBack<'a> {
    /// What would be taken back, or was.
    changes: Vec<One<'a>>,
    /// What stands and could not be taken back.
    left: Vec<One<'a>>,
    written: bool,
    claude_running: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restarted: Option<&'a Restarted>,
}

#[derive(Serialize)]
struct One<'a> {
    change: &'a str,
    reason: &'a str,
    paths: Vec<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl<'a> From<&'a Entry> for One<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self { change: entry.id.as_str(), reason: &entry.reason, paths: entry.paths(), why: None }
    }
}

/// Takes every change of a config back, or lists what that would be.
pub(crate) fn answer(engine: &Engine, go: Go, setting: Setting<'_>) -> Result<Answer, Failure> {
    if !go.yes {
        let changes = engine.changes_of_configs();
        let around = Around::nothing(engine);
        let text = print::changes_to_take_back(&changes, around.running, setting);
        let all = AllBack {
            changes: changes.iter().map(One::from).collect(),
            left: vec![],
            written: false,
            claude_running: around.running,
            restarted: None,
        };
        return Ok(Answer::new(&all, text, Left::Nothing)?);
    }
    let take_back = || Ok(engine.take_back_changes_of_configs());
    let (TakenBack { done, left }, around) =
        closing::make(engine, Meanwhile::closed_if(go.restart_claude), take_back)?;
    let left: Vec<(Entry, String)> = left.into_iter().map(|(entry, error)| (entry, chain(&error))).collect();
    let text = print::all_taken_back(&done, &left, &around, setting);
    let all = AllBack {
        changes: done.iter().map(One::from).collect(),
        left: left.iter().map(|(entry, why)| One { why: Some(why.clone()), ..One::from(entry) }).collect(),
        written: !done.is_empty(),
        claude_running: around.running,
        restarted: around.restarted.as_ref(),
    };
    Ok(Answer::new(&all, text, Left::when(!left.is_empty() || around.leaves_something()))?)
}
