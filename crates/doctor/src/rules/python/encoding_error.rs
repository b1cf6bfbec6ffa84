use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The server tried to read or print a character that the system's code page does not know.
    ///
    /// ## Why it matters
    ///
    /// On Windows Python uses the code page of the system for files and pipes unless told otherwise. An emoji
    /// in a start message, or a file in UTF-8, then ends the server.
    ///
    /// ## What to do
    ///
    /// Add `PYTHONUTF8=1` and `PYTHONIOENCODING=utf-8` to the entry's `env`, or update the server.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// UnicodeEncodeError: 'charmap' codec can't encode character '\u2192' in position 12: character maps to <undefined>
    /// ```
    ///
    /// ```log,finds
    /// UnicodeDecodeError: 'gbk' codec can't decode byte 0x94 in position 3: illegal multibyte sequence
    /// ```
    ///
    /// ```log,finds
    ///   File "C:\Python312\Lib\encodings\cp1252.py", line 19, in encode
    /// ```
    ///
    /// ```log,silent
    /// using codec h264
    /// ```
    ///
    /// ```log,silent
    /// encoding: utf-8
    /// ```
    pub(crate) static RULE = {
        id: "encoding-error",
        severity: Severity::Error,
        message: "The server stumbled over a character that its code page does not have",
        hides: &[],
        fixes: &["python-utf8", "edit-config"],
        detect: Detect::Log {
            needles: WORDS,
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

/// What the libraries say, in lower case.
const WORDS: &[&str] = &[
    "unicodedecodeerror",
    "unicodeencodeerror",
    "codec can't",
    "charmap_encode",
    "charmap_decode",
    "illegal multibyte",
    "surrogates not allowed",
    "did not contain valid utf-8",
    "\\encodings\\cp",
    "ordinal not in range",
    "invalid start byte",
    "invalid continuation byte",
];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    Sign::when(line.has_any(WORDS))
}
