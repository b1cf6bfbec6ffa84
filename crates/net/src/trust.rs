//! The TLS configuration: whose certificates are believed, with which cryptography.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::{ClientCertificate, Trust};

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
    #[error("the file {} holds no private key in PEM form", path.display())]
    NoKey { path: PathBuf, source: pem::Error },
    #[error("the client certificate and its key do not fit each other")]
    NotTheKey(#[source] rustls::Error),
}

/// Blocks: files are read, and some systems list their certificates from disk.
pub(crate) fn config(trust: &Trust, client: Option<&ClientCertificate>) -> Result<ClientConfig, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TrustError::Unusable)?;
    let builder = match trust {
        Trust::Only(files) => builder.with_root_certificates(roots(files)?),
        Trust::System(files) => {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(system(files, provider)?))
        }
    };
    let mut config = match client {
        None => builder.with_no_client_auth(),
        Some(ClientCertificate { chain, key }) => {
            builder.with_client_auth_cert(read(chain)?, read_key(key)?).map_err(TrustError::NotTheKey)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The same verdict by itself, for whoever wants to look on. Blocks like [`config`].
pub(crate) fn verifier(trust: &Trust) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(match trust {
        Trust::Only(files) => by_list(roots(files)?, provider)?,
        Trust::System(files) => Arc::new(system(files, provider)?),
    })
}

/// The verdict of a program that brings its own list of authorities, as Node does.
pub(crate) fn public_verifier() -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    by_list(store, Arc::new(rustls::crypto::ring::default_provider()))
}

fn by_list(
    store: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider);
    let built = verifier.build().map_err(|error| rustls::Error::General(error.to_string()));
    Ok(built.map_err(TrustError::Unusable)?)
}

fn system(files: &[PathBuf], provider: Arc<CryptoProvider>) -> Result<Verifier, TrustError> {
    let extra = certificates(files)?;
    // Two constructors: an empty list of extra roots is refused on some systems.
    let verifier = if extra.is_empty() {
        Verifier::new(provider)
    } else {
        Verifier::new_with_extra_roots(extra, provider)
    };
    verifier.map_err(TrustError::Unusable)
}

/// For a client that only speaks plain HTTP: believes nobody, and costs nothing to make.
pub(crate) fn none() -> Result<ClientConfig, TrustError> {
    config(&Trust::Only(Vec::new()), None)
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
        all.extend(authorities(path)?);
    }
    Ok(all)
}

/// The authorities in a file, wherever they stand in it. What is none is left out, as OpenSSL does: such files are put
/// together by hand. One without any authority is an error.
fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let bytes =
        std::fs::read(path).map_err(|source| TrustError::Unreadable { path: path.to_owned(), source })?;
    // The label that OpenSSL wrote long ago.
    let text = text_of(&bytes).replace(" X509 CERTIFICATE-----", " CERTIFICATE-----");
    let sections = text.split(BEGIN).skip(1).filter_map(|rest| Some(rest.split_once(END)?.0));
    let found = sections.filter_map(|inside| {
        let certificate =
            CertificateDer::from_pem_slice(format!("{BEGIN}{inside}{END}\n").as_bytes()).ok()?;
        RootCertStore::empty().add(certificate.clone()).is_ok().then_some(certificate)
    });
    let found: Vec<_> = found.collect();
    if found.is_empty() { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(found) }
}

/// Windows' editors begin files with a mark, and its shell writes them in UTF-16.
fn text_of(bytes: &[u8]) -> String {
    let decoded = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => decoded(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decoded(rest, u16::from_be_bytes),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TrustError> {
    let bytes =
        std::fs::read(path).map_err(|source| TrustError::Unreadable { path: path.to_owned(), source })?;
    PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|source| TrustError::NoKey { path: path.to_owned(), source })
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let bytes =
        std::fs::read(path).map_err(|source| TrustError::Unreadable { path: path.to_owned(), source })?;
    let found = CertificateDer::pem_slice_iter(&bytes)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| TrustError::NotPem { path: path.to_owned(), source })?;
    if found.is_empty() { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(found) }
}
