//! `claude_desktop_config.json`: what stands where, however broken the file is.
//!
//! Claude accepts `{"mcpServers": {NAME: {"command": text, "args"?: [text], "env"?: {text: text}}}}` and nothing
//! else for a server. People paste much more: an entry alone, entries without the key around them, the forms of
//! other hosts. All of these are read, and [`Shape`] says which one it was.
//!
//! Deliberately absent: judgement. What is wrong with an entry is for the doctor to say.

mod entry;
mod shape;

use std::ops::Range;

pub use entry::{Entry, Header, Misfit, OtherKey, Text, Variable};
pub use shape::Shape;

use crate::json::{self, Node, Object, Parsed, SyntaxError};
use crate::text::{self, ByteOrderMark, Encoding, LineIndex, Position};

/// A config file, read tolerantly.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    text: String,
    encoding: Encoding,
    bom: bool,
    parsed: Parsed,
    lines: LineIndex,
    shape: Shape,
    servers: Vec<Entry>,
}

impl ConfigFile {
    /// Reads the bytes of a file. Never fails: what is broken is in [`ConfigFile::syntax_errors`], and what could
    /// be read is there all the same.
    pub fn read(bytes: &[u8]) -> Self {
        let decoded = text::decode(bytes);
        let parsed = json::parse(&decoded.text);
        let (shape, servers) = shape::read(&parsed);
        Self {
            lines: LineIndex::new(&decoded.text),
            text: decoded.text,
            encoding: decoded.encoding,
            bom: decoded.bom,
            parsed,
            shape,
            servers,
        }
    }

    /// The text, without the byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the file is written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether a byte order mark stands before the text.
    pub fn has_byte_order_mark(&self) -> bool {
        self.bom
    }

    /// Whether Claude can parse it: strict JSON in UTF-8 without a byte order mark. Bytes that are no UTF-8 count
    /// as strict only where they stand for none of JSON's own characters; UTF-16 never does.
    pub fn parses(&self) -> bool {
        self.parsed.is_strict()
            && !self.bom
            && matches!(self.encoding, Encoding::Utf8 | Encoding::Windows1252)
    }

    /// The tree, with everything that is wrong with it.
    pub fn parsed(&self) -> &Parsed {
        &self.parsed
    }

    /// What `JSON.parse` would refuse in the text.
    pub fn syntax_errors(&self) -> &[SyntaxError] {
        &self.parsed.errors
    }

    /// The outermost object, if there is one.
    pub fn root(&self) -> Option<&Object> {
        self.parsed.root.as_ref().and_then(Node::as_object)
    }

    /// Where the entries stand.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Every entry that could be read, wherever it stands, in the order of the text.
    pub fn servers(&self) -> &[Entry] {
        &self.servers
    }

    /// The entry of this name; the last one where the name stands twice, as in `JSON.parse`.
    pub fn server(&self, name: &str) -> Option<&Entry> {
        self.servers.iter().rev().find(|entry| entry.name.as_str() == name)
    }

    /// The object under `mcpServers`, if it is one.
    pub fn servers_node(&self) -> Option<&Node> {
        self.root()?.get("mcpServers").map(|member| &member.value).filter(|node| node.as_object().is_some())
    }

    /// Line and column of a byte offset in [`ConfigFile::text`].
    pub fn position(&self, offset: usize) -> Position {
        self.lines.position(&self.text, offset)
    }

    /// Length of a span in UTF-16 units.
    pub fn length(&self, span: &Range<usize>) -> usize {
        text::span_length(&self.text, span)
    }

    /// A line of the text by its number, from 1.
    pub fn line(&self, number: usize) -> Option<&str> {
        self.lines.line(&self.text, number)
    }

    /// A text as the bytes of this file: in its encoding, with its byte order mark. `None` when the encoding has
    /// no bytes for one of the characters.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        let mark = if self.bom { ByteOrderMark::Written } else { ByteOrderMark::Absent };
        text::encode(text, self.encoding, mark)
    }
}

impl From<&str> for ConfigFile {
    fn from(text: &str) -> Self {
        Self::read(text.as_bytes())
    }
}

#[cfg(test)]
mod tests;
