use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The certificate of the server has expired, or is not valid yet by this computer's clock.
    ///
    /// ## Why it matters
    ///
    /// No program may connect to it, for nobody vouches for the server any more.
    ///
    /// ## What to do
    ///
    /// Check this computer's date and time. If they are right, the server's operator must renew the
    /// certificate; an old registry mirror should be replaced.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// npm error code CERT_HAS_EXPIRED
    /// ```
    ///
    /// ```log,finds
    /// ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)
    /// ```
    ///
    /// ```log,finds
    /// tls: failed to verify certificate: x509: certificate has expired or is not yet valid
    /// ```
    ///
    /// ```log,finds
    /// invalid peer certificate: Expired
    /// ```
    ///
    /// ```log,silent
    /// certificate expires in 30 days
    /// ```
    ///
    /// ```log,silent
    /// token has expired
    /// ```
    pub(crate) static RULE = {
        id: "tls-cert-expired",
        severity: Severity::Error,
        message: "The certificate of {host} has expired or is not valid yet",
        hides: &["tls-untrusted-ca"],
        fixes: &["check-clock", "ask-operator"],
        detect: Detect::Log {
            needles: &[
                "certificate has expired", "cert_has_expired", "certificate expired",
                "certificate is expired", "not yet valid", "cert_not_yet_valid", "certificate: expired",
                "certexpired", "notvalidyet", "err_cert_date",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let expired = line.has_any(&[
        "certificate has expired",
        "cert_has_expired",
        "certificate expired",
        "certificate is expired",
        "cert_not_yet_valid",
        "certificate: expired",
        "certexpired",
        "certificate is not yet valid",
        "notvalidyet",
        "err_cert_date",
    ]);
    let host = line.after("https://").and_then(|rest| rest.split(['/', ' ', ':', '"', '\'']).next());
    expired.then(|| Sign::new().with("host", host.unwrap_or("the server")))
}
