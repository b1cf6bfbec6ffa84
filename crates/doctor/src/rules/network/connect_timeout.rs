use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The connection to the server was not answered in time.
    ///
    /// ## Why it matters
    ///
    /// Something on the way swallows it: a firewall, a VPN that is off, a proxy that must be used, or a server
    /// that is down or overloaded.
    ///
    /// ## What to do
    ///
    /// Open the address in a browser on the same computer. If that works, the proxy is missing (see
    /// `proxy-required`); if not, check VPN, firewall and the server.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// ConnectTimeoutError: Connect Timeout Error (attempted address: mcp.example.org:443, timeout: 10000ms)
    /// ```
    ///
    /// ```log,finds
    /// Error: connect ETIMEDOUT 203.0.113.7:443
    /// ```
    ///
    /// ```log,finds
    /// httpx.ConnectTimeout: timed out
    /// ```
    ///
    /// ```log,finds
    /// dial tcp 203.0.113.7:443: i/o timeout
    /// ```
    ///
    /// ```log,silent
    /// MCP error -32001: Request timed out
    /// ```
    ///
    /// ```log,silent
    /// timeout set to 30 s
    /// ```
    pub(crate) static RULE = {
        id: "connect-timeout",
        severity: Severity::Error,
        message: "{host} did not answer the connection in time",
        hides: &[],
        fixes: &["check-network", "proxy"],
        detect: Detect::Log {
            needles: &[
                "connect_timeout", "connect timeout", "etimedout", "connecttimeout", "connection timed out",
                "connect timed out", "i/o timeout", "headers_timeout", "headers timeout", "os error 110",
                "os error 10060", "winerror 10060", "curl: (28)", "enetunreach", "network is unreachable",
                "connection timeout", "err_connection_timed_out", "econnaborted", "timeout of ",
                "err_timed_out", "context deadline exceeded", "operation timed out", "socket timeout",
                "err_socket_timeout", "esockettimedout",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let late = line.has_any(&[
        "connect_timeout",
        "connect timeout error",
        "etimedout",
        "connecttimeout",
        "connection timed out",
        "connect timed out",
        "i/o timeout",
        "headers_timeout",
        "headers timeout",
        "os error 110",
        "os error 10060",
        "winerror 10060",
        "curl: (28)",
        "enetunreach",
        "network is unreachable",
        "err_connection_timed_out",
        "err_timed_out",
        "operation timed out",
        "network socket timeout",
        "err_socket_timeout",
        "esockettimedout",
    ]) || line.has("econnaborted") && line.has("timeout")
        || line.has("timeout of ") && line.has("exceeded")
        || line.has("context deadline exceeded") && line.has_any(&["dial", "get \"", "post \"", "http"]);
    let host = line
        .between("attempted address: ", ",")
        .or_else(|| line.after("etimedout ").and_then(|rest| rest.split([' ', '\n']).next()))
        .or_else(|| line.between("dial tcp ", ": i/o"));
    // A host that waits for an MCP server to start is no network.
    let of_start = line.has("mcp server \"") || line.has("mcp error");
    // 522 and 524: the connection to the proxy stands, and the proxy waited for the server.
    let of_proxy = status::status(line).is_some_and(|status| status >= 500);
    (late && !of_start && !of_proxy)
        .then(|| Sign::new().with("host", host.filter(|host| !host.is_empty()).unwrap_or("The server")))
}
