//! The doctor's public doors, in one binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod config_corpus;
mod config_rules;
mod fixes;
mod fixes_on_a_machine;
mod fixes_properties;
mod log_corpus;
mod log_scan;
mod machine_rules;
mod move_secret;
mod pages;
mod pasted;
mod rules;
mod speed;
