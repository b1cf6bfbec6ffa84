//! One look at the text of a message: whether it is JSON, and where the members lie that the bridge goes by.
//!
//! A result of many megabytes is looked at piece by piece while the rest of it is on its way, so that the host need not
//! wait for it afterwards. Nothing is copied and nothing is made of the values.

use std::ops::Range;

use crate::envelope::NotAMessage;

/// Bytes of a string that are looked at at once. The compiler makes a few vector instructions of them.
const BLOCK: usize = 64;

/// Bytes of a string that are looked at one by one first: most strings are short.
const NEAR: usize = 16;

/// The members of a message that the bridge goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    Id,
    Method,
    Result,
    Error,
}

/// Where a message has what, once all of it has been looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    members: [Option<Range<usize>>; 4],
    has_line_breaks: bool,
}

impl Outline {
    /// Looks at a message that is there already.
    pub(crate) fn of(text: &[u8]) -> Result<Self, NotAMessage> {
        let mut scan = Scan::default();
        scan.read(text)?;
        scan.end(text)
    }

    /// The text of a member's value.
    pub(crate) fn member<'t>(&self, member: Member, text: &'t [u8]) -> Option<&'t str> {
        let range = self.members[member as usize].clone()?;
        // Holds for the text that was looked at.
        std::str::from_utf8(text.get(range)?).ok()
    }

    /// It has the member, whatever its value is.
    pub(crate) const fn has(&self, member: Member) -> bool {
        self.members[member as usize].is_some()
    }

    /// It is broken into lines between its tokens.
    pub(crate) const fn has_line_breaks(&self) -> bool {
        self.has_line_breaks
    }
}

/// What is expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// The inside of a string.
    Text,
    /// The character behind a backslash.
    Escape,
    /// So many more hexadecimal digits.
    Hex(u8),
    Number(Digits),
    /// The rest of `true`, `false` or `null`.
    Word(&'static [u8]),
    End,
}

/// How far a number has come (RFC 8259, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digits {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    Power,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Object,
    Array,
}

/// A message that is looked at while it comes.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// What has been looked at, and what of it is known to be UTF-8.
    at: usize,
    utf8: usize,
    state: State,
    within: Vec<Within>,
    /// The string that is read names a member.
    names: bool,
    /// Where the key or the value of the outermost object begins that is read.
    begin: usize,
    member: Option<Member>,
    outline: Outline,
}

