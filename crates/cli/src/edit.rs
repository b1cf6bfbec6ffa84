//! `switch`, `merge` and `restore`: changes of the live config that are no repairs.

use std::path::Path;

use bridgekeeper_engine::change::Entry;
use bridgekeeper_engine::{Engine, EngineError, PlannedEdit, Secrets, Switch};
use bridgekeeper_model::{ServerName, chain};
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, Go, Restore, SwitchServer};
use crate::closing::{self, Around, Meanwhile, refuse_beside_claude};
use crate::failure::Failure;
use crate::print::{self, Setting, shell_word};
use crate::restart::Restarted;

/// Carries the call out, or shows what it would do.
pub(crate) struct Edits<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) everywhere: &'a Everywhere,
    pub(crate) setting: Setting<'a>,
}

/// A change, and what became of it.
pub(crate) struct Made {
    planned: PlannedEdit,
    entry: Option<Entry>,
    around: Around,
}

/// What these calls print.
#[derive(Serialize)]
pub(crate) struct Edited<'a> {
    path: Option<&'a Path>,
    title: &'a str,
    servers: &'a [ServerName],
    notes: &'a [String],
    diff: &'a str,
    masked: bool,
    claude_running: Option<bool>,
    written: bool,
    undo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restarted: Option<&'a Restarted>,
}

impl Edits<'_> {
    pub(crate) fn switch(&self, call: &SwitchServer) -> Result<Answer, Failure> {
        let (switch, option) = if call.way.off { (Switch::Off, "--off") } else { (Switch::On, "--on") };
        let plan = || self.engine.plan_switch(&call.name, switch, self.secrets());
        self.answer(plan, call.go, &format!("switch {} {option}", shell_word(&call.name)))
    }

    pub(crate) fn merge(&self, file: Option<&Path>, go: Go) -> Result<Answer, Failure> {
        let plan = || self.engine.plan_merge(file, self.secrets());
        let file = file.map(|file| format!(" {}", shell_word(&file.to_string_lossy()))).unwrap_or_default();
        self.answer(plan, go, &format!("merge{file}"))
    }

    /// Only while Claude is closed.
    pub(crate) fn restore(&self, call: &Restore) -> Result<Answer, Failure> {
        let plan = || self.engine.plan_restore(self.secrets());
        if call.go.yes && plan().is_ok() {
            let over = "would write over what is put back";
            refuse_beside_claude(self.engine, Meanwhile::closed_if(call.go.restart_claude), over)?;
        }
        self.answer(plan, call.go, "restore")
    }

    fn answer(
        &self,
        plan: impl Fn() -> Result<PlannedEdit, EngineError>,
        go: Go,
        command: &str,
    ) -> Result<Answer, Failure> {
        match plan() {
            Err(error) if error.says_nothing_is_to_do() => {
                let title = chain(&error);
                let nothing = Edited {
                    path: None,
                    title: &title,
                    servers: &[],
                    notes: &[],
                    diff: "",
                    masked: false,
                    claude_running: None,
                    written: false,
                    undo: None,
                    restarted: None,
                };
                Ok(Answer::new(&nothing, print::nothing_to_do(&error), Left::Nothing)?)
            }
            planned => {
                let (text, made) = self.carry_out(planned?, plan, go, command)?;
                Ok(Answer::new(&made.told(), text, made.left())?)
            }
        }
    }

    /// What to say about it, and what was done or would be. It is planned anew where it is made, for Claude may have been
    /// closed before.
    pub(crate) fn carry_out(
        &self,
        planned: PlannedEdit,
        plan: impl Fn() -> Result<PlannedEdit, EngineError>,
        go: Go,
        command: &str,
    ) -> Result<(String, Made), Failure> {
        let ((planned, entry), around) = if go.yes {
            let make = || {
                let planned = plan()?;
                let entry = self.engine.make_edit(&planned)?;
                Ok((planned, Some(entry)))
            };
            closing::make(self.engine, Meanwhile::closed_if(go.restart_claude), make)?
        } else {
            ((planned, None), Around::nothing(self.engine))
        };
        let text = match &entry {
            Some(entry) => print::edited(&planned, entry, &around, self.setting),
            None => print::planned(&planned, command, around.running, self.setting),
        };
        Ok((text, Made { planned, entry, around }))
    }

    pub(crate) fn secrets(&self) -> Secrets {
        if self.everywhere.reveal { Secrets::Shown } else { Secrets::Masked }
    }
}

impl Made {
    pub(crate) fn told(&self) -> Edited<'_> {
        let Self { planned, entry, around } = self;
        Edited {
            path: Some(&planned.path),
            title: &planned.title,
            servers: &planned.servers,
            notes: &planned.notes,
            diff: &planned.diff.text,
            masked: planned.diff.masked,
            claude_running: around.running,
            written: entry.is_some(),
            undo: entry.as_ref().map(|entry| entry.id.as_str()),
            restarted: around.restarted.as_ref(),
        }
    }

    pub(crate) fn left(&self) -> Left {
        Left::when(self.around.leaves_something())
    }
}
