//! The call `probe`: it takes seconds, so on a terminal it says meanwhile what it waits for.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::time::SystemTime;

use bridgekeeper_engine::probe::{ProbeError, Progress, probe};

use crate::answer::{Answer, Left};
use crate::arguments::Probe;
use crate::failure::{Failure, chain};
use crate::print;

/// Carries the call out.
pub(crate) fn answer(call: &Probe, environment: &BTreeMap<String, String>) -> Result<Answer, Failure> {
    if call.sign_in {
        return Err(Failure::new(
            "cannot-sign-in",
            "this version cannot sign in; give a token with --header 'Authorization: Bearer TOKEN'",
            None,
        ));
    }
    let on_terminal = std::io::stderr().is_terminal();
    let mut observe = |progress: Progress<'_>| {
        if on_terminal {
            // The line is a courtesy; without it the report says the same.
            let _ = tell(&progress);
        }
    };
    let variable = |name: &str| environment.get(name).cloned();
    let headers = call.headers.iter().map(|text| header(text)).collect::<Result<Vec<_>, _>>()?;
    let report = probe(&call.url, &headers, variable, SystemTime::now(), &mut observe)?;
    Ok(Answer::new(&report, print::probed(&report), Left::when(!report.is_clean()))?)
}

fn header(text: &str) -> Result<(String, String), Failure> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| Failure::new("not-a-header", "a header is written NAME:VALUE", None))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// One line that the next one wipes out.
fn tell(progress: &Progress<'_>) -> std::io::Result<()> {
    let mut stderr = anstream::stderr().lock();
    match progress {
        Progress::Waiting { stage, waits_for } => write!(stderr, "\r\x1b[2K… {stage}: {waits_for}")?,
        Progress::Done(_) => write!(stderr, "\r\x1b[2K")?,
    }
    stderr.flush()
}

impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Self {
        let code = match &error {
            ProbeError::Target(_) => "not-a-server-address",
            ProbeError::HeaderName(_) | ProbeError::HeaderValue { .. } => "not-a-header",
            ProbeError::Runtime(_) => "internal",
        };
        Self::new(code, chain(&error), None)
    }
}
