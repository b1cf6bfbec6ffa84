//! A change as numbered lines, the way a window draws it.

use bridgekeeper_formats::secrets;
use similar::{ChangeTag, TextDiff};

use super::{DiffKind, DiffLine};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The lines that differ, with the lines around them, secrets masked. A gap stands for what is left out.
pub(crate) fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    let mut shown_to = 0;
    let whole = before.lines().count();
    for group in diff.grouped_ops(CONTEXT) {
        let start = group.first().map_or(0, |op| op.old_range().start);
        if start > shown_to {
            lines.push(gap());
        }
        for op in &group {
            lines.extend(diff.iter_changes(op).map(|change| {
                let kind = match change.tag() {
                    ChangeTag::Equal => DiffKind::Same,
                    ChangeTag::Insert => DiffKind::Add,
                    ChangeTag::Delete => DiffKind::Remove,
                };
                let text = change.value().trim_end_matches(['\r', '\n']);
                DiffLine {
                    kind,
                    old: change.old_index().and_then(number),
                    new: change.new_index().and_then(number),
                    text: secrets::mask(text).into_owned(),
                }
            }));
        }
        shown_to = group.last().map_or(0, |op| op.old_range().end);
    }
    if !lines.is_empty() && shown_to < whole {
        lines.push(gap());
    }
    lines
}

fn number(index: usize) -> Option<u32> {
    u32::try_from(index + 1).ok()
}

const fn gap() -> DiffLine {
    DiffLine { kind: DiffKind::Gap, old: None, new: None, text: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let mark = |line: &DiffLine| match line.kind {
            DiffKind::Same => ' ',
            DiffKind::Add => '+',
            DiffKind::Remove => '-',
            DiffKind::Gap => '…',
        };
        let number = |side: Option<u32>| side.map(|number| number.to_string()).unwrap_or_default();
        lines(before, after)
            .iter()
            .map(|line| format!("{}{}:{} {}", mark(line), number(line.old), number(line.new), line.text))
            .collect()
    }

    #[test]
    fn each_line_has_its_number_on_each_side() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let after = before.replace("e\n", "e1\ne2\n");
        let expected = [
            "…: ", " 2:2 b", " 3:3 c", " 4:4 d", "-5: e", "+:5 e1", "+:6 e2", " 6:7 f", " 7:8 g", " 8:9 h",
            "…: ",
        ];
        assert_eq!(shown(before, &after), expected);
    }

    #[test]
    fn nothing_is_shown_where_nothing_changes() {
        assert_eq!(lines("a\nb\n", "a\nb\n"), []);
    }

    #[test]
    fn secrets_are_masked_and_line_ends_are_left_out() {
        let before = "{\r\n  \"--header\", \"Authorization: Bearer s3cr3t-t0k3n-1234\"\r\n}\r\n";
        let text: String = shown(before, &before.replace("Authorization: ", "Authorization:")).concat();
        assert!(text.contains("Authorization:") && !text.contains("s3cr3t"), "{text}");
        assert!(!text.contains('\r'));
    }
}
