//! Where lines begin and end, for deciding what a removal takes along.

use std::ops::Range;

/// The end of the line that `at` stands in, before its line ending.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |end| at + end)
}

/// The start of the line that `at` stands in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |before| before + 1)
}

/// The white space that begins the line in which `at` stands.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether only white space stands before `at` in its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    // Looks at the white space alone: a file may be one long line.
    let before = text[..at].trim_end_matches([' ', '\t', '\u{FEFF}']);
    before.is_empty() || before.ends_with(['\n', '\r'])
}

/// The whole lines of `span` with one line ending, when nothing else stands in them.
pub(super) fn alone_on_lines(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    if !begins_line(text, span.start) {
        return None;
    }
    let rest = text[span.end..].trim_start_matches([' ', '\t']);
    let after = text.len() - rest.len();
    let end = if rest.starts_with("\r\n") {
        after + 2
    } else if rest.starts_with(['\n', '\r']) {
        after + 1
    } else if rest.is_empty() {
        after
    } else {
        return None;
    };
    let start = line_start(text, span.start);
    let mark = if text[start..].starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    Some(start + mark..end)
}
