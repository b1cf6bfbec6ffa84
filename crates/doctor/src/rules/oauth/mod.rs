//! Signing in.

pub(crate) mod oauth_callback_timeout;
pub(crate) mod oauth_coordination_null_port;
pub(crate) mod oauth_dcr_unsupported;
pub(crate) mod oauth_duplicate_instance;
pub(crate) mod oauth_invalid_client;
pub(crate) mod oauth_invalid_grant;
pub(crate) mod oauth_other;
pub(crate) mod oauth_redirect_uri_mismatch;
pub(crate) mod oauth_token_exchange_failed;
