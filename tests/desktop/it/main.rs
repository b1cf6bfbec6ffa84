//! The real app, from outside: what its window does, what its tray says, what it costs.
#![cfg(target_os = "linux")]

mod cost;
mod story;
mod tray;
