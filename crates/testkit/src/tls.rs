//! Servers on loopback that speak TLS with a certificate of every kind: good, expired, from an unknown authority, for
//! another name. The authority is made anew for each, so nothing that is left over is ever believed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::NamedTempFile;

use crate::scripted::{Reply, Request, ScriptedServer};

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
    server: ScriptedServer,
    authority: NamedTempFile,
    client: NamedTempFile,
}

/// Whether the server asks who its clients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clients {
    Anybody,
    /// Those with a certificate of the same authority.
    Certified,
}

impl TlsServer {
    /// Starts it on a free port of 127.0.0.1. The script is as for [`ScriptedServer::start`].
    ///
    /// # Panics
    /// If there is no free port, or no certificate can be made.
    pub fn start(
        certificate: Certificate,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::start_for(Clients::Anybody, certificate, script).expect("a server with a certificate")
    }

    /// The same, and clients must show the certificate of [`TlsServer::client`].
    ///
    /// # Panics
    /// As [`TlsServer::start`].
    pub fn start_for_certified(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_for(Clients::Certified, Certificate::Good, script).expect("a server with a certificate")
    }

    fn start_for(
        clients: Clients,
        certificate: Certificate,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let Made { config, authority_pem, client_pem } =
            make(clients, certificate).map_err(io::Error::other)?;
        let config = Arc::new(config);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (authority, client) = (file(&authority_pem)?, file(&client_pem)?);
        let server = ScriptedServer::start_with("https", address, script, move |stream: TcpStream| {
            let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            Ok(StreamOwned::new(connection, stream))
        })?;
        Ok(Self { server, authority, client })
    }

    /// A PEM file with the authority's certificate; whoever reads it trusts the server. It goes with the server.
    pub fn authority(&self) -> &Path {
        self.authority.path()
    }

    /// A PEM file with a certificate of the authority for a client, and its key. It goes with the server.
    pub fn client(&self) -> &Path {
        self.client.path()
    }
}

impl Deref for TlsServer {
    type Target = ScriptedServer;

    fn deref(&self) -> &ScriptedServer {
        &self.server
    }
}

/// A certificate in files, for a server that is no part of this program.
#[derive(Debug)]
pub struct CertificateFiles {
    authority: NamedTempFile,
    certificate: NamedTempFile,
    key: NamedTempFile,
}

impl CertificateFiles {
    /// Has one signed by an authority of its own.
    pub fn new(certificate: Certificate) -> io::Result<Self> {
        let Issued { authority, leaf, key } = issue(certificate).map_err(io::Error::other)?;
        Ok(Self {
            authority: file(&authority.pem())?,
            certificate: file(&leaf.pem())?,
            key: file(&key.serialize_pem())?,
        })
    }

    /// The authority's certificate; whoever reads it trusts the server.
    pub fn authority(&self) -> &Path {
        self.authority.path()
    }

    /// The server's certificate.
    pub fn certificate(&self) -> &Path {
        self.certificate.path()
    }

    /// The key to it.
    pub fn key(&self) -> &Path {
        self.key.path()
    }
}

fn file(text: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(file)
}

struct Made {
    config: ServerConfig,
    authority_pem: String,
    client_pem: String,
}

fn make(clients: Clients, certificate: Certificate) -> Result<Made, Failure> {
    let Issued { authority, leaf, key } = issue(certificate)?;
    let client_key = KeyPair::generate()?;
    let mut client = CertificateParams::new(Vec::new())?;
    client.distinguished_name = name("client");
    let client = client.signed_by(&client_key, &authority)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let builder = match clients {
        Clients::Anybody => builder.with_no_client_auth(),
        Clients::Certified => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone())?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build()?)
        }
    };
    let config = builder
        .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
    Ok(Made {
        config,
        authority_pem: authority.pem(),
        client_pem: client.pem() + &client_key.serialize_pem(),
    })
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A certificate, and who signed it.
struct Issued {
    authority: CertifiedIssuer<'static, KeyPair>,
    leaf: rcgen::Certificate,
    key: KeyPair,
}

fn issue(certificate: Certificate) -> Result<Issued, Failure> {
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
    Ok(Issued { authority, leaf, key })
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}
