//! Server-sent events (WHATWG HTML, *9.2.6 Interpreting an event stream*), read as they arrive.
//!
//! Two differences to a browser: an event with an id and without data is reported, because MCP uses it to mark
//! where a stream can be taken up again; and an event beyond the limit ends the stream instead of the memory.

use memchr::memchr2;

/// Largest event that is read, in bytes of its fields.
pub const LARGEST_EVENT: usize = 64 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The `event:` field; empty stands for `message`.
    pub kind: String,
    /// The `data:` fields, joined by newlines.
    pub data: Vec<u8>,
    /// The `id:` field of this very event.
    pub id: Option<String>,
    /// The `retry:` field in milliseconds.
    pub retry: Option<u64>,
}

/// The stream held an event beyond the limit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event is larger than {} MiB", LARGEST_EVENT >> 20)]
pub struct TooLarge;

/// What has come of an event's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Data {
    #[default]
    None,
    /// Whole lines.
    Whole,
    /// The begun line is one of data. What has come of it stands in the event already: a long one is copied once.
    Begun,
}

/// Takes the stream in pieces of any size, cut anywhere.
#[derive(Debug)]
pub struct EventParser {
    /// The begun line, unless it is one of data.
    line: Vec<u8>,
    event: Event,
    data: Data,
    /// The last piece ended in CR: an LF at the start of the next one belongs to it.
    after_cr: bool,
    first_line: bool,
    largest: usize,
}

impl Default for EventParser {
    fn default() -> Self {
        Self::new()
    }
}

impl EventParser {
    /// At the start of a stream, with [`LARGEST_EVENT`] as the limit.
    pub fn new() -> Self {
        Self::with_limit(LARGEST_EVENT)
    }

    /// At the start of a stream, with another limit in bytes.
    pub fn with_limit(largest: usize) -> Self {
        Self {
            line: Vec::new(),
            event: Event::default(),
            data: Data::None,
            after_cr: false,
            first_line: true,
            largest,
        }
    }

    /// Reads the next piece and hands each finished event to `each`. An event that the stream's end cuts off is never
    /// reported.
    pub fn feed(&mut self, mut piece: &[u8], mut each: impl FnMut(Event)) -> Result<(), TooLarge> {
        while !piece.is_empty() {
            if std::mem::take(&mut self.after_cr) && piece[0] == b'\n' {
                piece = &piece[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', piece) else {
                self.begin_line(piece);
                return self.check();
            };
            self.after_cr = piece[end] == b'\r';
            if self.data == Data::Begun {
                self.data = Data::Whole;
                self.event.data.extend_from_slice(&piece[..end]);
            } else if self.line.is_empty() {
                self.field(&piece[..end], &mut each);
            } else {
                self.line.extend_from_slice(&piece[..end]);
                let line = std::mem::take(&mut self.line);
                self.field(&line, &mut each);
            }
            self.check()?;
            piece = &piece[end + 1..];
        }
        Ok(())
    }

    /// What has come of the data of the event that is not finished yet. It only grows until the event is.
    pub fn data(&self) -> &[u8] {
        &self.event.data
    }

    /// Takes a part of a line whose end has not come yet.
    fn begin_line(&mut self, part: &[u8]) {
        if self.data == Data::Begun {
            self.event.data.extend_from_slice(part);
            return;
        }
        self.line.extend_from_slice(part);
        let bytes = self.line.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.first_line).unwrap_or(&self.line);
        // One byte more tells whether a space follows, which does not count.
        if let Some(value) = bytes.strip_prefix(b"data:").filter(|value| !value.is_empty()) {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            begin_data(&mut self.event, &mut self.data, value);
            self.line.clear();
            (self.data, self.first_line) = (Data::Begun, false);
        }
    }

    fn check(&self) -> Result<(), TooLarge> {
        if self.line.len() + self.event.data.len() > self.largest { Err(TooLarge) } else { Ok(()) }
    }

