//! `bridgekeeper`: the console face of the engine. Reads arguments, calls, prints; every decision is the engine's.

mod account;
mod add;
mod answer;
mod arguments;
mod call;
mod closing;
mod edit;
mod end;
mod failure;
mod leave;
mod passphrase;
mod print;
mod probe;
mod progress;
mod report;
mod reset;
mod restart;
mod secret;
mod stream;
mod terminal;
mod trial;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use answer::{Answer, Printed};
use arguments::Arguments;
use failure::Failure;

/// The call could not be carried out.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let as_json = std::env::args_os().any(|argument| argument == "--json");
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version are what was asked for; clap prints them itself.
        Err(usage) if as_json && usage.use_stderr() => return fail(&Failure::usage(&usage), as_json),
        Err(usage) => usage.exit(),
    };
    match call::answer(&arguments, &environment()) {
        Ok(answer) => show(&answer, as_json),
        Err(failure) => fail(&failure, as_json),
    }
}

fn environment() -> BTreeMap<String, String> {
    // A variable that is no Unicode names no folder that we could show.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn show(answer: &Answer, as_json: bool) -> ExitCode {
    let written = if answer.printed == Printed::AsItCame {
        Ok(())
    } else if as_json {
        writeln!(std::io::stdout(), "{}", answer.json)
    } else {
        terminal::write(anstream::stdout(), &answer.text)
    };
    match written {
        // Whoever reads may stop reading, as `head` does.
        Ok(()) => ExitCode::from(answer.status),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(answer.status),
        Err(_) => ExitCode::from(FAILED),
    }
}

fn fail(failure: &Failure, as_json: bool) -> ExitCode {
    // With nowhere left to say it, the exit status still does.
    let _ = if as_json {
        writeln!(std::io::stdout(), "{}", failure.json())
    } else {
        terminal::write(anstream::stderr(), &failure.text())
    };
    ExitCode::from(FAILED)
}
