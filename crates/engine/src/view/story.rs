//! A server's newest runs as the moments that a person would tell.

use bridgekeeper_doctor::log_scan::{End, Session, Track};
use bridgekeeper_doctor::text::Language;
use bridgekeeper_model::Evidence;

use super::{Moment, MomentKind};

/// Moments that fit in one line of a window.
const MOMENTS_SHOWN: usize = 6;

/// The newest moments, oldest first.
pub(crate) fn moments(track: &Track, language: &Language) -> Vec<Moment> {
    let mut moments: Vec<Moment> = track.sessions().flat_map(of_session).collect();
    moments.drain(..moments.len().saturating_sub(MOMENTS_SHOWN));
    for moment in &mut moments {
        moment.label = language.words(&moment.label).to_owned();
    }
    moments
}

fn of_session(session: &Session) -> Vec<Moment> {
    use MomentKind::{Bad, Good, Normal};
    let begin = session.initializing.as_ref().or(session.started.as_ref()).or(session.initialize.as_ref());
    let steps = [
        (begin, "Started", Normal),
        (session.sign_in.as_ref(), "Waits for sign-in", Bad),
        (session.bridged.as_ref(), "Bridge connected", Good),
        (session.answered.as_ref(), "Answered", Good),
        (session.tools.as_ref(), "Listed its tools", Good),
    ];
    let mut moments: Vec<(u64, Moment)> = steps
        .into_iter()
        .filter_map(|(proof, label, kind)| proof.map(|proof| (proof.line, moment(proof, label, kind))))
        .collect();
    if let Some((end, proof)) = &session.end {
        let (label, kind) = match (end, session.success()) {
            (End::Intentional, _) => ("Closed by Claude", Normal),
            (End::Closed, Some(_)) => ("Closed", Normal),
            (End::Closed, None) => ("Closed before it answered", Bad),
            (End::Unexpected, _) => ("Ended by itself", Bad),
        };
        moments.push((proof.line, moment(proof, label, kind)));
    }
    moments.sort_by_key(|(line, _)| *line);
    moments.into_iter().map(|(_, moment)| moment).collect()
}

fn moment(proof: &Evidence, label: &str, kind: MomentKind) -> Moment {
    Moment { label: label.to_owned(), at: proof.time.map(|time| time.to_string()), kind }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_doctor::log_scan::LogScan;
    use bridgekeeper_model::ServerName;

    use super::*;

    fn told(log: &str) -> Vec<(String, MomentKind)> {
        let mut scan = LogScan::new();
        scan.read("mcp-server-notes.log", log.as_bytes()).unwrap();
        let moments = scan
            .track(&ServerName::from("notes"))
            .map(|track| moments(track, &Language::default()))
            .unwrap_or_default();
        moments.into_iter().map(|moment| (moment.label, moment.kind)).collect()
    }

    #[test]
    fn a_run_that_broke_is_told_to_its_end() {
        let log = "2026-11-20T09:00:00.000Z [notes] [info] Initializing server...\n\
                   2026-11-20T09:00:01.000Z [notes] [info] Server started and connected successfully\n\
                   2026-11-20T09:00:02.000Z [notes] [info] Server transport closed unexpectedly, this is likely due to the process exiting early.\n";
        assert_eq!(
            told(log),
            [("Started".to_owned(), MomentKind::Normal), ("Ended by itself".to_owned(), MomentKind::Bad)]
        );
    }

    #[test]
    fn only_the_newest_moments_are_told() {
        let run = "2026-11-20T09:00:00.000Z [notes] [info] Initializing server...\n\
                   2026-11-20T09:00:02.000Z [notes] [info] Server transport closed unexpectedly\n";
        assert_eq!(told(&run.repeat(9)).len(), MOMENTS_SHOWN);
    }
}
