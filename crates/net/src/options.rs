use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::system;

/// How a [`Client`](crate::Client) reaches the network. Everything is handed in; nothing is read from the
/// environment here.
#[derive(Debug, Clone)]
pub struct NetOptions {
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Who this client is, for servers that ask in the handshake.
    pub client_certificate: Option<ClientCertificate>,
    /// Which of a server's addresses are used.
    pub family: Family,
    /// Which proxies stand between.
    pub proxies: Proxies,
    /// Who turns host names into addresses.
    pub names: Names,
    /// Longest time for name, connection and TLS together.
    pub connect_timeout: Duration,
    /// Sent with each request.
    pub user_agent: String,
}

impl Default for NetOptions {
    fn default() -> Self {
        Self {
            trust: Trust::default(),
            client_certificate: None,
            family: Family::default(),
            proxies: Proxies::default(),
            names: Names::default(),
            connect_timeout: Duration::from_secs(10),
            user_agent: concat!("bridgekeeper/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// The addresses of a host, once they are known.
pub type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Who turns host names into addresses.
#[derive(Clone, Default)]
pub enum Names {
    /// The operating system: its hosts file, its DNS servers, its VPN's.
    #[default]
    System,
    /// Somebody else. Requests and single steps ask it alike.
    Asked(Arc<dyn Fn(&str) -> Addresses + Send + Sync>),
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Asked(_) => "Asked",
        })
    }
}

/// Whose certificates are believed. Files hold PEM, any number of certificates each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The operating system's verdict, and the certificates in these files beside it.
    System(Vec<PathBuf>),
    /// The certificates in these files and no others.
    Only(Vec<PathBuf>),
}

impl Default for Trust {
    fn default() -> Self {
        Self::System(Vec::new())
    }
}

/// A certificate for TLS client authentication. Both files hold PEM, and may be one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, and those above it.
    pub chain: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Which of a server's addresses are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// All, IPv6 a little before IPv4 (RFC 8305).
    #[default]
    Any,
    /// IPv4 alone.
    Ipv4,
}

/// The proxies that the environment names. Loopback addresses are always reached directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http:` servers (`http_proxy`, or `all_proxy`).
    pub http: Option<String>,
    /// For `https:` servers (`https_proxy`, or `all_proxy`).
    pub https: Option<String>,
    /// Hosts, domains and address ranges that are reached directly (`no_proxy`).
    pub bypass: Option<String>,
    /// The address of a script (PAC) by which the system chooses its proxies. It is not run, since that takes an engine
    /// for JavaScript: connections are made directly.
    pub script: Option<String>,
}

impl Proxies {
    /// Reads them from environment variables, in the order that curl has made common: the lower-case name first.
    /// Upper-case `HTTP_PROXY` counts too: no CGI program is started with this environment.
    pub fn from_env(mut variable: impl FnMut(&str) -> Option<String>) -> Self {
        let mut first = |names: [&str; 2]| {
            names.into_iter().find_map(|name| variable(name).filter(|v| !v.trim().is_empty()))
        };
        let all = first(["all_proxy", "ALL_PROXY"]);
        Self {
            http: first(["http_proxy", "HTTP_PROXY"]).or_else(|| all.clone()),
            https: first(["https_proxy", "HTTPS_PROXY"]).or(all),
            bypass: first(["no_proxy", "NO_PROXY"]),
            script: None,
        }
    }

    /// The list of `no_proxy` as its readers understand it: a domain stands for what is below it too, so `*.example.com` is
    /// `.example.com`; and a host with a port is excepted on every port.
    pub(crate) fn excepted(&self) -> String {
        let list = self.bypass.as_deref().unwrap_or_default();
        let hosts = list.split(',').map(|entry| {
            let entry = entry.trim();
            let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
            match entry.rsplit_once(':') {
                Some((host, port)) if is_host(host) && port.parse::<u16>().is_ok() => {
                    host.trim_matches(['[', ']'])
                }
                _ => entry,
            }
        });
        hosts.collect::<Vec<_>>().join(",")
    }

    /// The same, or where they are none what Windows or macOS is set to for `url`.
    #[must_use]
    pub fn or_of_system(self, url: &Url) -> Self {
        if self.http.is_some() || self.https.is_some() {
            return self;
        }
        let proxy = system::proxy(url);
        let script = if proxy.is_none() { system::script() } else { None };
        Self { http: proxy.clone(), https: proxy, script, ..self }
    }
}

/// Whether a port may follow: in an IPv6 address without brackets every colon is its own.
fn is_host(text: &str) -> bool {
    !text.contains(':') || (text.starts_with('[') && text.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::from_env(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_special_variable_wins_over_the_general_one() {
        let proxies = from(&[
            ("ALL_PROXY", "http://all:1"),
            ("https_proxy", "http://secure:2"),
            ("NO_PROXY", "*.corp"),
        ]);
        assert_eq!(proxies.http.as_deref(), Some("http://all:1"));
        assert_eq!(proxies.https.as_deref(), Some("http://secure:2"));
        assert_eq!(proxies.bypass.as_deref(), Some("*.corp"));
    }

    #[test]
    fn what_people_write_into_no_proxy_is_understood() {
        for (written, excepted) in [
            ("*.corp.example , host:8080", ".corp.example,host"),
            ("[::1]:80,fe80::1,10.0.0.0/8,*", "::1,fe80::1,10.0.0.0/8,*"),
            ("", ""),
        ] {
            assert_eq!(from(&[("no_proxy", written)]).excepted(), excepted);
        }
    }

    #[test]
    fn an_empty_variable_is_no_proxy() {
        assert_eq!(from(&[("http_proxy", ""), ("HTTPS_PROXY", " ")]), Proxies::default());
    }
}
