//! A browser for tests: opens an address and goes where it is sent, to loopback only. It trusts no authority but the one
//! that it is given; no scripts; cookies last as long as one way through.

use std::collections::BTreeMap;
use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use url::Url;

/// Redirects that are followed, one after the other.
const REDIRECTS: usize = 12;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the browser came to.
#[derive(Debug, Clone)]
pub struct Page {
    /// The address of the page.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its text.
    pub text: String,
}

/// Opens an address and follows redirects, over the client's callback too. Plain http only.
pub fn open(url: &str) -> io::Result<Page> {
    follow(url, None)
}

/// The same, over TLS too: certificates are good that the authority in this PEM file has signed.
pub fn open_trusting(url: &str, authority: &Path) -> io::Result<Page> {
    follow(url, Some(authority))
}

fn follow(url: &str, authority: Option<&Path>) -> io::Result<Page> {
    let mut url = Url::parse(url).map_err(io::Error::other)?;
    let mut cookies = Cookies::default();
    for _ in 0..=REDIRECTS {
        let (status, location, text) = get(&url, &mut cookies, authority)?;
        match location.filter(|_| (300..400).contains(&status)) {
            Some(location) => url = url.join(&location).map_err(io::Error::other)?,
            None => return Ok(Page { url: url.into(), status, text }),
        }
    }
    Err(io::Error::other("too many redirects"))
}

/// Opens an address and says where it would lead, without going there: the callback with its code.
pub fn redirect_of(url: &str) -> io::Result<Option<String>> {
    let url = Url::parse(url).map_err(io::Error::other)?;
    Ok(get(&url, &mut Cookies::default(), None)?.1)
}

/// What is sent and answered over one connection.
trait Stream: io::Read + io::Write {}

impl<T: io::Read + io::Write> Stream for T {}

fn connect(url: &Url, authority: Option<&Path>) -> io::Result<Box<dyn Stream>> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80)))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    match (url.scheme(), authority) {
        ("http", _) => Ok(Box::new(stream)),
        ("https", Some(authority)) => {
            let mut roots = RootCertStore::empty();
            let certificates = CertificateDer::pem_file_iter(authority).map_err(io::Error::other)?;
            for certificate in certificates {
                let certificate = certificate.map_err(io::Error::other)?;
                roots.add(certificate).map_err(io::Error::other)?;
            }
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(io::Error::other)?
                .with_root_certificates(roots)
                .with_no_client_auth();
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
            Ok(Box::new(StreamOwned::new(connection, stream)))
        }
        _ => Err(io::Error::other(format!("{url} is not plain http, and no authority is trusted"))),
    }
}

/// Names and values, by the origin that set them (RFC 6265, without paths and ages).
type Cookies = BTreeMap<String, BTreeMap<String, String>>;

/// Status, `Location` and body.
fn get(
    url: &Url,
    cookies: &mut Cookies,
    trusted: Option<&Path>,
) -> io::Result<(u16, Option<String>, String)> {
    let mut stream = connect(url, trusted)?;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let authority = url.authority();
    let jar = cookies.entry(url.origin().ascii_serialization()).or_default();
    let shown: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookie = if shown.is_empty() { String::new() } else { format!("Cookie: {}\r\n", shown.join("; ")) };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\n{cookie}Connection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // Some end the connection without saying so in TLS. What was read has its own length.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !answer.is_empty() => {}
        read => drop(read?),
    }
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    for set in head.lines().filter_map(|line| line.split_once(':')) {
        let pair = set.1.split(';').next().unwrap_or_default();
        if let (true, Some((name, value))) = (set.0.eq_ignore_ascii_case("set-cookie"), pair.split_once('='))
        {
            jar.insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    Ok((status.ok_or_else(|| io::Error::other("no HTTP answer"))?, location, body.to_owned()))
}
