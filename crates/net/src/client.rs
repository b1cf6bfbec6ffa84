use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, NoProxy, Proxy, StatusCode, Url, redirect};
use tokio::sync::OnceCell;

use crate::options::{Addresses, Names};
use crate::{Error, Family, NetOptions, Proxies, trust};

/// Redirects followed for one request.
const REDIRECTS: usize = 5;

/// One request. Its body is shared, not copied, when it has to be sent again.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST, DELETE.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Sent as they are, to this origin only.
    pub headers: HeaderMap,
    /// Empty for none.
    pub body: Bytes,
}

/// An HTTP client: connections are kept and used again, bodies come as they arrive.
///
/// Making one costs nothing. Trust roots are loaded at the first `https:` request or at [`Client::warm`], on
/// another thread.
#[derive(Debug)]
pub struct Client {
    options: NetOptions,
    plain: OnceCell<reqwest::Client>,
    secure: OnceCell<reqwest::Client>,
}

impl Client {
    /// Keeps the options; opens and reads nothing.
    pub const fn new(options: NetOptions) -> Self {
        Self { options, plain: OnceCell::const_new(), secure: OnceCell::const_new() }
    }

    /// How this client was told to reach the network.
    pub const fn options(&self) -> &NetOptions {
        &self.options
    }

    /// Loads what the first request to `url` will need.
    pub async fn warm(&self, url: &Url) -> Result<(), Error> {
        self.for_url(url).await.map(drop)
    }

    /// Sends the request and waits for the response's head.
    ///
    /// Redirects with 301, 302, 307 and 308 are followed within the origin, the method kept; any other 3xx comes back
    /// as the response. There is no time limit on the whole: the caller knows what it waits for.
    pub async fn send(&self, mut request: Request) -> Result<Response, Error> {
        let client = self.for_url(&request.url).await?;
        for _ in 0..REDIRECTS {
            let response = self.send_once(client, &request).await?;
            match same_origin_target(&request.url, &response) {
                Some(target) => request.url = target,
                None => return Ok(response),
            }
        }
        self.send_once(client, &request).await
    }

    async fn send_once(&self, client: &reqwest::Client, request: &Request) -> Result<Response, Error> {
        let Request { method, url, headers, body } = request;
        let mut attempt = reqwest::Request::new(method.clone(), url.clone());
        attempt.headers_mut().clone_from(headers);
        if !body.is_empty() {
            *attempt.body_mut() = Some(body.clone().into());
        }
        match client.execute(attempt).await {
            Ok(inner) => Ok(Response { inner }),
            Err(error) => {
                let proxy = self.proxy_for(url).map(proxy_origin);
                let error = Error::from_reqwest(error, &origin(url), proxy.as_deref());
                let has_script = self.options.proxies.script.is_some() && !is_loopback(url);
                Err(if has_script { error.past_a_proxy_script() } else { error })
            }
        }
    }

    async fn for_url(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        let tls_to_proxy = || self.proxy_for(url).is_some_and(|proxy| proxy.starts_with("https:"));
        if url.scheme() == "https" || tls_to_proxy() {
            self.secure.get_or_try_init(|| self.build_secure(url)).await
        } else {
            self.plain
                .get_or_try_init(|| async {
                    let config = trust::none().map_err(|error| Error::trust(error, &origin(url)))?;
                    self.build(config)
                })
                .await
        }
    }

