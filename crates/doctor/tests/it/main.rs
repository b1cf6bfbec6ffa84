//! The doctor's public doors, in one binary.

mod log_corpus;
mod log_scan;
mod rules;
