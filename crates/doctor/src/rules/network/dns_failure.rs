use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The name of the server cannot be turned into an address.
    ///
    /// ## Why it matters
    ///
    /// Without an address there is nothing to connect to. A typing error in the URL, a name that exists only
    /// inside a VPN, or no network at all is the usual reason.
    ///
    /// ## What to do
    ///
    /// Check the host name in the URL, the VPN and the network. In the terminal `nslookup NAME` shows whether
    /// the name is known.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// TypeError: fetch failed
    ///   [cause]: Error: getaddrinfo ENOTFOUND mcp.exmaple.org
    /// ```
    ///
    /// ```log,finds
    /// httpx.ConnectError: [Errno 8] nodename nor servname provided, or not known
    /// ```
    ///
    /// ```log,finds
    /// dial tcp: lookup mcp.internal on 1.1.1.1:53: no such host
    /// ```
    ///
    /// ```log,finds
    /// npm error request to https://registry.npmjs.org/acme failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org
    /// ```
    ///
    /// ```log,silent
    /// resolved host mcp.example.org
    /// ```
    ///
    /// ```log,silent
    /// Error: spawn npx ENOENT
    /// ```
    pub(crate) static RULE = {
        id: "dns-failure",
        severity: Severity::Error,
        message: "The host name {host} cannot be resolved",
        hides: &[],
        fixes: &["check-network", "correct-url"],
        detect: Detect::Log {
            needles: &[
                "enotfound", "eai_again", "eai_nodata", "name or service not known",
                "nodename nor servname", "name resolution", "no such host", "could not resolve host",
                "dns error", "failed to lookup address", "getaddrinfo failed", "name does not resolve",
                "name_not_resolved", "11001", "nameresolutionerror",
                "unknownhostexception",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let unknown = line.has_word("enotfound")
        || line.has_any(&[
            "eai_again",
            "eai_nodata",
            "name or service not known",
            "nodename nor servname",
            "temporary failure in name resolution",
            "no such host",
            "could not resolve host",
            "dns error",
            "failed to lookup address",
            "getaddrinfo failed",
            "name does not resolve",
            "name_not_resolved",
            "errno 11001",
            "nameresolutionerror",
            "name resolution",
            "unknownhostexception",
        ]);
    let host = line
        .after("enotfound ")
        .or_else(|| line.after("eai_again "))
        .or_else(|| line.after("dial tcp: lookup "))
        .or_else(|| line.after("resolve host: "))
        .or_else(|| line.after("unknownhostexception: "))
        .and_then(|rest| rest.split([' ', '"', '\'', ',', ')']).next());
    unknown.then(|| Sign::new().with("host", host.filter(|host| !host.is_empty()).unwrap_or("of the server")))
}
