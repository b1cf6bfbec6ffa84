//! JSON as people leave it behind: every mistake is named and located, and what was meant is read all the same.
//!
//! Claude reads its config with `JSON.parse`, which gives up at the first mistake. This reader goes on, so that
//! the servers behind a mistake are still known, and each mistake carries the edit that would mend it where the
//! intent is plain. A text without errors is exactly one that `JSON.parse` accepts, with one exception: nesting
//! deeper than [`MAX_DEPTH`] is refused.
//!
//! Deliberately absent: numbers as values (nothing in the config needs them computed) and any knowledge of what
//! the config means; that is [`crate::config`].

mod closers;
mod keys;
mod lines;
mod literals;
mod merge;
mod outside;
mod repair;
mod scanner;
mod strings;
mod trivia;

use std::ops::Range;

pub use repair::{Repaired, repair};
pub use strings::quote;

use crate::edit::Edit;

/// How many objects and arrays may stand inside each other.
pub const MAX_DEPTH: usize = 127;

/// A text that was read, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The value; `None` when the text holds none.
    pub root: Option<Node>,
    /// Values that stand after the first one, where only one may stand.
    pub more: Vec<Node>,
    /// What `JSON.parse` would refuse, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// What it accepts, though hardly as meant.
    pub notes: Vec<Note>,
}

impl Parsed {
    /// Whether `JSON.parse` accepts the text.
    pub fn is_strict(&self) -> bool {
        self.errors.is_empty()
    }
}

/// One value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its bytes, from the first character to the last.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// A JSON value, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, not computed.
    Number,
    /// A string, decoded.
    String(String),
    /// An array.
    Array(Array),
    /// An object.
    Object(Object),
    /// Something is missing or cannot be read.
    Unreadable,
}

/// The elements of an array, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// The elements.
    pub items: Vec<Node>,
    /// Where the commas stand.
    pub commas: Vec<usize>,
}

/// The members of an object, in order, duplicates included.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    /// The members.
    pub members: Vec<Member>,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key, decoded.
    pub key: String,
    /// Where the key stands, quotes included.
    pub key_span: Range<usize>,
    /// Where the colon stands, if there is one.
    pub colon: Option<usize>,
    /// The value.
    pub value: Node,
    /// Where the comma after the value stands, if there is one.
    pub comma: Option<usize>,
}

impl Member {
    /// From the first byte of the key to the last of the value.
    pub fn span(&self) -> Range<usize> {
        self.key_span.start..self.value.span.end.max(self.key_span.end)
    }
}

impl Object {
    /// The member that counts for this key: the last one, as in `JSON.parse`.
    pub fn get(&self, key: &str) -> Option<&Member> {
        self.members.iter().rev().find(|member| member.key == key)
    }
}

impl Node {
    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        if let Value::Object(object) = &self.value { Some(object) } else { None }
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&Array> {
        if let Value::Array(array) = &self.value { Some(array) } else { None }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// What it is, in words for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
            Value::Unreadable => "nothing",
        }
    }
}

/// Something that `JSON.parse` refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// Where.
    pub span: Range<usize>,
    /// The edits that mend it; empty where the intent is not plain.
    pub repair: Vec<Edit>,
}

/// The mistakes that people and programs really make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyntaxErrorKind {
    /// There is nothing but white space.
    Empty,
    /// NUL bytes, as a crash or a full disk leaves them.
    NulBytes,
    /// U+FEFF before the text.
    ByteOrderMark,
    /// `//`, `#` or `/* */`.
    Comment,
    /// A comma with nothing after it, or before anything, or two in a row.
    TrailingComma,
    /// Two values without a comma between them.
    MissingComma,
    /// A key and a value without a colon between them.
    MissingColon,
    /// A key without a value, or a comma where a value should stand.
    MissingValue,
    /// `;`, `=`, `，` or `：` in the place of a comma or colon.
    WrongPunctuation,
    /// A backslash that begins no escape, as in a Windows path.
    SingleBackslash,
    /// Quotes that a word processor made.
    SmartQuotes,
    /// `'` in the place of `"`.
    SingleQuotes,
    /// A quote inside a string without a backslash before it.
    UnescapedQuote,
    /// A key without quotes.
    UnquotedKey,
    /// A text without quotes.
    UnquotedValue,
    /// Members without the braces around the whole.
    MissingOuterBraces,
    /// A `{` or `[` without its end.
    Unclosed,
    /// A `"` without its end.
    UnclosedString,
    /// A closer that closes nothing, or of the wrong kind.
    Unbalanced,
    /// A whole second object after the first.
    SecondObject,
    /// Text before or after the object.
    TextOutside,
    /// `...` as it stands in examples.
    ExcerptMarker,
    /// A tab, line break or other control character inside a string.
    ControlCharacter,
    /// White space that JSON does not know, such as a no-break space.
    ForeignSpace,
    /// `True`, `None`, `undefined`, `NaN`: words of other languages.
    ForeignLiteral,
    /// `0x10`, `007`, `.5`: numbers of other languages.
    ForeignNumber,
    /// Something that fits nowhere.
    Unexpected,
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
}

/// Something that `JSON.parse` accepts, though hardly as meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub kind: NoteKind,
    /// Where.
    pub span: Range<usize>,
    /// The edits that make it what was meant; empty where that is not plain.
    pub repair: Vec<Edit>,
}

/// The kinds of [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A key that stands twice in its object; the last one counts.
    DuplicateKey,
    /// A Windows path whose single backslash makes an escape that JSON knows: the `\n` of `C:\new`.
    PathEscape,
}

/// Reads a text, however broken. Never fails and never recurses deeper than [`MAX_DEPTH`].
pub fn parse(text: &str) -> Parsed {
    scanner::scan(text)
}

#[cfg(test)]
mod tests;
