use std::fmt::Write as _;

use bridgekeeper_model::{Indicator, Indicators, ServerStatus, Sign, Source};

use super::name_of;
use super::style::{self, DIM, ERROR, GOOD, painted};

/// Widest column of names; a longer name stands out of it.
const WIDEST_NAME: usize = 40;

/// One line per server: its state, its name, since when, and what was found.
pub(crate) fn servers(servers: &[ServerStatus]) -> String {
    let mut text = String::new();
    let lengths = servers.iter().map(|server| name_of(&server.name).chars().count());
    let longest = lengths.max().unwrap_or(0).min(WIDEST_NAME);
    for server in servers {
        let (glyph, word, paint) = style::health(server.state);
        let state = painted(paint, &format!("{glyph} {word:<13}"));
        let mut notes = Vec::new();
        match server.source {
            Source::Config => {}
            Source::Extension => notes.push("extension".to_owned()),
            Source::Connector => notes.push("connector".to_owned()),
        }
        notes.extend(server.findings.first().cloned());
        if let Some(since) = server.since {
            notes.push(format!("since {}", since.strftime("%Y-%m-%d %H:%M UTC")));
        }
        let name = format!("{:<longest$}", name_of(&server.name));
        let notes = painted(DIM, &notes.join(", "));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {state}  {name}  {notes}");
        text.push_str(&signs(&server.indicators, longest));
    }
    if servers.is_empty() {
        text.push_str("  none\n");
    }
    text
}

/// The three signs of success, each with its time; nothing where no log tells of any.
fn signs(signs: &Indicators, name_width: usize) -> String {
    let all = [
        ("signed in", &signs.signed_in),
        ("tools listed", &signs.tools_listed),
        ("no sign-in crash", &signs.no_sign_in_crash),
    ];
    if all.iter().all(|(_, sign)| sign.known == Indicator::Unknown) {
        return String::new();
    }
    let shown = all.map(|(name, sign)| sign_of_success(name, sign)).join("  ");
    format!("{:width$}{shown}\n", "", width = name_width + 21)
}

fn sign_of_success(name: &str, sign: &Sign) -> String {
    let (glyph, paint) = match sign.known {
        Indicator::Yes => ("✓", GOOD),
        Indicator::No => ("✗", ERROR),
        Indicator::Unknown => ("?", DIM),
    };
    let time = sign.evidence.as_ref().and_then(|line| line.time);
    let time = time.map(|time| format!(" {}", time.strftime("%H:%M:%S"))).unwrap_or_default();
    format!("{} {}", painted(paint, glyph), painted(DIM, &format!("{name}{time}")))
}
