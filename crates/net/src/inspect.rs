//! The steps of a connection one by one, for whoever wants to know which of them fails: names, sockets, certificates.
//!
//! They use the same resolver, trust and proxy as the requests of [`Client`]. Nothing is sent to the server but the
//! handshake itself.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{Client, Error, Names, Route, Stage, origin, trust};

/// Largest answer of a proxy to CONNECT, in bytes.
const CONNECT_ANSWER: usize = 16 << 10;

/// Opens a socket to one address and closes it again.
pub async fn connect(address: SocketAddr) -> Result<(), Error> {
    open(address).await.map(drop)
}

async fn open(address: SocketAddr) -> Result<TcpStream, Error> {
    TcpStream::connect(address)
        .await
        .map_err(|error| Error::from_io(Stage::Connect, error, &address.to_string()))
}

/// What a TLS handshake showed. On a failed one there is as much as had arrived.
#[derive(Debug)]
pub struct Handshake {
    /// `TLSv1_3`, `TLSv1_2`.
    pub version: Option<String>,
    /// The server's certificates in DER, its own first, as it sent them.
    pub chain: Vec<Vec<u8>>,
    /// Whether the chain leads to an authority of the public list that browsers and Node bring along; `None` where no
    /// certificate came or something else is wrong with it first.
    pub publicly_trusted: Option<bool>,
    /// Why it failed.
    pub error: Option<Error>,
}

impl Client {
    /// Every address of a host, in the order in which they are tried.
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
        let failed = |error| Error::from_io(Stage::Resolve, error, host);
        let found: Vec<_> = match &self.options().names {
            Names::System => tokio::net::lookup_host((host, port)).await.map_err(failed)?.collect(),
            Names::Asked(ask) => {
                let found = ask(host).await.map_err(failed)?;
                found.into_iter().map(|address| SocketAddr::new(address, port)).collect()
            }
        };
        if found.is_empty() {
            return Err(failed(io::Error::new(io::ErrorKind::NotFound, "the name has no address")));
        }
        Ok(found)
    }

    /// Shakes hands with `url`'s server at one address of its route, and hangs up. A proxy that is not `http:` cannot
    /// be passed this way and gives an error of the kind *unsupported*.
    pub async fn shake_hands(&self, url: &Url, route: &Route, address: SocketAddr) -> Handshake {
        let mut shown = Handshake { version: None, chain: Vec::new(), publicly_trusted: None, error: None };
        if let Err(error) = self.try_to_shake_hands(url, route, address, &mut shown).await {
            shown.error = Some(error);
        }
        shown
    }

    async fn try_to_shake_hands(
        &self,
        url: &Url,
        route: &Route,
        address: SocketAddr,
        shown: &mut Handshake,
    ) -> Result<(), Error> {
        let origin = origin(url);
        let onlooker = Arc::new(self.onlooker(&origin).await?);
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::from_io(Stage::Tls, io::Error::other(error), &origin))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Onlooker>::clone(&onlooker))
            .with_no_client_auth();
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host)
            .map_err(|error| Error::from_io(Stage::Tls, io::Error::other(error), &origin))?;
        let stream = self.reach(url, route, address).await?;
        let result = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        if let Some(seen) = onlooker.seen.lock().unwrap_or_else(PoisonError::into_inner).take() {
            shown.chain = seen.chain;
            shown.publicly_trusted = seen.publicly_trusted;
        }
        let mut stream = result.map_err(|error| Error::from_io(Stage::Tls, error, &origin))?;
        shown.version = stream.get_ref().1.protocol_version().map(|version| format!("{version:?}"));
        // A polite end; whether the server hears it does not matter.
        let _ = stream.shutdown().await;
        Ok(())
    }

    async fn onlooker(&self, origin: &str) -> Result<Onlooker, Error> {
        let trust = self.options().trust.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            Ok(Onlooker {
                verdict: trust::verifier(&trust)?,
                public: trust::public_verifier()?,
                seen: Mutex::default(),
            })
        });
        match loaded.await {
            Ok(onlooker) => onlooker.map_err(|error| Error::trust(error, origin)),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    /// A socket on which the server itself is reached.
    async fn reach(&self, url: &Url, route: &Route, address: SocketAddr) -> Result<TcpStream, Error> {
        let stream = open(address).await?;
        let Some(proxy) = &route.proxy else { return Ok(stream) };
        let name = format!("{}://{}:{}", proxy.scheme, route.host, route.port);
        if proxy.scheme != "http" {
            let error =
                io::Error::new(io::ErrorKind::Unsupported, "only http: proxies can be looked through");
            return Err(Error::from_io(Stage::Proxy, error, &name));
        }
        tunnel(stream, url, proxy.authorization.as_deref())
            .await
            .map_err(|error| Error::from_io(Stage::Proxy, error, &name))
    }
}

/// Asks an HTTP proxy for a way through (RFC 9110 §9.3.6).
async fn tunnel(mut stream: TcpStream, url: &Url, authorization: Option<&[u8]>) -> io::Result<TcpStream> {
    let authority =
        format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let mut request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
    if let Some(value) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;

    let mut answer = Vec::new();
    // Byte by byte: what comes after the empty line belongs to the server.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= CONNECT_ANSWER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the proxy's answer has no end"));
        }
        answer.push(stream.read_u8().await?);
    }
    let first = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
    match first.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(stream),
        _ => Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("the proxy refused: {first}"))),
    }
}

/// Writes down what a server shows, and leaves the verdict to the verifier that requests use too.
#[derive(Debug)]
struct Onlooker {
    verdict: Arc<dyn ServerCertVerifier>,
    public: Arc<dyn ServerCertVerifier>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Debug)]
struct Seen {
    chain: Vec<Vec<u8>>,
    publicly_trusted: Option<bool>,
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let public =
            self.public.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let chain = std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        let publicly_trusted = match public {
            Ok(_) => Some(true),
            Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => Some(false),
            Err(_) => None,
        };
        let seen = Seen { chain, publicly_trusted };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        self.verdict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verdict.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verdict.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verdict.supported_verify_schemes()
    }
}
