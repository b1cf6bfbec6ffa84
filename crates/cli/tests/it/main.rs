//! Whole interactions with the program: what is typed, what it prints, how it ends.
#![cfg(test)] // clippy then lets every module unwrap

mod account;
mod add;
#[cfg(unix)] // the snapshots show paths as they are there
mod broken_home;
#[cfg(target_os = "linux")] // Claude is a shell there
mod closing;
mod console;
mod contract;
#[cfg(unix)] // a page is the same everywhere; its commands are run on one system
mod documents;
mod edges;
mod edits;
#[cfg(target_os = "linux")] // the keyring is GNOME's, in a session of its own
mod keyring;
mod probe;
mod report;
mod reset;
mod running;
mod secret;
mod shipped;
#[cfg(unix)] // its servers are shell scripts
mod trial;
