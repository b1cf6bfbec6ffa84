use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::status;

rule! {
    /// The server limits how many requests it takes, and this was one too many.
    ///
    /// ## Why it matters
    ///
    /// Several copies of a bridge, or a loop of failed sign-ins, use the allowance up quickly.
    ///
    /// ## What to do
    ///
    /// Wait some minutes. Close other hosts that use the same server, and check the plan of the account.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: Request failed with status code 429
    /// ```
    ///
    /// ```log,finds
    /// {"error":"rate_limit_exceeded","message":"Too many requests"}
    /// ```
    ///
    /// ```log,finds
    /// HTTP/2 429 Too Many Requests
    /// ```
    ///
    /// ```log,silent
    /// 429 rows read
    /// ```
    ///
    /// ```log,silent
    /// rate: 10 requests
    /// ```
    pub(crate) static RULE = {
        id: "http-429",
        severity: Severity::Error,
        message: "The server answers 429: too many requests",
        hides: &[],
        fixes: &["wait"],
        detect: Detect::Log {
            needles: &["429", "too many requests", "rate limit", "rate_limit", "ratelimit"],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let limited = line.has_any(&[
        "rate limit exceeded",
        "rate_limit",
        "ratelimiterror",
        "rate limit reached",
        "too many requests",
        "rate limited",
    ]);
    Sign::when(status::status(line) == Some(429) || limited)
}
