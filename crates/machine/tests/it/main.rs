//! The machine through its public door, with real processes.
#![cfg(test)]

mod processes;
mod programs;
