//! What stands between the tokens: white space, comments, and characters that only look like white space.

use std::ops::Range;

use super::SyntaxErrorKind;
use super::lines::{alone_on_lines, line_end};
use super::scanner::Scanner;
use crate::edit::Edit;

impl Scanner<'_> {
    /// Moves to the next token, naming what may not stand in between.
    pub(super) fn skip_trivia(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let Some(next) = rest.chars().next() else { return };
            match next {
                ' ' | '\t' | '\n' | '\r' => self.at += 1,
                '#' => self.comment(line_end(self.text, self.at)),
                '/' if rest.starts_with("//") => self.comment(line_end(self.text, self.at)),
                '/' if rest.starts_with("/*") => {
                    let end = rest.find("*/").map_or(self.text.len(), |end| self.at + end + 2);
                    self.comment(end);
                }
                '<' if rest.starts_with("<!--") => {
                    let end = rest.find("-->").map_or(self.text.len(), |end| self.at + end + 3);
                    self.comment(end);
                }
                '\0' => {
                    let end = self.end_of_run(|c| c == '\0');
                    self.error(SyntaxErrorKind::NulBytes, self.at..end, vec![Edit::remove(self.at..end)]);
                    self.at = end;
                }
                '\u{FEFF}' if self.at == 0 => {
                    let mark = 0..next.len_utf8();
                    self.at = mark.end;
                    self.error(SyntaxErrorKind::ByteOrderMark, mark.clone(), vec![Edit::remove(mark)]);
                }
                other if is_foreign_space(other) => {
                    let end = self.end_of_run(is_foreign_space);
                    let spaces =
                        " ".repeat(self.text[self.at..end].chars().filter(|c| c.is_whitespace()).count());
                    let span = self.at..end;
                    self.error(
                        SyntaxErrorKind::ForeignSpace,
                        span.clone(),
                        vec![Edit::replace(span, spaces)],
                    );
                    self.at = end;
                }
                _ => return,
            }
        }
    }

    fn comment(&mut self, end: usize) {
        let span = self.at..end;
        self.error(
            SyntaxErrorKind::Comment,
            span.clone(),
            vec![Edit::remove(with_its_space(self.text, span))],
        );
        self.at = end;
    }

    fn end_of_run(&self, belongs: impl Fn(char) -> bool) -> usize {
        let rest = &self.text[self.at..];
        self.at + rest.find(|c| !belongs(c)).unwrap_or(rest.len())
    }
}

/// Characters that look like white space, or like nothing, and that JSON does not allow between tokens.
pub(super) fn is_foreign_space(c: char) -> bool {
    let invisible =
        matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{00AD}' | '\u{202A}'..='\u{202E}');
    invisible || (c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r'))
}

/// The span of a comment and what would be left dangling without it: its whole lines where it stands alone, else
/// the white space before it.
fn with_its_space(text: &str, span: Range<usize>) -> Range<usize> {
    if let Some(lines) = alone_on_lines(text, &span) {
        return lines;
    }
    let at_line_end = text[span.end..].starts_with(['\n', '\r']) || span.end == text.len();
    if at_line_end {
        let start = text[..span.start].trim_end_matches([' ', '\t']).len();
        return start..span.end;
    }
    span
}
