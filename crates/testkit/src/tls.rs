//! Servers on loopback that speak TLS with a certificate of every kind: good, expired, from an unknown authority, for
//! another name. The authority is made anew for each, so nothing that is left over is ever believed.

use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::NamedTempFile;

use crate::stages::{Answer, Asked, Scripted};

/// What the server's certificate is like. All are signed by [`AUTHORITY`] and are for `localhost` and `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// Valid from yesterday for 30 days.
    Good,
    /// Ended yesterday.
    Expired,
    /// Ends in three days.
    EndsSoon,
    /// For `elsewhere.example` only.
    OtherName,
}

/// The common name of the authority that signs the certificates.
pub const AUTHORITY: &str = "Example Gateway Inspection CA";

const DAY: Duration = Duration::from_hours(24);

/// A scripted server behind TLS.
#[derive(Debug)]
pub struct TlsServer {
    server: Scripted,
    authority: NamedTempFile,
}

impl TlsServer {
    /// Starts it on a free port of 127.0.0.1. The script is as for [`Scripted::start`].
    pub fn start(
        certificate: Certificate,
        script: impl Fn(&Asked, &str) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (config, authority_pem) = config(certificate).map_err(io::Error::other)?;
        let config = Arc::new(config);
        let mut authority = NamedTempFile::new()?;
        io::Write::write_all(&mut authority, authority_pem.as_bytes())?;
        let server = Scripted::start_with("https", script, move |stream: TcpStream| {
            let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            Ok(StreamOwned::new(connection, stream))
        })?;
        Ok(Self { server, authority })
    }

    /// The server itself.
    pub const fn server(&self) -> &Scripted {
        &self.server
    }

    /// A PEM file with the authority's certificate; whoever reads it trusts the server. It goes with the server.
    pub fn authority(&self) -> &Path {
        self.authority.path()
    }
}

fn config(
    certificate: Certificate,
) -> Result<(ServerConfig, String), Box<dyn std::error::Error + Send + Sync>> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority.distinguished_name = name(AUTHORITY);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let names: &[&str] = match certificate {
        Certificate::OtherName => &["elsewhere.example"],
        Certificate::Good | Certificate::Expired | Certificate::EndsSoon => &["localhost", "127.0.0.1"],
    };
    let now = SystemTime::now();
    let (begins, ends) = match certificate {
        Certificate::Good | Certificate::OtherName => (now - DAY, now + 30 * DAY),
        Certificate::Expired => (now - 30 * DAY, now - DAY),
        Certificate::EndsSoon => (now - DAY, now + 3 * DAY),
    };
    let mut leaf = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    leaf.distinguished_name = name(names[0]);
    leaf.not_before = begins.into();
    leaf.not_after = ends.into();
    let key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&key, &authority)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
    Ok((config, authority.pem()))
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}
