//! What comes over the wire and over the host's pipe.

use bridgekeeper_bridge::fuzzing;
use bridgekeeper_net::sse::{Event, EventParser};

/// Small, so that the limit is met.
const LIMIT: usize = 4 << 10;

/// A stream says the same whole, byte by byte, and cut in two.
pub(crate) fn sse(bytes: &[u8]) {
    let whole = events([bytes]);
    assert_eq!(whole, events(bytes.chunks(1)));
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    assert_eq!(whole, events([head, tail]));
}

/// The events, and whether the stream ended at its limit.
fn events<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> (Vec<Event>, bool) {
    let mut parser = EventParser::with_limit(LIMIT);
    let mut events = Vec::new();
    for piece in pieces {
        if parser.feed(piece, |event| events.push(event)).is_err() {
            return (events, true);
        }
    }
    (events, false)
}

/// A message keeps its value on one line, and what is put into it is all that changes.
pub(crate) fn message(bytes: &[u8]) {
    fuzzing::message(bytes);
}

/// The host's lines are the same however they are cut.
pub(crate) fn lines(bytes: &[u8]) {
    fuzzing::lines(bytes);
}

/// One argument per line: understood or refused, and never repeated where it may be a secret.
pub(crate) fn options(bytes: &[u8]) {
    fuzzing::options(bytes);
}

/// What a server sets can be sent back, and nothing of it becomes another header.
pub(crate) fn cookies(bytes: &[u8]) {
    fuzzing::cookies(bytes);
}
