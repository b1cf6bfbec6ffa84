//! Changes to a text that leave the rest of it alone, byte for byte.
//!
//! An [`Edit`] replaces one span. A list of them belongs to one text, is sorted and does not overlap. The
//! constructors in [`members`] write JSON in the style the document already has.

pub mod members;
pub mod style;

use std::borrow::Cow;
use std::ops::Range;

/// Replaces the bytes of `span` by `text`. An empty span inserts, an empty text removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text before the change.
    pub span: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Puts `text` in the place of `span`.
    pub fn replace(span: Range<usize>, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Puts `text` before the byte at `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at..at, text)
    }

    /// Takes `span` out.
    pub fn remove(span: Range<usize>) -> Self {
        Self::replace(span, "")
    }
}

/// Carries the edits out. They may come in any order; of two that overlap, the one that begins later is left
/// out. Insertions at one place keep their order.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted(text, edits).iter() {
        result.push_str(&text[at..edit.span.start]);
        result.push_str(&edit.text);
        at = edit.span.end;
    }
    result.push_str(&text[at..]);
    result
}

/// The edits that take the edited text back to `text`.
pub fn invert(text: &str, edits: &[Edit]) -> Vec<Edit> {
    let mut inverse = Vec::with_capacity(edits.len());
    let mut grown = 0_usize;
    let mut shrunk = 0_usize;
    for edit in sorted(text, edits).iter() {
        let start = edit.span.start + grown - shrunk;
        inverse.push(Edit::replace(start..start + edit.text.len(), &text[edit.span.clone()]));
        grown += edit.text.len();
        shrunk += edit.span.len();
    }
    inverse
}

/// The edits in the order of their places, without those that overlap an earlier one or do not fit the text.
pub fn sorted<'e>(text: &str, edits: &'e [Edit]) -> Cow<'e, [Edit]> {
    let fits = |edit: &Edit| text.get(edit.span.clone()).is_some();
    let in_order = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    if in_order && edits.iter().all(fits) {
        return Cow::Borrowed(edits);
    }
    let mut all: Vec<Edit> = edits.iter().filter(|edit| fits(edit)).cloned().collect();
    all.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut end = 0;
    all.retain(|edit| {
        let free = edit.span.start >= end;
        if free {
            end = edit.span.end;
        }
        free
    });
    Cow::Owned(all)
}

/// A text under change: takes edits step by step, each against the text as it is by then, and reports them as one
/// list against the text it began with.
#[derive(Debug, Clone)]
pub struct Draft<'t> {
    original: &'t str,
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
enum Piece {
    Kept(Range<usize>),
    New(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(span) => span.len(),
            Self::New(text) => text.len(),
        }
    }

    /// The part of this piece between two offsets counted from its own start.
    fn part(&self, from: usize, to: usize) -> Option<Self> {
        (from < to).then(|| match self {
            Self::Kept(span) => Self::Kept(span.start + from..span.start + to),
            Self::New(text) => Self::New(text[from..to].to_owned()),
        })
    }
}

impl<'t> Draft<'t> {
    /// Begins with `original`.
    pub fn new(original: &'t str) -> Self {
        Self { original, text: original.to_owned(), pieces: vec![Piece::Kept(0..original.len())] }
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Carries out edits whose spans are offsets in [`Draft::text`].
    pub fn apply(&mut self, edits: &[Edit]) {
        let edits = sorted(&self.text, edits).into_owned();
        let mut pieces = Vec::with_capacity(self.pieces.len() + 2 * edits.len());
        let mut at = 0;
        for edit in &edits {
            pieces.extend(self.slice(at..edit.span.start));
            if !edit.text.is_empty() {
                pieces.push(Piece::New(edit.text.clone()));
            }
            at = edit.span.end;
        }
        pieces.extend(self.slice(at..self.text.len()));
        self.text = apply(&self.text, &edits);
        self.pieces = pieces;
    }

    /// Everything done so far, as edits of the text it began with. What was put in and taken out again, and what
    /// was replaced by itself, is not among them.
    pub fn edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut at = 0;
        let mut new = String::new();
        let end = [Piece::Kept(self.original.len()..self.original.len())];
        for piece in self.pieces.iter().chain(&end) {
            match piece {
                Piece::New(text) => new.push_str(text),
                Piece::Kept(span) => {
                    let edit = Edit::replace(at..span.start, std::mem::take(&mut new));
                    edits.extend(trimmed(self.original, &edit));
                    at = span.end;
                }
            }
        }
        edits
    }

    fn slice(&self, span: Range<usize>) -> Vec<Piece> {
        let mut parts = Vec::new();
        let mut start = 0;
        for piece in &self.pieces {
            let from = span.start.saturating_sub(start).min(piece.len());
            let to = span.end.saturating_sub(start).min(piece.len());
            parts.extend(piece.part(from, to));
            start += piece.len();
        }
        parts
    }
}

/// The edit without what its text has in common with what it replaces; `None` when nothing is left.
fn trimmed(original: &str, edit: &Edit) -> Option<Edit> {
    let old = &original[edit.span.clone()];
    let prefix = common_prefix(old, &edit.text);
    let suffix = common_suffix(&old[prefix..], &edit.text[prefix..]);
    let span = edit.span.start + prefix..edit.span.end - suffix;
    let text = &edit.text[prefix..edit.text.len() - suffix];
    (!span.is_empty() || !text.is_empty()).then(|| Edit::replace(span, text))
}

fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

fn common_suffix(a: &str, b: &str) -> usize {
    a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn insertions_at_one_place_keep_their_order() {
        assert_eq!(apply("ab", &[Edit::insert(1, "1"), Edit::insert(1, "2"), Edit::remove(1..2)]), "a12");
    }

    #[test]
    fn a_draft_reports_what_changed_and_no_more() {
        let mut draft = Draft::new("one two three");
        draft.apply(&[Edit::replace(4..7, "TWO")]);
        draft.apply(&[Edit::insert(0, ">"), Edit::replace(4..7, "two")]);
        assert_eq!(draft.text(), ">one two three");
        assert_eq!(draft.edits(), [Edit::insert(0, ">")]);
    }

    prop_compose! {
        fn edits_for(length: usize)(
            raw in proptest::collection::vec((0..=length, 0..=length, "[a-zé]{0,4}"), 0..8)
        ) -> Vec<Edit> {
            raw.into_iter().map(|(a, b, text)| Edit::replace(a.min(b)..a.max(b), text)).collect()
        }
    }

    fn text_and_edits() -> impl Strategy<Value = (String, Vec<Edit>, Vec<Edit>)> {
        "[ -~äß😀\n]{0,40}".prop_flat_map(|text| {
            let length = text.len();
            (Just(text), edits_for(length), edits_for(length + 8))
        })
    }

    proptest! {
        #[test]
        fn what_is_inverted_is_as_before((text, edits, _) in text_and_edits()) {
            let changed = apply(&text, &edits);
            prop_assert_eq!(apply(&changed, &invert(&text, &edits)), text);
        }

        #[test]
        fn a_draft_composes((text, first, second) in text_and_edits()) {
            let mut draft = Draft::new(&text);
            draft.apply(&first);
            draft.apply(&second);
            prop_assert_eq!(&apply(&apply(&text, &first), &second), draft.text());
            prop_assert_eq!(&apply(&text, &draft.edits()), draft.text());
        }
    }
}