    fn field(&mut self, line: &[u8], each: &mut impl FnMut(Event)) {
        let line = match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if self.first_line => rest,
            _ => line,
        };
        self.first_line = false;
        if line.is_empty() {
            self.dispatch(each);
            return;
        }
        let (name, value) = match line.iter().position(|&byte| byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => begin_data(&mut self.event, &mut self.data, value),
            b"event" => self.event.kind = String::from_utf8_lossy(value).into_owned(),
            b"id" if !value.contains(&0) => self.event.id = Some(String::from_utf8_lossy(value).into_owned()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.event.retry = String::from_utf8_lossy(value).parse().ok();
            }
            // A comment (empty name) or a field that nobody defined.
            _ => {}
        }
    }

    fn dispatch(&mut self, each: &mut impl FnMut(Event)) {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        if data != Data::None || event.id.is_some() || event.retry.is_some() {
            each(event);
        }
    }
}

/// Adds a line of data, or its beginning.
fn begin_data(event: &mut Event, data: &mut Data, value: &[u8]) {
    if std::mem::replace(data, Data::Whole) != Data::None {
        event.data.push(b'\n');
    }
    event.data.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<Event> {
        let mut parser = EventParser::new();
        let mut found = Vec::new();
        for piece in pieces {
            parser.feed(piece, |event| found.push(event)).expect("small");
        }
        found
    }

    fn data(text: &str) -> Event {
        Event { data: text.into(), ..Event::default() }
    }

    /// The specification's algorithm, on the whole text at once.
    fn naive(text: &str) -> Vec<Event> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (mut found, mut event, mut has_data) = (Vec::new(), Event::default(), false);
        let Some(complete) = text.rfind('\n') else { return found };
        for line in text[..complete].split('\n') {
            if line.is_empty() {
                let done = std::mem::take(&mut event);
                if std::mem::take(&mut has_data) || done.id.is_some() || done.retry.is_some() {
                    found.push(done);
                }
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "data" => {
                    if has_data {
                        event.data.push(b'\n');
                    }
                    has_data = true;
                    event.data.extend(value.bytes());
                }
                "event" => event.kind = value.into(),
                "id" if !value.contains('\0') => event.id = Some(value.into()),
                "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                    event.retry = value.parse().ok();
                }
                _ => {}
            }
        }
        found
    }

    fn piece_of_stream() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(vec![
                "\n", "\r", "\r\n", "\n\n", "data:", "data: ", "data", "id: ", "id:\0", "event: ", "retry: ",
                ":", ": ping"
            ])
            .prop_map(str::to_owned),
            "[a-z0-9 :äß€𝄞\u{feff}]{0,6}",
        ]
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_events_of_the_specification(
            text in prop::collection::vec(piece_of_stream(), 0..40).prop_map(|parts| parts.concat()),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let bytes = text.as_bytes();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).chain([0, bytes.len()]).collect();
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(events(&pieces), naive(&text));
        }
    }

    #[test]
    fn lines_of_data_are_joined_and_comments_ignored() {
        assert_eq!(events(&[b": hello\ndata: {\ndata:  \"a\":1}\n\n"]), [data("{\n \"a\":1}")]);
    }

    #[test]
    fn an_empty_event_with_an_id_marks_the_place() {
        let priming = Event { id: Some("7".into()), retry: Some(500), ..Event::default() };
        assert_eq!(events(&[b"id: 7\nretry: 500\ndata:\n\n"]), [priming]);
    }

    #[test]
    fn a_character_may_be_cut_in_two() {
        assert_eq!(events(&[b"data: \xe2\x82", b"\xac\n\n"]), [data("€")]);
    }

    #[test]
    fn an_event_that_the_end_cuts_off_is_not_reported() {
        assert_eq!(events(&[b"data: a\n\ndata: b\n"]), [data("a")]);
    }

    #[test]
    fn an_event_beyond_the_limit_ends_the_stream() {
        let mut parser = EventParser::with_limit(10);
        assert_eq!(parser.feed(b"data: 12345\ndata: 6789012\n\n", |_| {}), Err(TooLarge));
        assert_eq!(EventParser::with_limit(10).feed(b"data: 12345678901", |_| {}), Err(TooLarge));
    }
}
