//! Taking a change out of a text that somebody wrote on since, by its lines.

use std::ops::Range;

use bridgekeeper_formats::edit::Edit;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::journal::Replaced;

/// Edits of `present` that take back what turned `before` into `after`, where the lines that the change touched
/// still stand in `present` as in `after`; `None` where they do not.
pub(crate) fn inverse_on(
    before: &str,
    after: &str,
    replaced: &[Replaced],
    present: &str,
) -> Option<Vec<Edit>> {
    let (old, new) = (Lines::of(after), Lines::of(present));
    let standing = standing_lines(&old, &new);
    inverse(before, replaced).iter().map(|edit| moved(edit, &old, &new, &standing)).collect()
}

/// The edits that take `after` back to `before`.
fn inverse(before: &str, replaced: &[Replaced]) -> Vec<Edit> {
    let (mut grown, mut shrunk) = (0, 0);
    let mut edits = Vec::with_capacity(replaced.len());
    for change in replaced {
        let start = change.at + grown - shrunk;
        let old = before.get(change.span()).unwrap_or_default();
        edits.push(Edit::replace(start..start + change.inserted, old));
        grown += change.inserted;
        shrunk += change.removed;
    }
    edits
}

/// For each line of `old`, the line of `new` that it became unchanged.
fn standing_lines(old: &Lines<'_>, new: &Lines<'_>) -> Vec<Option<usize>> {
    let mut standing = vec![None; old.text.len()];
    for op in capture_diff_slices(Algorithm::Myers, &old.text, &new.text) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            for step in 0..len {
                standing[old_index + step] = Some(new_index + step);
            }
        }
    }
    standing
}

fn moved(edit: &Edit, old: &Lines<'_>, new: &Lines<'_>, standing: &[Option<usize>]) -> Option<Edit> {
    let touched = old.touched(&edit.span);
    let first = standing.get(touched.start).copied().flatten()?;
    let together = touched.clone().enumerate().all(|(step, line)| standing[line] == Some(first + step));
    let start = new.starts[first] + (edit.span.start - old.starts[touched.start]);
    together.then(|| Edit::replace(start..start + edit.span.len(), edit.text.clone()))
}

struct Lines<'a> {
    text: Vec<&'a str>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let starts = lines
            .iter()
            .scan(0, |at, line| {
                let start = *at;
                *at += line.len();
                Some(start)
            })
            .collect();
        Self { text: lines, starts }
    }

    /// The lines that a span touches. Where it stands between two lines both count, or what belongs between
    /// them would have no place.
    fn touched(&self, span: &Range<usize>) -> Range<usize> {
        let line_of = |offset| self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let last_byte = if span.is_empty() { span.start } else { span.end - 1 };
        let last = line_of(last_byte);
        let mut first = line_of(span.start);
        if span.is_empty() && first > 0 && self.starts[first] == span.start {
            first -= 1;
        }
        first..(last + 1).min(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_formats::edit;

    use super::*;

    const BEFORE: &str = "{\n  \"a\": \"one two\",\n  \"b\": 1\n}\n";

    fn changed() -> (Vec<Edit>, String) {
        let edits = vec![Edit::replace(10..17, "three"), Edit::insert(20, "  \"new\": [],\n")];
        let after = edit::apply(BEFORE, &edits);
        assert_eq!(after, "{\n  \"a\": \"three\",\n  \"new\": [],\n  \"b\": 1\n}\n");
        (edits, after)
    }

    fn take_back(present: &str) -> Option<String> {
        let (edits, after) = changed();
        let edits = inverse_on(BEFORE, &after, &Replaced::all(&edits), present)?;
        Some(edit::apply(present, &edits))
    }

    #[test]
    fn on_the_same_text_it_is_the_text_from_before() {
        assert_eq!(take_back(&changed().1).unwrap(), BEFORE);
    }

    #[test]
    fn what_others_wrote_elsewhere_stays() {
        let present = "{\n  \"first\": 0,\n  \"a\": \"three\",\n  \"new\": [],\n  \"b\": 2,\n  \"c\": 3\n}\n";
        let expected = "{\n  \"first\": 0,\n  \"a\": \"one two\",\n  \"b\": 2,\n  \"c\": 3\n}\n";
        assert_eq!(take_back(present).unwrap(), expected);
    }

    #[test]
    fn what_others_changed_there_is_refused() {
        let present = "{\n  \"a\": \"four\",\n  \"new\": [],\n  \"b\": 1\n}\n";
        assert_eq!(take_back(present), None);
        assert_eq!(take_back(""), None);
        assert_eq!(take_back("{}"), None);
    }
}
