//! The end of a log, line by line: does it show work, the ordinary, or something that nothing explains?

use bridgekeeper_formats::log::{Event, Level, LogEntry, Message, MessageKind, Origin, parse_line};

use super::line::raw_before;

/// What the end of a file says where no rule found anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TailSays {
    /// Nothing at all.
    Nothing,
    /// A server answered, or a sign-in went through.
    Works,
    /// Claude's own lines of a normal start or end, and nothing else.
    Ordinary,
    /// Something that no format explains, or an answer that did not come.
    Unexplained,
}

/// Sums up the last lines of a file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tail {
    lines: u32,
    works: bool,
    unexplained: bool,
    awaits: bool,
}

impl Tail {
    /// Takes the end of the file in.
    pub(super) fn read(&mut self, end: &[u8]) {
        let mut block = 0_u32;
        *self = Self::default();
        let mut lines: Vec<_> = raw_before(end).collect();
        lines.reverse();
        for line in &lines {
            let entry = parse_line(line);
            if in_block(&entry, line, &mut block) || entry.text.is_empty() {
                continue;
            }
            self.lines += 1;
            self.line(&entry);
        }
    }

    pub(super) fn says(self) -> TailSays {
        if self.works {
            TailSays::Works
        } else if self.lines == 0 {
            TailSays::Nothing
        } else if self.unexplained || self.awaits {
            TailSays::Unexplained
        } else {
            TailSays::Ordinary
        }
    }

    fn line(&mut self, entry: &LogEntry<'_>) {
        match entry.event() {
            Some(
                Event::FromServer(Message { kind: MessageKind::Result, .. })
                | Event::BridgeSignedIn
                | Event::BridgeConnected,
            ) => {
                self.works = true;
                self.awaits = false;
            }
            // Old versions wrote this when the server had answered, newer ones when the process was spawned.
            Some(Event::Started) => {
                let answered = entry.text.starts_with("Connected to MCP server");
                self.works |= answered;
                self.awaits = !answered;
            }
            // The summary that newer versions write may leave the answer out.
            Some(Event::FromClient(Message { method: Some("initialize"), summarised, .. })) => {
                self.awaits = !summarised;
            }
            Some(Event::ClosedUnexpectedly | Event::Disconnected) => self.unexplained = true,
            Some(_) => {}
            None => {
                let calm = matches!(entry.level, Some(Level::Info | Level::Debug));
                let explained = calm && entry.origin == Origin::Claude
                    || matches!(entry.origin, Origin::McpRemote { .. });
                self.unexplained |= !explained;
            }
        }
    }
}

/// Whether the line belongs to the metadata block that a line of Claude's opened.
fn in_block(entry: &LogEntry<'_>, line: &str, depth: &mut u32) -> bool {
    let inside = *depth > 0 && entry.origin == Origin::Raw;
    if !inside {
        *depth = 0;
        if entry.origin != Origin::Claude || !(entry.tail == "{" || line.trim_end().ends_with('{')) {
            return false;
        }
    }
    *depth = if inside {
        (*depth + brackets(line, ['{', '['])).saturating_sub(brackets(line, ['}', ']']))
    } else {
        1
    };
    inside
}

fn brackets(line: &str, kinds: [char; 2]) -> u32 {
    u32::try_from(line.matches(kinds).count()).unwrap_or(u32::MAX / 4)
}
