//! The vault against real keyrings.
#![cfg(test)]

mod native;
#[cfg(target_os = "linux")]
mod secret_service;
