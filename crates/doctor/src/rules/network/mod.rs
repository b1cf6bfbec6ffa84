//! Names, ports, connections and certificates.

pub(crate) mod connect_timeout;
pub(crate) mod connection_refused;
pub(crate) mod connection_reset;
pub(crate) mod dns_failure;
pub(crate) mod port_in_use;
pub(crate) mod proxy_required;
pub(crate) mod tls_cert_expired;
pub(crate) mod tls_untrusted_ca;