impl Scan {
    /// Looks at what has come since. `text` is the whole message so far.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<(), NotAMessage> {
        self.read_utf8(text)?;
        while let Some(&byte) = text.get(self.at) {
            self.step(byte, text)?;
        }
        Ok(())
    }

    /// Nothing more comes.
    pub(crate) fn end(self, text: &[u8]) -> Result<Outline, NotAMessage> {
        if self.state == State::End && self.utf8 == text.len() {
            Ok(self.outline)
        } else {
            Err(NotAMessage::NotJson(text.len()))
        }
    }

    /// A character whose end has not come yet is left for the next time.
    fn read_utf8(&mut self, text: &[u8]) -> Result<(), NotAMessage> {
        let new = text.get(self.utf8..).unwrap_or_default();
        // A character has four bytes at most, and all but its first look like this.
        let behind = new.iter().rev().take(3).take_while(|&&byte| byte & 0xc0 == 0x80).count();
        let last = new.len().saturating_sub(behind + 1);
        let needed = match new.get(last) {
            Some(0xc0..0xe0) => 2,
            Some(0xe0..0xf0) => 3,
            Some(0xf0..) => 4,
            _ => 0,
        };
        let whole = if needed > behind + 1 { last } else { new.len() };
        simdutf8::basic::from_utf8(&new[..whole]).map_err(|_| NotAMessage::NotUtf8)?;
        self.utf8 += whole;
        Ok(())
    }

    /// Takes the next byte, in strings and between tokens as many as are of one kind.
    fn step(&mut self, byte: u8, text: &[u8]) -> Result<(), NotAMessage> {
        match self.state {
            State::Text => return self.step_in_text(text),
            State::Escape => {
                self.state = match byte {
                    b'u' => State::Hex(4),
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => State::Text,
                    _ => return self.refuse(),
                };
            }
            State::Hex(left) if byte.is_ascii_hexdigit() => {
                self.state = if left > 1 { State::Hex(left - 1) } else { State::Text };
            }
            State::Word([next, rest @ ..]) if byte == *next => {
                if rest.is_empty() {
                    self.value_ends(self.at + 1);
                } else {
                    self.state = State::Word(rest);
                }
            }
            State::Hex(_) | State::Word(_) => return self.refuse(),
            State::Number(digits) => match digits.then(byte) {
                Some(digits) => self.state = State::Number(digits),
                // The byte belongs to what comes behind the number.
                None if digits.may_end() => {
                    self.value_ends(self.at);
                    return Ok(());
                }
                None => return self.refuse(),
            },
            State::Value
            | State::ValueOrEnd
            | State::Key
            | State::KeyOrEnd
            | State::Colon
            | State::CommaOrEnd
            | State::End => match byte {
                b'\n' | b'\r' => self.outline.has_line_breaks = true,
                b' ' | b'\t' => {}
                _ => return self.step_between_tokens(byte),
            },
        }
        self.at += 1;
        Ok(())
    }

    fn step_in_text(&mut self, text: &[u8]) -> Result<(), NotAMessage> {
        self.at = end_of_plain(text, self.at);
        match text.get(self.at) {
            None => return Ok(()),
            Some(b'"') if self.names => self.key_ends(text)?,
            Some(b'"') => self.value_ends(self.at + 1),
            Some(b'\\') => self.state = State::Escape,
            Some(_) => return self.refuse(),
        }
        self.at += 1;
        Ok(())
    }

    fn step_between_tokens(&mut self, byte: u8) -> Result<(), NotAMessage> {
        match (self.state, byte) {
            (
                State::Value | State::ValueOrEnd,
                b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n',
            ) => {
                self.value_begins(byte)?;
            }
            (State::Key | State::KeyOrEnd, b'"') => {
                self.names = true;
                self.begin_in_outermost(self.at);
                self.state = State::Text;
            }
            (State::Colon, b':') => self.state = State::Value,
            (State::CommaOrEnd, b',') => {
                self.state =
                    if self.within.last() == Some(&Within::Object) { State::Key } else { State::Value };
            }
            (State::CommaOrEnd | State::KeyOrEnd, b'}') if self.within.last() == Some(&Within::Object) => {
                self.within.pop();
                self.value_ends(self.at + 1);
            }
            (State::CommaOrEnd | State::ValueOrEnd, b']') if self.within.last() == Some(&Within::Array) => {
                self.within.pop();
                self.value_ends(self.at + 1);
            }
            _ => return self.refuse(),
        }
        self.at += 1;
        Ok(())
    }

    fn value_begins(&mut self, byte: u8) -> Result<(), NotAMessage> {
        if self.within.is_empty() && byte != b'{' {
            return Err(NotAMessage::NotJsonRpc);
        }
        self.begin_in_outermost(self.at);
        self.state = match byte {
            b'"' => {
                self.names = false;
                State::Text
            }
            b'{' => {
                self.within.push(Within::Object);
                State::KeyOrEnd
            }
            b'[' => {
                self.within.push(Within::Array);
                State::ValueOrEnd
            }
            b'-' => State::Number(Digits::Minus),
            b'0' => State::Number(Digits::Zero),
            b't' => State::Word(b"rue"),
            b'f' => State::Word(b"alse"),
            b'n' => State::Word(b"ull"),
            _ => State::Number(Digits::Integer),
        };
        Ok(())
    }

    /// A value ends before `end`.
    fn value_ends(&mut self, end: usize) {
        self.state = if self.within.is_empty() { State::End } else { State::CommaOrEnd };
        if self.within.len() == 1
            && let Some(member) = self.member.take()
        {
            self.outline.members[member as usize] = Some(self.begin..end);
        }
    }

    fn begin_in_outermost(&mut self, at: usize) {
        if self.within.len() == 1 {
            self.begin = at;
        }
    }

    fn key_ends(&mut self, text: &[u8]) -> Result<(), NotAMessage> {
        self.state = State::Colon;
        if self.within.len() != 1 {
            return Ok(());
        }
        let key = &text[self.begin + 1..self.at];
        let member = if key.contains(&b'\\') {
            let quoted = &text[self.begin..=self.at];
            serde_json::from_slice::<String>(quoted).ok().and_then(|key| member_named(key.as_bytes()))
        } else {
            member_named(key)
        };
        // Each program that reads it would go by another one of the two.
        if member.is_some_and(|member| self.outline.has(member)) {
            return Err(NotAMessage::NotJsonRpc);
        }
        self.member = member;
        Ok(())
    }

    const fn refuse(&self) -> Result<(), NotAMessage> {
        Err(NotAMessage::NotJson(self.at))
    }
}

