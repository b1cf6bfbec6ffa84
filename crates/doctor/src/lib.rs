//! Facts in, findings out: what is wrong with a set-up, named by one rule per cause.
//!
//! The wall is here so that a diagnosis is a pure function: the same lines and the same config give the same
//! findings on every machine, in every host and in every test. Rules are data in one file each, see [`rule`].
//!
//! Deliberately absent: files, sockets, clocks, processes. Whoever calls hands in what was read.
#![warn(missing_docs)]

pub mod config_check;
pub mod fixes;
pub mod health;
pub mod log_scan;
pub mod machine_check;
pub mod pages;
pub mod remedies;
pub mod rule;
pub mod rules;
mod signs;
pub mod text;
