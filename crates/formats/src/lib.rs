//! Text in, facts and spans out: Claude's config file and its logs, old and new.
//!
//! The wall is here so that everything which reads the user's files can be tested with a string. Nothing in
//! this crate opens a file, asks a clock or decides what is wrong; it says what stands where.

pub mod config;
pub mod edit;
pub mod json;
pub mod log;
pub mod secrets;
pub mod text;
