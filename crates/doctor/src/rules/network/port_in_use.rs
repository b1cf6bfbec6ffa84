use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// A port that the server or the bridge wants to listen on is taken, or Windows has reserved it.
    ///
    /// ## Why it matters
    ///
    /// Often another copy of the same program holds it: Claude starts servers more than once. On Windows
    /// Hyper-V reserves whole ranges, and the error then says `EACCES`.
    ///
    /// ## What to do
    ///
    /// End the other copy, or choose another port. For a bridge give each entry its own callback port. On
    /// Windows `netsh interface ipv4 show excludedportrange protocol=tcp` lists the reserved ranges.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: listen EADDRINUSE: address already in use :::8931
    /// ```
    ///
    /// ```log,finds
    /// OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use
    /// ```
    ///
    /// ```log,finds
    /// listen tcp :6277: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.
    /// ```
    ///
    /// ```log,finds
    /// Error: listen EACCES: permission denied 127.0.0.1:3334
    /// ```
    ///
    /// ```log,finds
    /// Port 3334 already in use
    /// ```
    ///
    /// ```log,silent
    /// Warning: callback port 3334 is already in use, falling back to a random port
    /// ```
    ///
    /// ```log,silent
    /// [6021] Using specified callback port: 3334
    /// ```
    pub(crate) static RULE = {
        id: "port-in-use",
        severity: Severity::Error,
        message: "The port {port} is taken or reserved",
        hides: &["permission-denied"],
        fixes: &["callback-ports", "end-other-copies"],
        detect: Detect::Log {
            needles: &[
                "eaddrinuse", "address already in use", "listen eacces", "only one usage of each socket",
                "errno 48]", "errno 98]", "errno 10048", " in use",
                "already allocated", "access permissions", "port already in use", "os error 98",
                "os error 48", "os error 10048",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let taken = line.has_any(&[
        "eaddrinuse",
        "address already in use",
        "listen eacces",
        "only one usage of each socket",
        "errno 10048",
        "port is already allocated",
        "port already in use",
        "forbidden by its access permissions",
        "os error 98",
        "os error 48",
        "os error 10048",
    ]) || line.has_any(&["already in use", " is in use"]) && line.has_word("port")
        || line.has_any(&["errno 48]", "errno 98]"]);
    let goes_on =
        line.has_any(&["falling back", "trying another", "trying next", "using port", "next available"]);
    (taken && !goes_on).then(|| Sign::new().with("port", port(line.text).unwrap_or("it wants")))
}

/// The last number that can be a port.
fn port(text: &str) -> Option<&str> {
    let is_port =
        |word: &&str| (2..=5).contains(&word.len()) && word.parse::<u16>().is_ok_and(|port| port >= 80);
    let after_colon = text.rsplit([':', ' ', '\'', ')', '(', ',']).filter(|word| !word.is_empty());
    after_colon.into_iter().find(is_port)
}
