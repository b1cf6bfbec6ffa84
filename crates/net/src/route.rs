//! Where the first socket of a request leads: to the server, or to the proxy before it.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::{Client, Proxies};

/// The way to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Host of the first socket, without the brackets of an IPv6 address.
    pub host: String,
    /// Port of the first socket.
    pub port: u16,
    /// The proxy that it belongs to; `None` where it is the server's own.
    pub proxy: Option<Proxy>,
}

/// A proxy on the way.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http`, `https`, `socks5`, …
    pub scheme: String,
    /// The value of `Proxy-Authorization`.
    pub(crate) authorization: Option<Vec<u8>>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

impl Client {
    /// The way that a request to `url` takes; `None` for a URL without a host.
    pub fn route(&self, url: &Url) -> Option<Route> {
        let direct =
            Route { host: bare_host(url.host_str()?), port: url.port_or_known_default()?, proxy: None };
        if crate::client::is_loopback(url) {
            return Some(direct);
        }
        Some(through_proxy(&self.options().proxies, url).unwrap_or(direct))
    }
}

fn through_proxy(proxies: &Proxies, url: &Url) -> Option<Route> {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let matcher = Matcher::builder()
        .http(or_empty(&proxies.http))
        .https(or_empty(&proxies.https))
        .no(proxies.excepted())
        .build();
    // Only what decides: the path may hold what no `http::Uri` takes.
    let found = matcher.intercept(&format!("{}://{}", url.scheme(), url.host_str()?).parse().ok()?)?;
    let scheme = found.uri().scheme_str().unwrap_or("http").to_owned();
    let default_port = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => 1080,
    };
    Some(Route {
        host: bare_host(found.uri().host()?),
        port: found.uri().port_u16().unwrap_or(default_port),
        proxy: Some(Proxy {
            scheme,
            authorization: found.basic_auth().map(|value| value.as_bytes().to_owned()),
        }),
    })
}

fn bare_host(host: &str) -> String {
    host.trim_matches(['[', ']']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetOptions;

    fn route(url: &str) -> Route {
        let proxies = Proxies {
            https: Some("http://me:secret@proxy.corp:3128".into()),
            bypass: Some("*.inside.example".into()),
            ..Proxies::default()
        };
        let client = Client::new(NetOptions { proxies, ..NetOptions::default() });
        client.route(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn the_proxy_of_the_scheme_stands_before_the_server() {
        let found = route("https://mcp.example.com/mcp");
        assert_eq!((found.host.as_str(), found.port), ("proxy.corp", 3128));
        assert!(!format!("{found:?}").contains("secret"));
        assert_eq!(route("http://mcp.example.com/mcp").proxy, None);
    }

    #[test]
    fn loopback_and_the_excepted_are_reached_directly() {
        for direct in ["https://localhost:8443/", "https://[::1]/", "https://mcp.inside.example/"] {
            assert_eq!(route(direct).proxy, None, "{direct}");
        }
        assert_eq!(route("https://[::1]/").host, "::1");
    }
}
