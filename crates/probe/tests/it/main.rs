//! The probe against servers on loopback: good ones, and one that fails at each stage.

mod authorization;
mod failures;
mod hanging;
mod healthy;
mod proxy;
mod tls;
mod who;
mod world;
