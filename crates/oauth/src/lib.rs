//! The OAuth client of MCP servers: how a server says where to sign in, and the sign-in itself.
//!
//! The wall keeps one reading of the RFCs for everybody who needs it: the probe, which only looks, and the bridge and
//! the app, which act on what was found. All traffic goes through [`bridgekeeper_net::Client`].
//!
//! [`Session`] is the way in: it knows one account at one server and gives out headers for its requests.
//!
//! Deliberately absent: the keyring, the clock, the browser and the environment, which are handed in; MCP's messages;
//! judging what stands in a token. [`discovery`] sends no credential to anybody.
#![warn(missing_docs)]

mod authorization;
mod callback;
mod client;
mod credentials;
pub mod discovery;
mod dpop;
mod error;
mod exchange;
mod lease;
mod locks;
mod person;
mod registration;
mod scope;
mod session;
mod signing;
mod surroundings;
mod token_endpoint;
mod tokens;

pub use callback::{CallbackSettings, PortChoice, Ports};
pub use client::{ClientInformation, ClientOrigin};
pub use credentials::{Account, Credentials, FailedRenewal, InMemory, SignIn, StoreError};
pub use error::{Error, Refusal};
pub use locks::Locks;
pub use registration::ClientSettings;
pub use session::{
    Access, Grant, Invitation, Opened, Progress, Refused, Resource, Sends, Session, Settings, TokenBinding,
};
pub use signing::SigningKey;
pub use surroundings::{Browser, Random, Surroundings, SystemBrowser};
pub use token_endpoint::IdentityProvider;
pub use tokens::{TokenKind, Tokens};
