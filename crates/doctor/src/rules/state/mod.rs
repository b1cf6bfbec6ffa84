//! How a server ended, where no cause is known.

pub(crate) mod client_shutdown;
pub(crate) mod config_wrong_location;
pub(crate) mod server_crash_early;
