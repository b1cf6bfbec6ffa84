//! The desktop host without a desktop: its commands on Tauri's mock runtime, and its lists against each other.

mod bindings;
mod commands;
