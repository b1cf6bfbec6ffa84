//! Line ends: an editor knows one kind, a file may have three.

use similar::{DiffOp, TextDiff};

/// The line ends of a text, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineEnds {
    ends: Vec<&'static str>,
    usual: &'static str,
}

impl LineEnds {
    /// The text with every line ended by `\n`, and what it had instead.
    pub(crate) fn taken_from(text: &str) -> (String, Self) {
        let (mut plain, mut ends) = (String::with_capacity(text.len()), Vec::new());
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let end = match character {
                '\r' if characters.next_if_eq(&'\n').is_some() => "\r\n",
                '\r' => "\r",
                '\n' => "\n",
                other => {
                    plain.push(other);
                    continue;
                }
            };
            plain.push('\n');
            ends.push(end);
        }
        let count = |end: &str| ends.iter().filter(|one| **one == end).count();
        let usual = ["\n", "\r\n", "\r"].into_iter().rev().max_by_key(|end| count(end)).unwrap_or("\n");
        (plain, Self { ends, usual })
    }

    /// A text that came of `base` with the line ends that its lines had; new lines end as most do.
    pub(crate) fn put_into(&self, base: &str, text: &str) -> String {
        if self.ends.iter().all(|end| *end == self.usual) {
            return if self.usual == "\n" { text.to_owned() } else { text.replace('\n', self.usual) };
        }
        let mut whole = String::with_capacity(text.len() + self.ends.len());
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for op in TextDiff::from_lines(base, text).ops() {
            let kept = match op {
                DiffOp::Equal { old_index, .. } => Some(*old_index),
                DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => None,
            };
            for (at, line) in lines[op.new_range()].iter().enumerate() {
                let end = kept.and_then(|first| self.ends.get(first + at)).unwrap_or(&self.usual);
                match line.strip_suffix('\n') {
                    Some(line) => whole.extend([line, end]),
                    None => whole.push_str(line),
                }
            }
        }
        whole
    }
}
