//! Homes of every system, built on disk and looked at through the crate's public door.

mod configs;
mod extensions;
mod installs;
mod logs;
#[cfg(test)] // clippy then lets it unwrap
mod world;
