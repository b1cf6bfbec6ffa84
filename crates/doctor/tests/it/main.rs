//! The doctor's public doors, in one binary.

mod config_corpus;
mod config_rules;
mod log_corpus;
mod log_scan;
mod rules;
