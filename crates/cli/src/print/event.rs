use std::fmt::Write as _;

use bridgekeeper_engine::view::event::{ChangedBy, ConfigChange, Event, News, ServerState};
use jiff::Timestamp;

use super::style::{self, DIM, GOOD, TITLE, WARNING, painted};

/// What happened, with its time before it.
pub(crate) fn event(event: &Event, at: Timestamp) -> String {
    let time = painted(DIM, &at.strftime("%H:%M:%S UTC").to_string());
    match event {
        Event::Watching { servers } => {
            let mut text = format!("{time} {}\n", painted(TITLE, "Watching. Ctrl-C ends it."));
            for server in servers {
                text.push_str(&state(server));
            }
            text
        }
        Event::ServerAppeared(server) => {
            format!("{time} {} is listed now\n{}", painted(TITLE, &server.server), state(server))
        }
        Event::ServerGone { server } => format!("{time} {} is listed no more\n", painted(TITLE, server)),
        Event::StateChanged { server, from, to, summary, .. } => {
            let (_, before, _) = style::health(*from);
            let (glyph, now, paint) = style::health(*to);
            let state = painted(paint, &format!("{glyph} {now}"));
            format!("{time} {state}  {} (was {before}): {summary}\n", painted(TITLE, server))
        }
        Event::FindingAppeared(news) => format!("{time} {}", found(news)),
        Event::FindingGone { id, server } => {
            let about =
                server.as_deref().map(|server| format!("{}: ", painted(TITLE, server))).unwrap_or_default();
            format!("{time} {} {about}settled {}\n", painted(GOOD, "✓"), painted(DIM, &format!("[{id}]")))
        }
        Event::ConfigChanged(change) => format!("{time} {}", config(change)),
    }
}

fn state(server: &ServerState) -> String {
    let (glyph, word, paint) = style::health(server.state);
    let state = painted(paint, &format!("{glyph} {word:<13}"));
    format!("  {state}  {}  {}\n", server.server, painted(DIM, &server.summary))
}

fn found(news: &News) -> String {
    let (glyph, paint) = style::severity(news.severity);
    let name =
        news.server.as_deref().map(|server| format!("{}: ", painted(TITLE, server))).unwrap_or_default();
    let mut text = format!(
        "{} {name}{} {}\n",
        painted(paint, glyph),
        news.message,
        painted(DIM, &format!("[{}]", news.id))
    );
    if let Some(line) = news.evidence.first() {
        // Writing to a String cannot fail
        let _ = writeln!(text, "    {} {}", painted(DIM, &format!("{}:{}", line.file, line.line)), line.text);
    }
    if let Some(fix) = news.fixes.first() {
        let _ = writeln!(text, "    {} {}", painted(DIM, "fix:"), fix.title);
    }
    text
}

fn config(change: &ConfigChange) -> String {
    let who = match change.by {
        ChangedBy::Bridgekeeper => "Bridgekeeper changed",
        ChangedBy::SomebodyElse => "Claude or somebody else changed",
    };
    let mut text = format!("{} {who} {}\n", painted(WARNING, "~"), painted(TITLE, &change.file));
    for line in &change.changes {
        let _ = writeln!(text, "    {line}");
    }
    text
}
