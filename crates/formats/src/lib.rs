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

/// How many cases a property is tried on: ten times as many where long tests are asked for.
#[cfg(test)]
fn test_cases(usual: u32) -> u32 {
    if std::env::var_os("BRIDGEKEEPER_LONG_TESTS").is_some() { usual * 10 } else { usual }
}
