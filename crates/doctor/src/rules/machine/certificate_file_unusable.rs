use bridgekeeper_model::Severity;

use crate::rule::{Detect, MachineView, Trouble};

crate::rule! {
    /// The file with a company's own certificates cannot be used.
    ///
    /// ## Why it matters
    ///
    /// Where a proxy inspects TLS, programs must trust the company's own authority. Node warns once that it ignores
    /// a file it cannot read and then refuses every connection, with an error that does not name the file.
    ///
    /// ## What to do
    ///
    /// Ask your IT department for the authority's certificate as PEM, a text that begins with
    /// `-----BEGIN CERTIFICATE-----`, and give its full path.
    ///
    /// ## Examples
    ///
    /// ```facts,finds,windows
    /// {"certificate_files": [{"server": "docs", "named_by": "NODE_EXTRA_CA_CERTS", "path": "C:\\ca.cer", "trouble": "it is in DER form"}]}
    /// ```
    ///
    /// ```facts,finds,linux
    /// {"certificate_files": [{"named_by": "SSL_CERT_FILE", "path": "/etc/ca.pem", "trouble": "it does not exist"}]}
    /// ```
    ///
    /// ```facts,silent,linux
    /// {"certificate_files": [{"named_by": "SSL_CERT_FILE", "path": "/etc/ca.pem"}]}
    /// ```
    pub(super) static CERTIFICATE_FILE_UNUSABLE = {
        id: "certificate-file-unusable",
        severity: Severity::Warning,
        message: "`{path}`, which {name} names, cannot be used: {trouble}.",
        hides: &[],
        fixes: &["correct-path"],
        detect: Detect::Machine { troubles },
    };
}

fn troubles(view: &MachineView<'_>) -> Vec<Trouble> {
    let unusable =
        view.machine.certificate_files.iter().filter_map(|file| Some((file, file.trouble.as_ref()?)));
    unusable
        .map(|(file, trouble)| {
            let about = file.server.as_deref().map_or_else(Trouble::of_setup, Trouble::of);
            let about = about.with("path", file.path.clone()).with("trouble", trouble.clone());
            let severity = if file.server.is_some() { Severity::Warning } else { Severity::Info };
            about.with("name", format!("`{}`", file.named_by)).weighing(severity).same_as("tls-untrusted-ca")
        })
        .collect()
}
