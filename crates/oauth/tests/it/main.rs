//! The OAuth client against servers on loopback that do it right, do it otherwise, lie or hang.
#![cfg(test)]

mod callback;
mod discovery;
mod grants;
mod hostile;
mod lease;
mod person;
mod proof;
mod renewal;
mod sign_in;
mod signed_out;
mod together;
mod world;
