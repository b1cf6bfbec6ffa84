//! `switch`, `merge` and `restore`: changes of the live config that are no repairs.

use std::path::Path;

use bridgekeeper_engine::{Engine, PlannedEdit, Secrets, Switch};
use bridgekeeper_model::ServerName;
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, Go, Restore, SwitchServer};
use crate::failure::Failure;
use crate::print::{self, Setting, shell_word};

/// Carries the call out, or shows what it would do.
pub(crate) struct Edits<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) everywhere: &'a Everywhere,
    pub(crate) setting: Setting<'a>,
}

/// What these calls print.
#[derive(Serialize)]
struct Edited<'a> {
    path: &'a Path,
    title: &'a str,
    servers: &'a [ServerName],
    notes: &'a [String],
    diff: &'a str,
    masked: bool,
    claude_running: Option<bool>,
    written: bool,
    undo: Option<&'a str>,
}

impl Edits<'_> {
    pub(crate) fn switch(&self, call: &SwitchServer) -> Result<Answer, Failure> {
        let (switch, option) = if call.way.off { (Switch::Off, "--off") } else { (Switch::On, "--on") };
        let planned = self.engine.plan_switch(&call.name, switch, self.secrets())?;
        self.answer(&planned, call.go, &format!("switch {} {option}", shell_word(&call.name)))
    }

    pub(crate) fn merge(&self, file: Option<&Path>, go: Go) -> Result<Answer, Failure> {
        let planned = self.engine.plan_merge(file, self.secrets())?;
        let file = file.map(|file| format!(" {}", shell_word(&file.to_string_lossy()))).unwrap_or_default();
        self.answer(&planned, go, &format!("merge{file}"))
    }

    /// Only while Claude is closed: it would write its own version over what was put back.
    pub(crate) fn restore(&self, call: &Restore) -> Result<Answer, Failure> {
        let planned = self.engine.plan_restore(self.secrets())?;
        if call.go.yes && self.engine.claude_runs() == Some(true) {
            return Err(Failure::new(
                "claude-runs",
                "Claude Desktop is running and would write over what is put back",
                Some("quit it, from its tray icon too, then run this again".to_owned()),
            ));
        }
        self.answer(&planned, call.go, "restore")
    }

    fn answer(&self, planned: &PlannedEdit, go: Go, command: &str) -> Result<Answer, Failure> {
        let claude_running = self.engine.claude_runs();
        let entry = if go.yes { Some(self.engine.make_edit(planned)?) } else { None };
        let text = match &entry {
            Some(entry) => print::edited(planned, entry, claude_running, self.setting),
            None => print::planned(planned, command, claude_running, self.setting),
        };
        let edited = Edited {
            path: &planned.path,
            title: &planned.title,
            servers: &planned.servers,
            notes: &planned.notes,
            diff: &planned.diff.text,
            masked: planned.diff.masked,
            claude_running,
            written: entry.is_some(),
            undo: entry.as_ref().map(|entry| entry.id.as_str()),
        };
        Ok(Answer::new(&edited, text, Left::Nothing)?)
    }

    fn secrets(&self) -> Secrets {
        if self.everywhere.reveal { Secrets::Shown } else { Secrets::Masked }
    }
}
