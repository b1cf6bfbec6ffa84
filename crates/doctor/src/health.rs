//! How a server is doing, from the life its log tells and from what was found.
//!
//! Pure functions: the same track and findings give the same state. The engine shows what comes out, the tray shows
//! the worst of it.

use bridgekeeper_model::{Evidence, Finding, Health, Indicator, Indicators, ServerName, Severity, Sign};
use jiff::Timestamp;

use crate::log_scan::{End, Session, Track};

/// Causes that only a sign-in mends.
const SIGN_IN_CAUSES: &[&str] = &["oauth-invalid-grant", "oauth-callback-timeout"];

/// Causes that stand for a sign-in that broke, whatever the last session says.
const SIGN_IN_CRASHES: &[&str] = &["oauth-coordination-null-port"];

/// Whether the person wants the server to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It has an entry, or is an extension that is on.
    On,
    /// Its entry is switched off.
    Off,
    /// Only logs mention it.
    LogsOnly,
}

/// What is known of a server.
#[derive(Debug, Clone, Copy)]
pub struct ServerFacts<'a> {
    /// Its name.
    pub name: &'a ServerName,
    /// Whether it should run.
    pub listing: Listing,
    /// Its life, where a log tells it.
    pub track: Option<&'a Track>,
    /// Everything that was found, root causes first, of other servers too.
    pub findings: &'a [Finding],
}

/// How a server is doing and why we say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// The state.
    pub state: Health,
    /// Since when, where the log says so.
    pub since: Option<Timestamp>,
    /// The lines that prove it, newest last.
    pub evidence: Vec<Evidence>,
    /// The three signs of success.
    pub indicators: Indicators,
}

/// The state of one server.
pub fn health(facts: &ServerFacts<'_>) -> HealthReport {
    let (state, evidence) = state(facts);
    HealthReport {
        state,
        since: evidence.iter().rev().find_map(|line| line.time),
        evidence,
        indicators: indicators(facts),
    }
}

/// The worst state of the servers that are in use, which the tray shows. `None` where none is.
pub fn worst(states: impl IntoIterator<Item = Health>) -> Option<Health> {
    let in_use = |state: &Health| !matches!(state, Health::Stopped | Health::NeverSeen | Health::Off);
    states.into_iter().filter(in_use).min()
}

fn state(facts: &ServerFacts<'_>) -> (Health, Vec<Evidence>) {
    if facts.listing == Listing::Off {
        return (Health::Off, Vec::new());
    }
    let told = facts.track.map(|track| told_by(&track.current));
    let (state, evidence) = told.unwrap_or((Health::NeverSeen, Vec::new()));
    let Some(cause) = cause(facts) else { return (state, evidence) };
    let stands = match state {
        Health::Connected => facts.track.is_some_and(|track| is_after_success(cause, &track.current)),
        Health::Failing | Health::NeedsSignIn | Health::Starting | Health::Stopped | Health::NeverSeen => {
            true
        }
        Health::Off => false,
    };
    if !stands {
        return (state, evidence);
    }
    let worse =
        if SIGN_IN_CAUSES.contains(&cause.id.as_str()) { Health::NeedsSignIn } else { Health::Failing };
    (worse, cause.evidence.clone())
}

/// The root cause among the errors that concern this server.
fn cause<'a>(facts: &ServerFacts<'a>) -> Option<&'a Finding> {
    let concerns = |finding: &&Finding| {
        finding.severity == Severity::Error
            && finding.server.as_ref().is_none_or(|server| server == facts.name)
    };
    facts.findings.iter().find(concerns)
}

/// What a session's own lines prove.
fn told_by(session: &Session) -> (Health, Vec<Evidence>) {
    let lines = |steps: [&Option<Evidence>; 3]| steps.into_iter().flatten().cloned().collect::<Vec<_>>();
    match &session.end {
        Some((End::Intentional, line)) => (Health::Stopped, vec![line.clone()]),
        Some((End::Closed | End::Unexpected, line)) => (Health::Failing, vec![line.clone()]),
        None if session.sign_in.is_some() => (Health::NeedsSignIn, lines([&session.sign_in, &None, &None])),
        None if session.success().is_some() => {
            (Health::Connected, lines([&session.bridged, &session.answered, &session.tools]))
        }
        None if session.first().is_some() => {
            (Health::Starting, lines([&session.started, &session.initialize, &None]))
        }
        None => (Health::NeverSeen, Vec::new()),
    }
}

/// Whether a cause was written after the session had worked.
fn is_after_success(cause: &Finding, session: &Session) -> bool {
    let Some(success) = session.success() else { return true };
    cause.evidence.iter().any(|line| {
        if line.file == success.file {
            line.line > success.line
        } else {
            line.time.zip(success.time).is_some_and(|(line, success)| line > success)
        }
    })
}

