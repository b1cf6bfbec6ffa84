//! A browser for tests: opens an address and goes where it is sent. Plain http to loopback only, no scripts; cookies last as long as one
//! way through.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

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

/// Opens an address and follows redirects, over the client's callback too.
pub fn open(url: &str) -> io::Result<Page> {
    let mut url = parsed(url)?;
    let mut cookies = Cookies::default();
    for _ in 0..=REDIRECTS {
        let (status, location, text) = get(&url, &mut cookies)?;
        match location.filter(|_| (300..400).contains(&status)) {
            Some(location) => url = url.join(&location).map_err(io::Error::other)?,
            None => return Ok(Page { url: url.into(), status, text }),
        }
    }
    Err(io::Error::other("too many redirects"))
}

/// Opens an address and says where it would lead, without going there: the callback with its code.
pub fn redirect_of(url: &str) -> io::Result<Option<String>> {
    Ok(get(&parsed(url)?, &mut Cookies::default())?.1)
}

fn parsed(url: &str) -> io::Result<Url> {
    let url = Url::parse(url).map_err(io::Error::other)?;
    if url.scheme() == "http" { Ok(url) } else { Err(io::Error::other(format!("{url} is not plain http"))) }
}

/// Names and values, by the origin that set them (RFC 6265, without paths and ages).
type Cookies = BTreeMap<String, BTreeMap<String, String>>;

/// Status, `Location` and body.
fn get(url: &Url, cookies: &mut Cookies) -> io::Result<(u16, Option<String>, String)> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let mut stream = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80)))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let authority = url.authority();
    let jar = cookies.entry(url.origin().ascii_serialization()).or_default();
    let shown: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookie = if shown.is_empty() { String::new() } else { format!("Cookie: {}\r\n", shown.join("; ")) };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\n{cookie}Connection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
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
