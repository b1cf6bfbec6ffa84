//! The application without a window: reads a set-up, names what is wrong, shows a repair, carries it out, takes
//! it back.
//!
//! The wall is here so that the tray app, the console and the tests are three hosts of one engine. Everything
//! that differs between them is handed in: home, system, clock, environment, the bundled bridge.
//!
//! Deliberately absent: windows, argument parsing, printing.
#![warn(missing_docs)]

pub mod change;
mod diff;
mod publish;
pub mod view;

pub use diff::{Diff, Secrets};
pub use publish::{Outcome, PublishError, Published};
