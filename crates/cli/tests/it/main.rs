//! Whole interactions with the program: what is typed, what it prints, how it ends.

mod broken_home;
#[cfg(test)] // clippy then lets it unwrap
mod console;
mod contract;
mod edges;
