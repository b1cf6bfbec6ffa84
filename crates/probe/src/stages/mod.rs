//! One file per group of stages. Each takes the facts it needs and gives an [`Outcome`](crate::outcome::Outcome).

pub(crate) mod authorization;
pub(crate) mod clock;
pub(crate) mod handshake;
pub(crate) mod http;
pub(crate) mod network;
pub(crate) mod origin;
pub(crate) mod session;
pub(crate) mod streaming;
pub(crate) mod tls;
pub(crate) mod tools;
