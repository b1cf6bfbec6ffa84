//! What is left of a host's line that is too long to be carried, or is no JSON: enough to answer it.
//!
//! Only the members `id`, `method`, `result` and `error` of the outermost object are looked for, wherever they stand,
//! and nothing but the id is kept. So a line of any length takes no memory. Nothing is checked here: what comes out is
//! read as an envelope like any message.

use memchr::memchr2;

/// Longest key or id that is kept, in bytes.
const LONGEST: usize = 1 << 10;

/// Messages of one batch that are kept.
const MOST: usize = 1000;

/// Takes a line in pieces and gives back the envelopes of its messages.
#[derive(Debug, Default)]
pub(crate) struct Remains {
    place: Place,
    /// How many objects and arrays are open.
    depth: usize,
    /// The depth of a message's members: 1, in a batch 2.
    of_members: usize,
    part: Part,
    /// The key or the value that is read.
    text: Vec<u8>,
    message: Message,
    messages: Vec<Vec<u8>>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Place {
    #[default]
    BetweenStrings,
    InString,
    BehindBackslash,
}

#[derive(Debug, Default, Clone, Copy)]
enum Part {
    #[default]
    Key,
    Id,
    Other,
}

#[derive(Debug, Default)]
struct Message {
    id: Option<Vec<u8>>,
    kind: Option<Kind>,
}

/// As far as it can be told from the keys. A request's method may be what is wrong with it.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Request,
    Answer,
}

impl Remains {
    /// Of a line that is there whole.
    pub(crate) fn of(line: &[u8]) -> Vec<Vec<u8>> {
        let mut remains = Self::default();
        remains.read(line);
        remains.end()
    }

    /// Looks at what comes next.
    pub(crate) fn read(&mut self, mut piece: &[u8]) {
        while let Some(&byte) = piece.first() {
            let length = match self.place {
                Place::BetweenStrings => {
                    self.step(byte);
                    1
                }
                Place::BehindBackslash => {
                    self.keep(&[byte]);
                    self.place = Place::InString;
                    1
                }
                Place::InString => {
                    let plain = memchr2(b'"', b'\\', piece);
                    self.place = match plain.map(|at| piece[at]) {
                        Some(b'"') => Place::BetweenStrings,
                        Some(_) => Place::BehindBackslash,
                        None => Place::InString,
                    };
                    let length = plain.map_or(piece.len(), |at| at + 1);
                    self.keep(&piece[..length]);
                    length
                }
            };
            piece = &piece[length..];
        }
    }

    /// The envelopes: of each message its id, with an empty method or an empty result. A message that breaks off counts,
    /// too.
    pub(crate) fn end(mut self) -> Vec<Vec<u8>> {
        self.member_ends();
        self.message_ends();
        self.messages
    }

    fn step(&mut self, byte: u8) {
        let among_members = self.depth > 0 && self.depth == self.of_members;
        match byte {
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth == 1 {
                    self.of_members = if byte == b'[' { 2 } else { 1 };
                }
                if among_members {
                    // No object and no array is an id.
                    self.part = Part::Other;
                } else if self.depth == self.of_members {
                    self.message_begins();
                }
            }
            b'}' | b']' => {
                if among_members {
                    self.member_ends();
                    self.message_ends();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            b':' if among_members => self.key_ends(),
            b',' if among_members => self.member_ends(),
            b'"' => {
                self.place = Place::InString;
                self.keep(&[byte]);
            }
            byte if !byte.is_ascii_whitespace() => self.keep(&[byte]),
            _ => {}
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let wanted = matches!(self.part, Part::Key | Part::Id);
        if wanted && self.depth == self.of_members {
            if self.text.len() + bytes.len() > LONGEST {
                self.part = Part::Other;
            } else {
                self.text.extend_from_slice(bytes);
            }
        }
    }

    fn key_ends(&mut self) {
        if matches!(self.part, Part::Key) {
            let key: Option<String> = serde_json::from_slice(&self.text).ok();
            self.part = match key.as_deref() {
                Some("id") => Part::Id,
                Some("method") => self.is(Kind::Request),
                Some("result" | "error") if self.message.kind.is_none() => self.is(Kind::Answer),
                _ => Part::Other,
            };
        }
        self.text.clear();
    }

    const fn is(&mut self, kind: Kind) -> Part {
        self.message.kind = Some(kind);
        Part::Other
    }

    fn member_ends(&mut self) {
        let text = std::mem::take(&mut self.text);
        if matches!(self.part, Part::Id) {
            self.message.id = Some(text);
        }
        self.part = Part::Key;
    }

    fn message_begins(&mut self) {
        self.message = Message::default();
        self.part = Part::Key;
        self.text.clear();
    }

    fn message_ends(&mut self) {
        let Message { id: Some(id), kind: Some(kind) } = std::mem::take(&mut self.message) else { return };
        if self.messages.len() < MOST {
            let rest: &[u8] = match kind {
                Kind::Request => br#","method":""}"#,
                Kind::Answer => br#","result":null}"#,
            };
            self.messages.push([br#"{"id":"#, &id[..], rest].concat());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        Remains::of(text.as_bytes())
            .into_iter()
            .map(|message| String::from_utf8(message).expect("UTF-8"))
            .collect()
    }

    #[test]
    fn the_id_is_found_wherever_it_stands() {
        let request = r#"{"id":"a\"}","method":""}"#;
        for text in [
            r#"{"id":"a\"}","method":"tools/call","params":{"id":2,"method":"x"}}"#,
            r#" { "params" : {"id":2,"x":[{"id":3}]}, "\u006dethod":"tools/call" , "id" : "a\"}" }"#,
            r#"{"id":1,"params":"\\","method":"tools/call","id":"a\"}"}"#,
            r#"{"method":"tools/call","id":"a\"}","params":{"data":"and so"#,
            r#"{"id":"a\"}","method":"\ud800"}"#,
            r#"{"id":"a\"}","method":{"a":1},"result":1}"#,
        ] {
            assert_eq!(of(text), [request], "{text}");
        }
        assert_eq!(of(r#"{"result":{"id":1},"id":7}"#), [r#"{"id":7,"result":null}"#]);
        for text in [
            "",
            "x",
            "]}",
            "{\"id\":1}",
            "{\"method\":\"a\"}",
            "[1,{}]",
            "{\"id\":{\"a\":1},\"method\":\"x\"}",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn each_message_of_a_batch_has_its_own() {
        let batch = r#"[{"id":1,"method":"a"},{"method":"n"},7,{"params":[{"id":9}],"method":"b","id":2}]"#;
        assert_eq!(of(batch), [r#"{"id":1,"method":""}"#, r#"{"id":2,"method":""}"#]);
    }

    #[test]
    fn any_cut_gives_the_same_and_what_is_too_long_is_not_kept() {
        let text = format!(r#"{{"id":1,"{}":0,"method":"m","params":"\u00e4\\\""}}"#, "k".repeat(LONGEST));
        let mut remains = Remains::default();
        text.as_bytes().chunks(1).for_each(|byte| remains.read(byte));
        assert_eq!(remains.end(), Remains::of(text.as_bytes()));
        assert_eq!(of(&text), [r#"{"id":1,"method":""}"#]);
        assert!(of(&format!(r#"{{"id":"{}","method":"m"}}"#, "i".repeat(LONGEST))).is_empty());
    }
}
