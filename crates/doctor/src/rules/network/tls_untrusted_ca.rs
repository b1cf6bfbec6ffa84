use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The program does not trust the authority that issued the server's certificate.
    ///
    /// ## Why it matters
    ///
    /// Company networks open encrypted connections with a certificate of their own, which the system trusts but
    /// Node does not. A server that sends an incomplete chain, or signs for itself, fails the same way.
    ///
    /// ## What to do
    ///
    /// Put your company's root certificate into a file and name it in the entry's `env` as
    /// `NODE_EXTRA_CA_CERTS`, or start Node 22 and newer with `--use-system-ca`. Bridgekeeper's bridge trusts
    /// what the system trusts. Do not switch the check off.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// TypeError: fetch failed
    ///   [cause]: Error: unable to get local issuer certificate
    ///     code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
    /// ```
    ///
    /// ```log,finds
    /// httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1000)
    /// ```
    ///
    /// ```log,finds
    /// error sending request for url (https://mcp.example.org/): invalid peer certificate: UnknownIssuer
    /// ```
    ///
    /// ```log,finds
    /// Get "https://mcp.example.org/": tls: failed to verify certificate: x509: certificate signed by unknown authority
    /// ```
    ///
    /// ```log,silent
    /// certificate verified
    /// ```
    ///
    /// ```log,silent
    /// npm error code CERT_HAS_EXPIRED
    /// ```
    pub(crate) static RULE = {
        id: "tls-untrusted-ca",
        severity: Severity::Error,
        message: "The certificate of the server is not trusted here: {detail}",
        hides: &[],
        fixes: &["ca-file", "use-bridge"],
        detect: Detect::Log {
            needles: &[
                "unable_to_verify_leaf", "self_signed_cert", "self-signed certificate",
                "self signed certificate", "unable to get local issuer", "unable to get issuer",
                "unable_to_get_issuer", "unable to verify the first", "certificate_verify_failed",
                "certificate verify failed", "unknownissuer", "unknown issuer", "unknown authority",
                "certificate signature failure", "depth_zero_self_signed", "pkix path", "altname",
                "altnames", "remote certificate is invalid", "untrusted_root", "behind a vpn",
                "ignoring extra certs", "invalid peer certificate", "certificate is not trusted",
                "unknown ca", "not valid for name", "err_cert_authority", "certificate relies on legacy",
            ],
            role: Role::Attempt,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let untrusted = line.has_any(&[
        "unable_to_verify_leaf",
        "self_signed_cert",
        "self-signed certificate",
        "self signed certificate",
        "unable to get local issuer",
        "unable to get issuer",
        "unable_to_get_issuer",
        "unable to verify the first certificate",
        "certificate_verify_failed",
        "certificate verify failed",
        "unknownissuer",
        "unknown issuer",
        "signed by unknown authority",
        "certificate signature failure",
        "pkix path",
        "altname",
        "remote certificate is invalid",
        "untrusted_root",
        "you may be behind a vpn",
        "ignoring extra certs",
        "invalid peer certificate",
        "certificate is not trusted",
        "unknown ca",
        "not valid for name",
        "err_cert_authority",
    ]);
    untrusted.then(|| Sign::new().with("detail", line.text))
}