    async fn build_secure(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let (trust, client) = (self.options.trust.clone(), self.options.client_certificate.clone());
        let config = match tokio::task::spawn_blocking(move || trust::config(&trust, client.as_ref())).await {
            Ok(config) => config.map_err(|error| Error::trust(error, &origin(url)))?,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        };
        self.build(config)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that builds HTTP clients")]
    fn build(&self, config: rustls::ClientConfig) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .user_agent(&self.options.user_agent)
            .connect_timeout(self.options.connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // A connection that died while the machine slept is noticed within a minute.
            .tcp_keepalive(Duration::from_secs(30))
            .tcp_keepalive_interval(Duration::from_secs(10))
            .tcp_keepalive_retries(3);
        if self.options.family == Family::Ipv4 {
            builder = builder.local_address(IpAddr::from(Ipv4Addr::UNSPECIFIED));
        }
        for proxy in proxies(&self.options.proxies)? {
            builder = builder.proxy(proxy);
        }
        if let Names::Asked(ask) = &self.options.names {
            builder = builder.dns_resolver(AskedNames(Arc::clone(ask)));
        }
        builder.build().map_err(Error::proxy)
    }

    /// The proxy that is configured for this URL's scheme, unless its host is reached directly.
    fn proxy_for(&self, url: &Url) -> Option<&str> {
        let proxy = match url.scheme() {
            "https" => self.options.proxies.https.as_deref(),
            _ => self.options.proxies.http.as_deref(),
        };
        proxy.filter(|_| self.route(url).is_some_and(|route| route.proxy.is_some()))
    }
}

/// The look-up that was handed in, as reqwest asks it.
struct AskedNames(Arc<dyn Fn(&str) -> Addresses + Send + Sync>);

impl Resolve for AskedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let asked = (self.0)(name.as_str());
        Box::pin(async move {
            // reqwest puts the URL's port in the place of 0.
            let found: Vec<_> = asked.await?.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

fn proxies(options: &Proxies) -> Result<Vec<Proxy>, Error> {
    let bypass = format!("localhost,127.0.0.0/8,::1,{}", options.excepted());
    let mut all = Vec::new();
    if let Some(url) = &options.http {
        all.push(Proxy::http(url).map_err(Error::proxy)?.no_proxy(NoProxy::from_string(&bypass)));
    }
    if let Some(url) = &options.https {
        all.push(Proxy::https(url).map_err(Error::proxy)?.no_proxy(NoProxy::from_string(&bypass)));
    }
    Ok(all)
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Scheme, host and port of a URL (RFC 6454), without path, query or user.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The address alone: without user, password, query and fragment, which may be secret.
pub fn address(url: &Url) -> Url {
    let mut address = url.clone();
    // Both fail only for URLs that cannot have a user, which then have none.
    let _ = address.set_username("");
    let _ = address.set_password(None);
    address.set_query(None);
    address.set_fragment(None);
    address
}

/// The same of a proxy, which may be named without a scheme, and with what it is signed in to by.
fn proxy_origin(proxy: &str) -> String {
    let (scheme, rest) = proxy.split_once("://").unwrap_or(("http", proxy));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{}", host.split(['/', '?', '#']).next().unwrap_or_default())
}

fn same_origin_target(from: &Url, response: &Response) -> Option<Url> {
    let followed = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let target = followed.then(|| response.redirect_target(from)).flatten()?;
    (target.origin() == from.origin()).then_some(target)
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// This machine's address.
    pub local: IpAddr,
    /// The server's, or that of the proxy before it.
    pub peer: SocketAddr,
}

/// A response whose head has arrived.
#[derive(Debug)]
pub struct Response {
    inner: reqwest::Response,
}

impl Response {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// The address that gave it: another than was asked for where redirects were followed.
    pub fn url(&self) -> &Url {
        self.inner.url()
    }

    /// The ends of the connection that it came on.
    pub fn ends(&self) -> Option<Ends> {
        let info = self.inner.extensions().get::<HttpInfo>()?;
        Some(Ends { local: info.local_addr().ip(), peer: info.remote_addr() })
    }

    /// Length of the body in bytes, where the head tells it.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.content_length()
    }

    /// The next part of the body as it arrived; `None` at its end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.inner.chunk().await {
            Ok(chunk) => Ok(chunk),
            Err(error) => Err(Error::from_reqwest(error, &origin(self.url()), None)),
        }
    }

    /// Where a redirect leads, relative addresses resolved against the URL that was asked for.
    pub fn redirect_target(&self, from: &Url) -> Option<Url> {
        let location = self.headers().get(LOCATION)?.to_str().ok()?;
        from.join(location).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, Stage};

    #[test]
    fn a_proxy_is_named_without_its_user_and_password() {
        for (proxy, origin) in [
            ("http://ada:s3cr3t@proxy.corp:3128/", "http://proxy.corp:3128"),
            ("ada:s3c/r3@t@proxy.corp:3128", "http://proxy.corp:3128"),
            ("socks5h://ada@[::1]:1080", "socks5h://[::1]:1080"),
        ] {
            assert_eq!(proxy_origin(proxy), origin);
        }
    }

    #[test]
    fn where_a_script_chooses_the_proxy_no_direct_way_is_the_proxys_matter() {
        let fault_behind = |script: Option<&str>| {
            let nobody = Names::Asked(Arc::new(|_| Box::pin(async { Ok(Vec::new()) })));
            let proxies = Proxies { script: script.map(str::to_owned), ..Proxies::default() };
            let client = Client::new(NetOptions { names: nobody, proxies, ..NetOptions::default() });
            let url = Url::parse("http://mcp.corp.example/mcp").unwrap();
            let request = Request { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let error = runtime.block_on(client.send(request)).unwrap_err();
            (error.stage(), error.fault())
        };
        assert_ne!(fault_behind(None).0, Stage::Proxy);
        assert_eq!(fault_behind(Some("http://wpad.corp/proxy.pac")), (Stage::Proxy, Fault::ProxyScript));
    }
}
