//! Every mistake mended whose intent is plain, until nothing is left or nothing more can be done.

use super::{SyntaxError, parse};
use crate::edit::{Draft, Edit};

/// Mending one mistake can show the next; a text that is not done after so many rounds is not plain.
const MAX_ROUNDS: usize = 12;

/// What came of a repair.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The text afterwards.
    pub text: String,
    /// What was changed, as edits of the text before.
    pub edits: Vec<Edit>,
    /// What is still wrong; empty when the result is strict JSON.
    pub left: Vec<SyntaxError>,
}

/// Makes the text strict JSON as far as the intent is plain, and paths with single backslashes what was meant.
/// Only the spans of the mistakes change.
pub fn repair(text: &str) -> Repaired {
    let mut draft = Draft::new(text);
    for _ in 0..MAX_ROUNDS {
        let parsed = parse(draft.text());
        let errors = parsed.errors.iter().flat_map(|error| error.repair.iter());
        let notes = parsed.notes.iter().flat_map(|note| note.repair.iter());
        let edits: Vec<Edit> = errors.chain(notes).cloned().collect();
        if edits.is_empty() {
            break;
        }
        draft.apply(&edits);
    }
    let left = parse(draft.text()).errors;
    Repaired { text: draft.text().to_owned(), edits: draft.edits(), left }
}
