use std::fmt::Write as _;

use bridgekeeper_engine::firewall::Firewall;
use bridgekeeper_engine::restart::{Ended, How, Kind, ServerOutcome};
use bridgekeeper_model::{Health, Os};

use super::style::{self, DIM, ERROR, GOOD, TITLE, WARNING, painted};
use crate::restart::Restarted;

/// What ended, what was started, and how each server does.
pub(crate) fn restarted(restarted: &Restarted) -> String {
    let mut text = String::new();
    let title = match (restarted.done, restarted.ended.is_empty()) {
        (_, true) => "Claude does not run",
        (true, false) => "Ended",
        (false, false) => "This would end, and cannot be undone",
    };
    let _ = writeln!(text, "{}", painted(TITLE, title));
    for end in &restarted.ended {
        text.push_str(&ended(end));
    }
    if let Some(program) = &restarted.started {
        let word = if restarted.done { "Started" } else { "Then this would be started" };
        let _ = writeln!(text, "\n{} {}", painted(TITLE, word), painted(DIM, program));
    }
    if let Some(trouble) = &restarted.trouble {
        let _ = writeln!(text, "\n{} {trouble}", painted(ERROR, "Claude was not started again:"));
    }
    for server in &restarted.servers {
        let (glyph, word, paint) = match server.state {
            Some(state) => style::health(state),
            None => ("?", "no sign of it in the logs", WARNING),
        };
        let _ = writeln!(text, "  {} {}: {word}", painted(paint, glyph), server.name);
        if let Some(why) = &server.why {
            let _ = writeln!(text, "      {}", why.in_english());
        }
    }
    text
}

fn ended(end: &Ended) -> String {
    let kind = match end.kind {
        Kind::Claude => "Claude Desktop",
        Kind::ClaudePart => "a part of it",
        Kind::Server => "a server or what starts it",
        Kind::OrphanedBridge => "a bridge without its starter",
    };
    let how = match end.how {
        None => String::new(),
        Some(How::Quit) => painted(GOOD, " went by itself"),
        Some(How::Ended) => painted(WARNING, " was ended"),
        Some(How::StillRuns) => painted(ERROR, " still runs; the system did not let it be ended"),
    };
    format!("  {} (process {}), {kind}{how}\n", end.name, end.process)
}

/// How far the servers are, in one line.
pub(crate) fn coming_up(servers: &[ServerOutcome]) -> String {
    let up = servers.iter().filter(|server| server.state == Some(Health::Connected)).count();
    format!("Waiting for the servers: {up} of {} are up", servers.len())
}

/// Whether a rule is needed, and which there are.
pub(crate) fn firewall(told: &Firewall, os: Os) -> String {
    let mut text = format!("{} {}\n", painted(GOOD, "✓ Sign-ins need no firewall rule."), told.why);
    if os != Os::Windows {
        text.push_str("On this system nothing is added or removed.\n");
        return text;
    }
    if let Some(done) = &told.done {
        let _ = writeln!(text, "\n{done}");
    }
    let Some(rules) = &told.rules else {
        text.push_str("\nWhich rules that computer has is not known here.\n");
        return text;
    };
    if rules.is_empty() {
        text.push_str("\nThere is no inbound rule for Node.\n");
    } else {
        let _ = writeln!(text, "\n{}", painted(TITLE, "Inbound rules for Node"));
        for rule in rules {
            let word = if rule.allows { "allows" } else { "blocks" };
            let _ = writeln!(text, "  {} {word} {}", rule.name, painted(DIM, &rule.program));
        }
    }
    if told.done.as_ref().is_some_and(|done| done.contains("lets connections in")) {
        text.push_str("\nTake it back: bridgekeeper firewall --remove\n");
    }
    text
}