fn indicators(facts: &ServerFacts<'_>) -> Indicators {
    let session = facts.track.map(|track| &track.current);
    let found = |ids: &[&str]| {
        facts.findings.iter().find(|finding| {
            finding.severity < Severity::Info
                && finding.server.as_ref().is_none_or(|server| server == facts.name)
                && ids.contains(&finding.id.as_str())
        })
    };
    let line = |finding: &Finding| finding.evidence.last().cloned();
    let yes = |evidence: &Evidence| Sign { known: Indicator::Yes, evidence: Some(evidence.clone()) };
    let no = |evidence: Option<Evidence>| Sign { known: Indicator::No, evidence };
    let waits = session.and_then(|session| session.sign_in.clone());
    let signed_in = match (found(SIGN_IN_CAUSES), waits) {
        (Some(cause), _) => no(line(cause)),
        (None, Some(waits)) => no(Some(waits)),
        (None, None) => session.and_then(Session::success).map(yes).unwrap_or_default(),
    };
    let tools_listed = session.and_then(|session| session.tools.as_ref()).map(yes).unwrap_or_default();
    let no_sign_in_crash = match found(SIGN_IN_CRASHES) {
        Some(crash) => no(line(crash)),
        // That nothing stands there has no line; where the session begins is how far it was looked
        None => session.and_then(Session::first).map(yes).unwrap_or_default(),
    };
    Indicators { signed_in, tools_listed, no_sign_in_crash }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_scan::LogScan;

    fn report(listing: Listing, log: &str) -> HealthReport {
        let name = ServerName::from("maps");
        let mut scan = LogScan::new();
        scan.read("mcp-server-maps.log", log.as_bytes()).unwrap();
        let findings = scan.diagnosis().findings;
        health(&ServerFacts { name: &name, listing, track: scan.track(&name), findings: &findings })
    }

    const START: &str = "2026-03-02T08:15:00.100Z [maps] [info] Initializing server...\n\
        2026-03-02T08:15:00.200Z [maps] [info] Server started and connected successfully\n\
        2026-03-02T08:15:00.300Z [maps] [info] Message from client: {\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"},\"jsonrpc\":\"2.0\",\"id\":0}\n";
    const ANSWER: &str = "2026-03-02T08:15:01.000Z [maps] [info] Message from server: {\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocolVersion\":\"2025-11-25\"}}\n";
    const TOOLS: &str = "2026-03-02T08:15:02.000Z [maps] [info] Message from server: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"find\"}]}}\n";
    const STOP: &str =
        "2026-03-02T08:20:00.000Z [maps] [info] Server transport closed (intentional shutdown)\n";
    const CRASH: &str = "2026-03-02T08:20:00.000Z [maps] [info] Server transport closed unexpectedly, this is likely due to the process exiting early.\n";
    const SIGN_IN: &str = "[7] Authentication required. Waiting for authorization...\n";

    #[test]
    fn every_state_follows_from_the_last_session() {
        let table: &[(&[&str], Health)] = &[
            (&[], Health::NeverSeen),
            (&[START], Health::Starting),
            (&[START, ANSWER], Health::Connected),
            (&[START, ANSWER, TOOLS], Health::Connected),
            (&[START, ANSWER, STOP], Health::Stopped),
            (&[START, CRASH], Health::Failing),
            (&[START, SIGN_IN], Health::NeedsSignIn),
            (&[START, SIGN_IN, "[7] Auth code received, resolving promise\n"], Health::Starting),
            (&[START, "spawn npx ENOENT\n"], Health::Failing),
            (&[START, CRASH, START, ANSWER], Health::Connected),
            (&[START, ANSWER, STOP, START, CRASH], Health::Failing),
            (&[START, ANSWER, "{\"error\":\"invalid_grant\"}\n"], Health::NeedsSignIn),
            // Two copies at once, one of them closed: normal.
            (&[START, START, ANSWER, STOP], Health::Connected),
        ];
        for (parts, state) in table {
            assert_eq!(report(Listing::On, &parts.concat()).state, *state, "{parts:#?}");
        }
        assert_eq!(report(Listing::Off, START).state, Health::Off);
    }

    #[test]
    fn evidence_tells_since_when() {
        let report = report(Listing::On, &[START, ANSWER].concat());
        assert_eq!(report.since.unwrap().to_string(), "2026-03-02T08:15:01Z");
        assert_eq!(report.evidence[0].line, 4);
    }

    #[test]
    fn the_three_signs_are_never_assumed() {
        use Indicator::{No, Unknown, Yes};
        let signs = |parts: &[&str]| {
            let signs = report(Listing::On, &parts.concat()).indicators;
            (signs.signed_in.known, signs.tools_listed.known, signs.no_sign_in_crash.known)
        };
        assert_eq!(signs(&[]), (Unknown, Unknown, Unknown));
        assert_eq!(signs(&[START]), (Unknown, Unknown, Yes));
        assert_eq!(signs(&[START, ANSWER, TOOLS]), (Yes, Yes, Yes));
        let proven = report(Listing::On, &[START, ANSWER, TOOLS].concat()).indicators;
        let time = |sign: &Sign| sign.evidence.as_ref().and_then(|line| line.time).unwrap().to_string();
        assert_eq!(
            [time(&proven.signed_in), time(&proven.tools_listed)],
            ["2026-03-02T08:15:01Z", "2026-03-02T08:15:02Z"]
        );
        assert_eq!(signs(&[START, SIGN_IN]), (No, Unknown, Yes));
        let crash = "[7] Fatal error: TypeError: Cannot read properties of null (reading 'port')\n";
        assert_eq!(signs(&[START, crash]), (Unknown, Unknown, No));
    }

    #[test]
    fn the_tray_shows_the_worst_that_is_in_use() {
        use Health::{Connected, Failing, NeedsSignIn, NeverSeen, Off, Starting, Stopped};
        let table: &[(&[Health], Option<Health>)] = &[
            (&[], None),
            (&[Off, Stopped, NeverSeen], None),
            (&[Connected, Off], Some(Connected)),
            (&[Connected, Starting], Some(Starting)),
            (&[Starting, NeedsSignIn, Connected], Some(NeedsSignIn)),
            (&[NeedsSignIn, Failing, Connected], Some(Failing)),
        ];
        for (states, expected) in table {
            assert_eq!(worst(states.iter().copied()), *expected, "{states:?}");
        }
    }
}
