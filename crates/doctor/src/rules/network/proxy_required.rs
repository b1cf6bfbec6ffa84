use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The network lets programs out through a proxy only, and the proxy was not used or refused.
    ///
    /// ## Why it matters
    ///
    /// Node ignores the system's proxy, and `mcp-remote` ignores `HTTPS_PROXY` unless it is told to look.
    ///
    /// ## What to do
    ///
    /// Set `HTTPS_PROXY` (with name and password if it asks for them) in the entry's `env` and add
    /// `--enable-proxy` to the arguments of `mcp-remote`. Bridgekeeper's bridge uses the variables by itself.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: tunneling socket could not be established, statusCode=407
    /// ```
    ///
    /// ```log,finds
    /// requests.exceptions.ProxyError: HTTPSConnectionPool(host='api.example.org', port=443): Max retries exceeded
    /// ```
    ///
    /// ```log,finds
    /// npm error If you are behind a proxy, please make sure that the 'proxy' config is set properly.
    /// ```
    ///
    /// ```log,finds
    /// proxyconnect tcp: dial tcp 10.1.1.1:3128: connect: connection refused
    /// ```
    ///
    /// ```log,silent
    /// mcp-proxy server started on port 8407
    /// ```
    ///
    /// ```log,silent
    /// Proxy established successfully between local STDIO and remote
    /// ```
    pub(crate) static RULE = {
        id: "proxy-required",
        severity: Severity::Error,
        message: "The way out leads through a proxy, and it was not used or refused the connection",
        hides: &["connection-refused", "connect-timeout", "connection-reset"],
        fixes: &["proxy", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "proxy authentication required", "407", "tunneling socket", "proxyconnect", "proxyerror",
                "err_proxy", "unable to connect to proxy", "proxy connect", "tunnel connection failed",
                "err_tunnel", "proxy server", "behind a proxy", "behind a corporate proxy",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let said = line.has_any(&[
        "proxy authentication required",
        "tunneling socket could not",
        "proxyconnect tcp",
        "proxyerror",
        "err_proxy",
        "unable to connect to proxy",
        "tunnel connection failed",
        "err_tunnel_connection",
        "if you are behind a proxy",
        "behind a corporate proxy",
    ]);
    Sign::when(said || status::reports(line, 407))
}