impl Digits {
    /// With one byte more; `None` where it does not belong to the number.
    const fn then(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Minus, b'0') => Self::Zero,
            (Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Self::Integer,
            (Self::Zero | Self::Integer, b'.') => Self::Point,
            (Self::Point | Self::Fraction, b'0'..=b'9') => Self::Fraction,
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Self::Exponent,
            (Self::Exponent, b'+' | b'-') => Self::ExponentSign,
            (Self::Exponent | Self::ExponentSign | Self::Power, b'0'..=b'9') => Self::Power,
            _ => return None,
        })
    }

    const fn may_end(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::Power)
    }
}

const fn member_named(key: &[u8]) -> Option<Member> {
    Some(match key {
        b"id" => Member::Id,
        b"method" => Member::Method,
        b"result" => Member::Result,
        b"error" => Member::Error,
        _ => return None,
    })
}

/// Where in a string something comes that has to be looked at: its end, an escape, a control character.
fn end_of_plain(text: &[u8], mut at: usize) -> usize {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    let near = text[at..].iter().take(NEAR).take_while(|byte| is_plain(byte)).count();
    at += near;
    if near < NEAR {
        return at;
    }
    at += uneventful(&text[at..]);
    at + text[at..].iter().take_while(|byte| is_plain(byte)).count()
}

/// How much of a string's text lies in whole blocks in which nothing happens.
#[cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "wider vectors, where the processor has them, halve the time")
)]
fn uneventful(text: &[u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[target_feature(enable = "avx2")]
        fn with_avx2(text: &[u8]) -> usize {
            uneventful_blocks(text)
        }
        // SAFETY: the processor has these instructions.
        return unsafe { with_avx2(text) };
    }
    uneventful_blocks(text)
}

/// The place of a block hangs on nothing that stands in the one before it, so that the processor need not wait for that.
#[inline]
fn uneventful_blocks(text: &[u8]) -> usize {
    if text.first() == Some(&b'"') {
        return 0;
    }
    let mut at = 0;
    // One byte more, because a backslash says something about the next one.
    while let Some(block) = text[at..].first_chunk::<{ BLOCK + 1 }>()
        && is_uneventful(block)
    {
        at += BLOCK;
    }
    // The escape that the last block has begun.
    at + usize::from(at > 0 && text[at - 1] == b'\\')
}

