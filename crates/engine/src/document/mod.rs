//! The live config as a document that a window edits: the same text as JSON and as forms.
//!
//! The wall is here so that a window never holds a secret that nobody asked to see, and never needs to know how an
//! edit is made that leaves all other bytes alone. What it holds is the text with a stand-in for each secret; every
//! function takes such a text and gives edits of it, counted in UTF-16 units as the window's editor counts.
//!
//! Deliberately absent: files, the journal, and the session; these are [`crate::live`]'s.

mod edits;
mod flags;
mod forms;
mod line_ends;
mod merge;
mod stand_in;
#[cfg(test)]
mod tests;
mod units;
pub mod view;

pub(crate) use edits::{NotPossible, edit, hunks};
pub(crate) use flags::flags;
pub(crate) use forms::servers;
pub(crate) use line_ends::LineEnds;
pub(crate) use merge::{Conflict, merge};
pub(crate) use stand_in::StandIns;
pub(crate) use units::Units;
