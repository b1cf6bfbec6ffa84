use std::fmt::Write as _;

use bridgekeeper_model::{ServerStatus, Source};

use super::style::{self, DIM, painted};

/// One line per server: its state, its name, since when, and what was found.
pub(crate) fn servers(servers: &[ServerStatus]) -> String {
    let mut text = String::new();
    let longest = servers.iter().map(|server| server.name.as_str().chars().count()).max().unwrap_or(0);
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
        let name = format!("{:<longest$}", server.name.as_str());
        let notes = painted(DIM, &notes.join(", "));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {state}  {name}  {notes}");
    }
    if servers.is_empty() {
        text.push_str("  none\n");
    }
    text
}
