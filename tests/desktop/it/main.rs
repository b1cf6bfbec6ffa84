//! The real app, from outside: what its window does, what its tray says, what it costs.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failing step is a failing test")]

mod add;
mod config;
mod cost;
mod log;
mod manners;
mod report;
mod story;
mod tray;
