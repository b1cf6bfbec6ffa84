//! One metadata document from one address, within limits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use bridgekeeper_net::header::{ACCEPT, HeaderMap, HeaderValue};
use bridgekeeper_net::{Client, Error as NetError, Method, Request, StatusCode, Url};
use bytes::Bytes;
use serde::de::DeserializeOwned;

/// How much one document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time from the request to the last byte.
    pub time: Duration,
    /// Largest body in bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), bytes: 256 << 10 }
    }
}

/// What a look-up found, and everywhere it looked.
#[derive(Debug)]
pub struct Lookup<T> {
    /// Every address that was asked, in order.
    pub attempts: Vec<Attempt>,
    /// The document, from the last of them.
    pub found: Option<Found<T>>,
}

impl<T> Lookup<T> {
    /// The document, if there is one.
    pub fn document(&self) -> Option<&T> {
        self.found.as_ref().map(|found| &found.document)
    }
}

impl<T> Default for Lookup<T> {
    fn default() -> Self {
        Self { attempts: Vec::new(), found: None }
    }
}

/// A document and where it stood.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// The address that was asked.
    pub url: Url,
    /// What stood there.
    pub document: T,
}

/// One address that was asked.
#[derive(Debug)]
pub struct Attempt {
    /// The address.
    pub url: Url,
    /// Why it gave no document; `None` where it did.
    pub error: Option<DocumentError>,
}

/// Why an address gave no document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is neither `https:` nor loopback: whoever stands between could answer.
    #[error("the address is not https")]
    NotSecure,
    /// A public server named an address inside a private network (MCP *Security best practices*, SSRF).
    #[error("a public server names a private address")]
    PrivateAddress,
    /// No answer, or not all of it.
    #[error("no answer")]
    Net(#[source] NetError),
    /// It took longer than [`Limits::time`].
    #[error("no complete answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// Any status but 200.
    #[error("status {}", .0.as_u16())]
    Status(StatusCode),
    /// It leads to another origin, where nobody asked.
    #[error("redirected to {0}")]
    Redirected(Url),
    /// The body is larger than [`Limits::bytes`].
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not JSON of the form that the RFC describes.
    #[error("the answer is not the JSON that belongs there")]
    Malformed(#[source] serde_json::Error),
}

impl DocumentError {
    /// Asking the same host for another document would end the same way.
    const fn holds_for_the_host(&self) -> bool {
        matches!(self, Self::NotSecure | Self::PrivateAddress | Self::Net(_) | Self::TimedOut(_))
    }
}

/// Asks one address after the other until one has the document. A host that does not answer is asked once.
pub(super) async fn first<T: DeserializeOwned>(
    client: &Client,
    server: &Url,
    candidates: Vec<Url>,
    limits: Limits,
) -> Lookup<T> {
    let mut lookup = Lookup::default();
    for url in candidates {
        let silent = lookup.attempts.iter().any(|attempt: &Attempt| {
            attempt.url.origin() == url.origin()
                && attempt.error.as_ref().is_some_and(DocumentError::holds_for_the_host)
        });
        if silent {
            continue;
        }
        match read(client, server, &url, limits).await {
            Ok(document) => {
                lookup.attempts.push(Attempt { url: url.clone(), error: None });
                lookup.found = Some(Found { url, document });
                break;
            }
            Err(error) => lookup.attempts.push(Attempt { url, error: Some(error) }),
        }
    }
    lookup
}

async fn read<T: DeserializeOwned>(
    client: &Client,
    server: &Url,
    url: &Url,
    limits: Limits,
) -> Result<T, DocumentError> {
    allow(server, url)?;
    let body = tokio::time::timeout(limits.time, body(client, url, limits.bytes))
        .await
        .unwrap_or(Err(DocumentError::TimedOut(limits.time)))?;
    serde_json::from_slice(&body).map_err(DocumentError::Malformed)
}

async fn body(client: &Client, url: &Url, limit: usize) -> Result<Vec<u8>, DocumentError> {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    let request = Request { method: Method::GET, url: url.clone(), headers, body: Bytes::new() };
    let mut response = client.send(request).await.map_err(DocumentError::Net)?;
    if response.status().is_redirection()
        && let Some(target) = response.redirect_target(url)
    {
        return Err(DocumentError::Redirected(target));
    }
    if response.status() != StatusCode::OK {
        return Err(DocumentError::Status(response.status()));
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(DocumentError::Net)? {
        body.extend_from_slice(&piece);
        if body.len() > limit {
            return Err(DocumentError::TooLarge(limit));
        }
    }
    Ok(body)
}

/// A server on the public network has no say in what is asked inside a private one. A name that resolves to a
/// private address passes: who answers there must still show a certificate for that name.
pub(crate) fn allow(server: &Url, url: &Url) -> Result<(), DocumentError> {
    if url.origin() == server.origin() {
        return Ok(());
    }
    let private = is_private(url);
    if private && !is_private(server) {
        return Err(DocumentError::PrivateAddress);
    }
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)) {
        Ok(())
    } else {
        Err(DocumentError::NotSecure)
    }
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host_str()?.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V6(address)) => Some(address.to_canonical()),
        Ok(address) => Some(address),
        Err(_) => None,
    }
}

fn is_local_name(url: &Url) -> bool {
    url.host_str().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    is_local_name(url) || address(url).is_some_and(|address| address.is_loopback())
}

fn is_private(url: &Url) -> bool {
    is_local_name(url)
        || address(url).is_some_and(|address| match address {
            IpAddr::V4(v4) => is_private_v4(v4),
            IpAddr::V6(v6) => is_private_v6(v6),
        })
}

const fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified()
}

const fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_unspecified()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(server: &str, url: &str) -> Result<(), DocumentError> {
        allow(&Url::parse(server).unwrap(), &Url::parse(url).unwrap())
    }

    #[test]
    fn a_public_server_cannot_point_into_a_private_network() {
        for inside in [
            "http://169.254.169.254/latest",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://[::ffff:192.168.0.1]/",
            "https://[fd00::1]/",
        ] {
            assert!(
                matches!(verdict("https://mcp.example.com/mcp", inside), Err(DocumentError::PrivateAddress)),
                "{inside}"
            );
            assert!(
                verdict("https://192.168.1.5/mcp", &inside.replace("http:", "https:")).is_ok(),
                "{inside}"
            );
        }
    }

    #[test]
    fn another_host_must_speak_https() {
        assert!(matches!(
            verdict("https://mcp.example.com/mcp", "http://login.example.com/"),
            Err(DocumentError::NotSecure)
        ));
        assert!(verdict("https://mcp.example.com/mcp", "https://login.example.com/").is_ok());
        assert!(verdict("http://127.0.0.1:1/mcp", "http://127.0.0.1:2/").is_ok());
        assert!(verdict("http://mcp.example.com/mcp", "http://mcp.example.com/x").is_ok());
    }
}
