//! The real app, from outside: what its tray says, what its window does, what it costs.
#![cfg(target_os = "linux")]

mod tray;
