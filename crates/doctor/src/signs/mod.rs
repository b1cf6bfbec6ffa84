//! What several rules read from a line: programs that were not found, HTTP statuses, JSON errors, paths.
//!
//! A rule decides; these only read. Each knows the programs that write such lines, not the rules that ask.

pub(crate) mod json_text;
pub(crate) mod module;
pub(crate) mod names;
pub(crate) mod paths;
pub(crate) mod program;
pub(crate) mod status;
