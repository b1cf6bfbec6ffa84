//! What the remote server answered.

pub(crate) mod api_key_invalid;
pub(crate) mod http_400;
pub(crate) mod http_401;
pub(crate) mod http_403;
pub(crate) mod http_404;
pub(crate) mod http_405;
pub(crate) mod http_406;
pub(crate) mod http_415;
pub(crate) mod http_421;
pub(crate) mod http_429;
pub(crate) mod http_5xx;
pub(crate) mod session_expired;
pub(crate) mod transport_mismatch;
