//! What the test servers promise to the tests that rely on them.
#![cfg(test)] // clippy then lets every module unwrap

mod http;
mod oauth;
mod scripted;
