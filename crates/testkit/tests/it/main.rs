#![cfg(test)]
//! What the test servers promise to the tests that rely on them.

mod http;
mod oauth;
