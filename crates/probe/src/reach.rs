use std::net::{IpAddr, SocketAddr};

use bridgekeeper_net::Url;

/// From where a server can be reached, as far as its name and addresses tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From this machine only.
    Loopback,
    /// From a private network: LAN, VPN, link-local.
    Private,
    /// From everywhere, unless somebody forbids it.
    Public,
}

impl Reach {
    /// Decides by the addresses, or by the name where there are none.
    pub fn of(url: &Url, addresses: &[SocketAddr]) -> Self {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if host == "localhost" || host.ends_with(".localhost") {
            return Self::Loopback;
        }
        let literal = host.parse().ok();
        let found: Vec<IpAddr> = match literal {
            Some(address) => vec![address],
            None => addresses.iter().map(SocketAddr::ip).collect(),
        };
        let found: Vec<Self> = found.into_iter().map(Self::of_address).collect();
        if found.contains(&Self::Public) {
            Self::Public
        } else if found.contains(&Self::Private) {
            Self::Private
        } else if !found.is_empty() {
            Self::Loopback
        } else if !host.contains('.')
            || [".local", ".lan", ".internal", ".home.arpa"].iter().any(|end| host.ends_with(end))
        {
            Self::Private
        } else {
            Self::Public
        }
    }

    fn of_address(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let private = match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || is_shared(v4),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
        };
        if address.is_loopback() || address.is_unspecified() {
            Self::Loopback
        } else if private {
            Self::Private
        } else {
            Self::Public
        }
    }
}

/// 100.64.0.0/10 (RFC 6598), the range of carriers and of VPNs such as Tailscale.
const fn is_shared(address: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0b1100_0000 == 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_tell() {
        let of = |url: &str, addresses: &[&str]| {
            let addresses: Vec<_> =
                addresses.iter().map(|a| SocketAddr::new(a.parse().unwrap(), 443)).collect();
            Reach::of(&Url::parse(url).unwrap(), &addresses)
        };
        assert_eq!(of("http://localhost:1/", &[]), Reach::Loopback);
        assert_eq!(of("http://[::1]:1/", &[]), Reach::Loopback);
        assert_eq!(of("https://mcp.corp.example/", &["10.1.2.3"]), Reach::Private);
        assert_eq!(of("https://box.tail.example/", &["100.100.1.1"]), Reach::Private);
        assert_eq!(of("https://nas/", &[]), Reach::Private);
        assert_eq!(of("https://mcp.example.com/", &[]), Reach::Public);
        assert_eq!(of("https://mcp.example.com/", &["10.0.0.1", "8.8.8.8"]), Reach::Public);
        assert_eq!(of("https://[::ffff:127.0.0.1]/", &[]), Reach::Loopback);
    }
}
