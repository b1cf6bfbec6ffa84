use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The computer answered, but no program listens on this port.
    ///
    /// ## Why it matters
    ///
    /// The server is not running, listens on another port, or only on the other of `127.0.0.1` and `::1`.
    ///
    /// ## What to do
    ///
    /// Start the server and compare its port with the one in the entry. If it listens on IPv4 only, write
    /// `127.0.0.1` for `localhost`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: connect ECONNREFUSED 127.0.0.1:8931
    /// ```
    ///
    /// ```log,finds
    /// httpx.ConnectError: All connection attempts failed
    /// ```
    ///
    /// ```log,finds
    /// dial tcp [::1]:8080: connect: connection refused
    /// ```
    ///
    /// ```log,finds
    /// error sending request for url (http://localhost:8080/mcp): tcp connect error: Connection refused (os error 111)
    /// ```
    ///
    /// ```log,silent
    /// Error: listen EADDRINUSE: address already in use 127.0.0.1:8931
    /// ```
    ///
    /// ```log,silent
    /// refused to answer
    /// ```
    pub(crate) static RULE = {
        id: "connection-refused",
        severity: Severity::Error,
        message: "Nothing listens at {address}",
        hides: &[],
        fixes: &["start-remote-server", "correct-url"],
        detect: Detect::Log {
            needles: &[
                "econnrefused", "connection refused", "connection_refused", "actively refused",
                "connectionrefusederror", "all connection attempts failed", "winerror 10061", "os error 61",
                "os error 111", "os error 10061", "failed to connect to localhost",
                "failed to connect to 127", "verbindung verweigert", "connexion refusée",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let refused = line.has_any(&[
        "econnrefused",
        "connection refused",
        "connection_refused",
        "actively refused",
        "connectionrefusederror",
        "all connection attempts failed",
        "winerror 10061",
        "os error 61)",
        "os error 111)",
        "os error 10061)",
        "failed to connect to localhost",
        "failed to connect to 127",
        "verbindung verweigert",
        "connexion refusée",
    ]);
    let address = line
        .after("econnrefused ")
        .or_else(|| line.between("dial tcp ", ": connect"))
        .or_else(|| line.between("for url (", ")"))
        .and_then(|rest| rest.split([' ', ',', '"']).next());
    (refused && !line.has("docker")).then(|| {
        Sign::new()
            .with("address", address.filter(|text| !text.is_empty()).unwrap_or("the address of the server"))
    })
}
