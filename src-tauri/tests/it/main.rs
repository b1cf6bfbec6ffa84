//! The desktop host without a desktop: its commands on Tauri's mock runtime, and its lists against each other.
#![expect(clippy::unwrap_used, reason = "a failing step is a failing test")]

mod bindings;
mod commands;
mod rights;
