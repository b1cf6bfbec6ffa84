//! The call `try`: it may take a minute, so what the server prints is shown as it comes.

use std::time::Duration;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::trial::Progress;
use bridgekeeper_model::Verdict;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, Try};
use crate::failure::Failure;
use crate::print::{self, DIM, painted};
use crate::terminal;

/// Carries the call out.
pub(crate) fn answer(engine: &Engine, call: &Try, everywhere: &Everywhere) -> Result<Answer, Failure> {
    let mut observe = |progress: Progress<'_>| {
        if !everywhere.json {
            // The line is a courtesy; the answer says the same again where it matters.
            let _ = tell(progress);
        }
    };
    let trial = engine.try_server(&call.name, Duration::from_secs(call.timeout), &mut observe)?;
    let left = trial.handshake.is_none() || trial.verdict != Verdict::Ok;
    Ok(Answer::new(&trial, print::trial(&trial), Left::when(left))?)
}

fn tell(progress: Progress<'_>) -> std::io::Result<()> {
    let told = match progress {
        Progress::Waits(what) => painted(DIM, &format!("… {what}")),
        Progress::Line(line) => print::printed(line),
    };
    terminal::write(anstream::stderr().lock(), &format!("{told}\n"))
}
