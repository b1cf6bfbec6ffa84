//! Three texts made one: what was read, what stands on the disk by now, and what the window holds.
//!
//! Lines are compared first, as people read them. Where both sides changed the same lines the parts of JSON are
//! compared: Claude writes the whole file in its own layout, which touches every line and changes nothing. What both
//! changed is left as the window has it and told as a conflict; nothing of either side is lost.

use std::ops::Range;

use bridgekeeper_formats::json;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of two changes of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The text, with our side where both changed the same.
    pub(crate) text: String,
    /// Where both did, in the order of the text.
    pub(crate) conflicts: Vec<Conflict>,
}

/// A part that both sides changed, each in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// Where our side stands in the merged text.
    pub(crate) span: Range<usize>,
    /// What stands there on the disk.
    pub(crate) theirs: String,
}

/// Puts two changes of `base` together.
pub(crate) fn merge(base: &str, theirs: &str, mine: &str) -> Merged {
    let by_lines = three_ways(&lines(base), &lines(theirs), &lines(mine), Touching::Conflicts);
    let reads = |text: &str| json::parse(text).is_strict();
    let sides_read = reads(theirs) && reads(mine);
    if by_lines.conflicts.is_empty() && (!sides_read || reads(&by_lines.text)) {
        return by_lines;
    }
    let by_parts = three_ways(&parts(base), &parts(theirs), &parts(mine), Touching::Stands);
    if by_parts.conflicts.is_empty() && sides_read && reads(&by_parts.text) {
        return by_parts;
    }
    if by_lines.conflicts.is_empty() {
        // Both go together as lines and make no JSON: then the whole is one conflict
        let conflicts = vec![Conflict { span: 0..mine.len(), theirs: theirs.to_owned() }];
        return Merged { text: mine.to_owned(), conflicts };
    }
    by_lines
}

/// Whether two changes that meet without overlapping exclude each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touching {
    Conflicts,
    Stands,
}

/// A part of the base that one side replaced.
#[derive(Clone)]
struct Hunk {
    base: Range<usize>,
    side: Range<usize>,
}

/// Hunks of both sides that overlap, and what they cover together.
struct Group {
    base: Range<usize>,
    theirs: Vec<Hunk>,
    mine: Vec<Hunk>,
}

impl Group {
    fn meets(&self, hunk: &Hunk, touching: Touching) -> bool {
        let same_place = self.base.is_empty() && hunk.base.is_empty() && self.base.end == hunk.base.start;
        match touching {
            Touching::Conflicts => hunk.base.start <= self.base.end,
            Touching::Stands => hunk.base.start < self.base.end || same_place,
        }
    }
}

fn three_ways(base: &[&str], theirs: &[&str], mine: &[&str], touching: Touching) -> Merged {
    let mut merged = Merged { text: String::new(), conflicts: vec![] };
    let mut at = 0;
    for group in groups(hunks(base, theirs), hunks(base, mine), touching) {
        merged.text.extend(base[at..group.base.start].iter().copied());
        at = group.base.end;
        let original = base[group.base.clone()].concat();
        let their = replaced(base, theirs, &group.base, &group.theirs);
        let my = replaced(base, mine, &group.base, &group.mine);
        let start = merged.text.len();
        merged.text.push_str(if my == original { &their } else { &my });
        if my != original && their != original && their != my {
            merged.conflicts.push(Conflict { span: start..merged.text.len(), theirs: their });
        }
    }
    merged.text.extend(base[at..].iter().copied());
    merged
}

fn groups(theirs: Vec<Hunk>, mine: Vec<Hunk>, touching: Touching) -> Vec<Group> {
    let mut all: Vec<(bool, Hunk)> = theirs.into_iter().map(|hunk| (true, hunk)).collect();
    all.extend(mine.into_iter().map(|hunk| (false, hunk)));
    all.sort_by_key(|(_, hunk)| (hunk.base.start, hunk.base.end));
    let mut groups: Vec<Group> = Vec::new();
    for (is_theirs, hunk) in all {
        if !groups.last().is_some_and(|group| group.meets(&hunk, touching)) {
            groups.push(Group { base: hunk.base.clone(), theirs: vec![], mine: vec![] });
        }
        if let Some(group) = groups.last_mut() {
            group.base.end = group.base.end.max(hunk.base.end);
            if is_theirs { &mut group.theirs } else { &mut group.mine }.push(hunk);
        }
    }
    groups
}

/// What one side made of a part of the base.
fn replaced(base: &[&str], side: &[&str], whole: &Range<usize>, hunks: &[Hunk]) -> String {
    let mut text = String::new();
    let mut at = whole.start;
    for hunk in hunks {
        text.extend(base[at..hunk.base.start].iter().copied());
        text.extend(side[hunk.side.clone()].iter().copied());
        at = hunk.base.end;
    }
    text.extend(base[at..whole.end].iter().copied());
    text
}

fn hunks(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    let mut hunks: Vec<Hunk> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, base, side) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match hunks.last_mut() {
            Some(last) if last.base.end == op.old_range().start && last.side.end == op.new_range().start => {
                last.base.end = op.old_range().end;
                last.side.end = op.new_range().end;
            }
            _ => hunks.push(Hunk { base: op.old_range(), side: op.new_range() }),
        }
    }
    hunks
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The parts of JSON: strings, words, signs, and the white space between them.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            _ => {
                let ends =
                    |c: char| c.is_whitespace() || matches!(c, '"' | '{' | '}' | '[' | ']' | ',' | ':');
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
    }
    parts
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
