use std::ops::Range;

use bridgekeeper_formats::secrets;
use bridgekeeper_model::MASK;

/// A line with one part marked, secrets masked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    /// What stands before the marked part.
    pub before: String,
    /// The marked part. Empty where a place between two characters is meant.
    pub marked: String,
    /// What stands behind it.
    pub after: String,
}

impl Frame {
    /// Marks the bytes `mark` of `line`. What reaches over the end of the line is cut off. A secret is masked
    /// whole, and belongs to the marked part where it begins in it.
    pub fn of(line: &str, mark: Range<usize>) -> Self {
        let inside =
            |at: usize| (0..=at.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let mark = inside(mark.start)..inside(mark.end.max(mark.start));
        let mut hidden = secrets::spans(line);
        hidden.sort_by_key(|span| (span.start, span.end));
        let mut frame = Self::default();
        let mut at = 0;
        for span in hidden {
            if span.end <= at {
                continue;
            }
            frame.push_text(line, at..span.start.max(at), &mark);
            // Of two that overlap the second one only widens the first.
            if span.start >= at {
                frame.part(span.start, &mark).push_str(MASK);
            }
            at = span.end;
        }
        frame.push_text(line, at..line.len(), &mark);
        frame
    }

    fn push_text(&mut self, line: &str, span: Range<usize>, mark: &Range<usize>) {
        for (at, character) in line[span.clone()].char_indices() {
            self.part(span.start + at, mark).push(character);
        }
    }

    fn part(&mut self, at: usize, mark: &Range<usize>) -> &mut String {
        if at < mark.start {
            &mut self.before
        } else if at < mark.end {
            &mut self.marked
        } else {
            &mut self.after
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(line: &str, mark: Range<usize>) -> [String; 3] {
        let frame = Frame::of(line, mark);
        [frame.before, frame.marked, frame.after]
    }

    #[test]
    fn the_part_is_marked() {
        assert_eq!(frame("a, b", 1..2), ["a", ",", " b"]);
        assert_eq!(frame("a, b", 1..99), ["a", ", b", ""]);
        assert_eq!(frame("äöü", 1..3), ["", "ä", "öü"]);
        assert_eq!(frame("", 0..5), ["", "", ""]);
    }

    #[test]
    fn secrets_are_masked_and_the_mark_stays_in_place() {
        let line = r#"  "Authorization: Bearer abcdef0123456789abcdef", "x""#;
        let at = line.find("\"x\"").unwrap();
        let [before, marked, after] = frame(line, at..at + 3);
        assert!(before.contains(MASK) && !before.contains("abcdef"), "{before}");
        assert_eq!([marked, after], ["\"x\"", ""]);
    }
}
