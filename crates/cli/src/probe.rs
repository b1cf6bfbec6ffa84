//! The call `probe`: it takes seconds, so on a terminal it says meanwhile what it waits for.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::accounts::{SignInCall, Stop, SystemBrowser, Way};
use bridgekeeper_engine::probe::{ProbeError, Progress, probe};
use bridgekeeper_model::chain;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, Probe};
use crate::failure::Failure;
use crate::print;

/// How long somebody may take to sign in.
const SIGN_IN: Duration = Duration::from_mins(5);

/// Carries the call out.
pub(crate) fn answer(
    engine: &Engine,
    call: &Probe,
    everywhere: &Everywhere,
    environment: &BTreeMap<String, String>,
) -> Result<Answer, Failure> {
    let on_terminal = std::io::stderr().is_terminal();
    let mut observe = |progress: Progress<'_>| {
        if on_terminal {
            // The line is a courtesy; without it the report says the same.
            let _ = tell(&progress);
        }
    };
    let variable = |name: &str| environment.get(name).cloned();
    let mut headers = call.headers.iter().map(|text| header(text)).collect::<Result<Vec<_>, _>>()?;
    if call.sign_in {
        headers.extend(sign_in(engine, call, &headers, everywhere.json)?);
    }
    let report = probe(&call.url, &headers, variable, SystemTime::now(), &mut observe)?;
    Ok(Answer::new(&report, print::probed(&report), Left::when(!report.is_clean()))?)
}

/// The header that a sign-in gives. Its token is kept nowhere.
fn sign_in(
    engine: &Engine,
    call: &Probe,
    headers: &[(String, String)],
    as_json: bool,
) -> Result<Option<(String, String)>, Failure> {
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        let message = "--sign-in gets a token, and --header gives one";
        return Err(Failure::new("usage", message, Some("say one of the two".to_owned())));
    }
    let progress = crate::progress::Progress::on_terminal();
    let way = if call.no_browser { Way::Link } else { Way::Browser(Arc::new(SystemBrowser)) };
    let server = call.url.clone();
    let asked = SignInCall { server, account: None, way, limit: SIGN_IN, stop: Stop::default() };
    Ok(engine.sign_in_for_now(&asked, &mut |step| crate::account::tell(step, &progress, as_json))?)
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
