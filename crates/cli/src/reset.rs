//! `reset-auth`: shows what a reset concerns, asks where nobody said yes, does it.

use std::io::{self, BufRead as _, IsTerminal as _};

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::reset::{Extent, Item, Reset, ResetDone, Scope};
use bridgekeeper_engine::view::NotChecked;
use bridgekeeper_model::ServerName;
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, ResetAuth};
use crate::failure::Failure;
use crate::print::{self, Setting};
use crate::terminal;

/// What `reset-auth` prints.
#[derive(Serialize)]
struct Resetting<'a> {
    items: &'a [Item],
    not_checked: &'a [NotChecked],
    undo: Option<&'a str>,
}

/// Whether it is to be done.
enum Consent {
    Shown,
    Given,
    Refused,
}

pub(crate) fn answer(
    engine: &Engine,
    call: &ResetAuth,
    everywhere: &Everywhere,
    setting: Setting<'_>,
) -> Result<Answer, Failure> {
    let scope = scope(call);
    // Whoever cannot answer a question must say beforehand what is meant.
    if !call.mode.dry_run && !call.mode.yes && (everywhere.json || !io::stdin().is_terminal()) {
        return Err(Failure::new(
            "usage",
            "reset-auth needs --dry-run or --yes where nobody can be asked",
            Some(
                "--dry-run lists what would go; --yes does it, and prints the id that takes it back"
                    .to_owned(),
            ),
        ));
    }
    let reset = engine.find_reset(scope)?;
    match consent(call, &reset, setting)? {
        Consent::Given => done(&reset, &engine.reset(&reset)?, setting),
        Consent::Shown => shown(&reset, print::reset(&reset, setting), Left::Nothing),
        Consent::Refused => shown(&reset, "Nothing was changed.\n".to_owned(), Left::Something),
    }
}

fn scope(call: &ResetAuth) -> Scope {
    let extent = match (call.extent.npx_cache, call.extent.logs) {
        (true, _) => Extent::NpxCache,
        (false, true) => Extent::SignInsAndLogs,
        (false, false) => Extent::SignIns,
    };
    Scope { server: call.server.as_deref().map(ServerName::from), extent }
}

fn consent(call: &ResetAuth, reset: &Reset, setting: Setting<'_>) -> Result<Consent, Failure> {
    if call.mode.dry_run || !reset.goes() {
        return Ok(Consent::Shown);
    }
    if call.mode.yes {
        return Ok(Consent::Given);
    }
    Ok(if agrees(&print::reset(reset, setting))? { Consent::Given } else { Consent::Refused })
}

/// Shows what would be done and asks whether to do it.
pub(crate) fn agrees(shown: &str) -> Result<bool, Failure> {
    let mut line = String::new();
    terminal::write(anstream::stderr(), &format!("{shown}\nDo it? [y/N] "))
        .map_err(|error| unheard(&error))?;
    io::stdin().lock().read_line(&mut line).map_err(|error| unheard(&error))?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn unheard(error: &io::Error) -> Failure {
    Failure::new(
        "usage",
        format!("the question could not be asked: {error}"),
        Some("say --yes instead".to_owned()),
    )
}

fn shown(reset: &Reset, text: String, left: Left) -> Result<Answer, Failure> {
    let resetting = Resetting { items: &reset.items, not_checked: &reset.not_checked, undo: None };
    let undecided = !reset.not_checked.is_empty();
    Ok(Answer::new(&resetting, text, if undecided { Left::Something } else { left })?)
}

fn done(reset: &Reset, done: &ResetDone, setting: Setting<'_>) -> Result<Answer, Failure> {
    let undo = done.entry.as_ref().map(|entry| entry.id.as_str());
    let resetting = Resetting { items: &done.items, not_checked: &reset.not_checked, undo };
    let left = Left::when(done.leaves_something() || !reset.not_checked.is_empty());
    Ok(Answer::new(&resetting, print::reset_done(reset, done, setting), left)?)
}
