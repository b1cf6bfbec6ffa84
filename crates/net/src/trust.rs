//! The TLS configuration: whose certificates are believed, with which cryptography.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::Trust;

/// Why no TLS configuration could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    #[error("the certificate file {} cannot be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the certificate file {} holds no certificate in PEM form", path.display())]
    Empty { path: PathBuf },
    #[error("the certificate file {} is not valid PEM", path.display())]
    NotPem { path: PathBuf, source: pem::Error },
    #[error("a certificate authority cannot be used")]
    Unusable(#[source] rustls::Error),
}

/// Blocks: files are read, and some systems list their certificates from disk.
pub(crate) fn config(trust: &Trust) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Unusable)?;
    let mut config = match trust {
        Trust::Only(files) => builder.with_root_certificates(roots(files)?).with_no_client_auth(),
        Trust::System(files) => {
            let extra = certificates(files)?;
            // Two constructors: an empty list of extra roots is refused on some systems.
            let verifier = if extra.is_empty() {
                Verifier::new(provider)
            } else {
                Verifier::new_with_extra_roots(extra, provider)
            };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier.map_err(TrustError::Unusable)?))
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// For a client that only speaks plain HTTP: believes nobody, and costs nothing to make.
pub(crate) fn none() -> Result<ClientConfig, TrustError> {
    config(&Trust::Only(Vec::new()))
}

fn roots(files: &[PathBuf]) -> Result<RootCertStore, TrustError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(files)? {
        store.add(certificate).map_err(TrustError::Unusable)?;
    }
    Ok(store)
}

fn certificates(files: &[PathBuf]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let mut all = Vec::new();
    for path in files {
        all.extend(read(path)?);
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let bytes =
        std::fs::read(path).map_err(|source| TrustError::Unreadable { path: path.to_owned(), source })?;
    let found = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| TrustError::NotPem { path: path.to_owned(), source })?;
    if found.is_empty() { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(found) }
}