/// No quote ends the string behind the first byte, and each backslash begins an escape of two characters, one of the
/// frequent ones. A backslash that is escaped itself is none of them.
///
/// Without branches: where the escapes lie cannot be foreseen, and a wrong guess at each would cost more than this.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "what is lazy is a branch")]
fn is_uneventful(block: &[u8; BLOCK + 1]) -> bool {
    let mut is_eventful = false;
    for (&byte, &next) in block[..BLOCK].iter().zip(&block[1..]) {
        let begins_escape = byte == b'\\';
        let is_frequent = (next == b'n') | (next == b'/') | (next == b't') | (next == b'r');
        // A quote stands where one is escaped, and nowhere else.
        is_eventful |= (byte < b' ') | (((next == b'"') ^ begins_escape) & !is_frequent);
    }
    !is_eventful
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// Looked at in pieces that end at the given places.
    fn in_pieces(text: &[u8], places: &[usize]) -> Result<Outline, NotAMessage> {
        let mut scan = Scan::default();
        for &place in places {
            scan.read(&text[..place])?;
        }
        scan.read(text)?;
        scan.end(text)
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(vec![
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"",
                "\\",
                "\\\"",
                "\\\\",
                "\\u00e4",
                "\\u12",
                "\\n",
                "\\x",
                "true",
                "false",
                "null",
                "0",
                "-",
                "1.5e+3",
                "01",
                " ",
                "\n",
                "\r\n",
                "\t",
                "\u{1}",
                "\"id\":1",
                "\"method\":\"m\"",
                "\"result\":{",
                "\"error\":null",
                "\"\\u0069d\":2",
                "ä€𝄞",
                "a",
            ])
            .prop_map(str::to_owned),
            "[a-z ]{1,90}",
        ]
    }

    fn json() -> impl Strategy<Value = String> {
        let text = "[ -~äß€𝄞\n\t\"\\\\/]{0,200}".prop_map(serde_json::Value::from);
        let leaf = prop_oneof![
            text,
            any::<f64>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
        ];
        let value = leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
                prop::collection::hash_map("[a-z\"\\\\]{0,5}", inner, 0..5)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        });
        (value, any::<bool>()).prop_map(|(value, pretty)| {
            let message = serde_json::json!({ "id": 7, "result": value });
            if pretty { serde_json::to_string_pretty(&message) } else { serde_json::to_string(&message) }
                .expect("JSON")
        })
    }

    /// What `serde_json` takes for JSON is JSON, and nothing else is.
    fn is_like_serde(bytes: &[u8], places: &[usize]) -> Result<(), TestCaseError> {
        let ours = in_pieces(bytes, places);
        let uncut = Outline::of(bytes);
        prop_assert_eq!(ours.as_ref().ok(), uncut.as_ref().ok(), "cut and uncut");
        let theirs =
            serde_json::from_slice::<IgnoredAny>(bytes).is_ok() && std::str::from_utf8(bytes).is_ok();
        match ours {
            Ok(outline) => {
                prop_assert!(theirs, "{}", String::from_utf8_lossy(bytes));
                let breaks = bytes.contains(&b'\n') || bytes.contains(&b'\r');
                prop_assert_eq!(outline.has_line_breaks(), breaks);
            }
            // No object, or a member that comes twice: nothing is said about the rest.
            Err(NotAMessage::NotJsonRpc) => {}
            Err(error) => prop_assert!(!theirs, "{error}: {}", String::from_utf8_lossy(bytes)),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_json_is_taken_however_it_is_cut(text in json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            places.sort_unstable();
            is_like_serde(text.as_bytes(), &places)?;
            let outline = in_pieces(text.as_bytes(), &places).expect("JSON");
            prop_assert_eq!(outline.member(Member::Id, text.as_bytes()), Some("7"));
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let result = outline.member(Member::Result, text.as_bytes()).expect("a result");
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(result).expect("JSON"), &value["result"]);
        }

        #[test]
        fn what_is_none_is_refused(
            parts in prop::collection::vec(piece(), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let text = format!("{{{}}}", parts.concat());
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            places.sort_unstable();
            is_like_serde(text.as_bytes(), &places)?;
        }

        #[test]
        fn a_byte_that_is_changed_is_noticed(text in json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            is_like_serde(&bytes, &[at, (at + 1).min(bytes.len())])?;
        }
    }

    #[test]
    fn members_are_found_by_their_names_in_the_outermost_object_alone() {
        let text = br#" {"params":{"id":9,"error":1},"\u0069d" : "a" ,"result":null} "#;
        let outline = Outline::of(text).expect("JSON");
        assert_eq!(outline.member(Member::Id, text), Some("\"a\""));
        assert!(outline.has(Member::Result) && !outline.has(Member::Error) && !outline.has(Member::Method));
    }

    #[test]
    fn a_member_that_comes_twice_is_refused() {
        assert!(matches!(Outline::of(br#"{"id":1,"\u0069d":2,"result":0}"#), Err(NotAMessage::NotJsonRpc)));
    }

    #[test]
    fn depth_has_no_limit() {
        let text = format!("{{\"result\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Outline::of(text.as_bytes()).is_ok());
    }
}
