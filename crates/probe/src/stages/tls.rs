//! The certificate, who signed it, and who reads along.

use std::net::SocketAddr;

use bridgekeeper_net::{Client, Fault, Handshake, Route, Stage as NetStage, Url};

use crate::cause::{
    HTTP_URL, PROXY_REQUIRED, TLS_CERT_ENDS_SOON, TLS_CERT_EXPIRED, TLS_FAILURE, TLS_PRIVATE_CA,
    TLS_UNTRUSTED_CA, TLS_WRONG_NAME,
};
use crate::certificate::{Certificate, interceptor};
use crate::outcome::Outcome;
use crate::text::quoted;

const DAY: i64 = 24 * 60 * 60;
/// An end that is nearer is worth a warning, in days. Automatic renewal has long been due by then.
const SOON: i64 = 14;

/// Who trusts the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrustedBy {
    /// Everybody.
    Public,
    /// This machine, and not the public list.
    ThisMachine,
    /// The connection is not secured.
    Nobody,
    /// Nobody looked.
    Unknown,
}

/// Shakes hands. `now` counts in seconds since 1970.
pub(crate) async fn inspect(
    client: &Client,
    url: &Url,
    route: &Route,
    address: SocketAddr,
    now: i64,
) -> Outcome<TrustedBy> {
    if let Some(proxy) = route.proxy.as_ref().filter(|proxy| proxy.scheme != "http") {
        let message = format!("Not looked at: the way leads through a {} proxy.", proxy.scheme);
        return Outcome::not_checked(message).but_with(TrustedBy::Unknown);
    }
    let shown = client.shake_hands(url, route, address).await;
    judge(&shown, url.host_str().unwrap_or_default(), now)
}

/// For a URL without TLS.
pub(crate) fn absent(url: &Url, reach: crate::Reach) -> Outcome<()> {
    if reach == crate::Reach::Loopback {
        return Outcome::not_needed("Plain http is enough: the server runs on this machine.");
    }
    let host = url.host_str().unwrap_or_default();
    Outcome::failed(&HTTP_URL, format!("The connection to {host} is not secured."))
}

fn judge(shown: &Handshake, host: &str, now: i64) -> Outcome<TrustedBy> {
    let chain: Vec<Certificate> = shown.chain.iter().filter_map(|der| Certificate::read(der)).collect();
    let lines = describe(&chain);
    let Some(error) = &shown.error else {
        return accepted(shown, chain.first(), now).details(lines);
    };
    let why = quoted(&error.cause());
    let leaf = chain.first();
    let outcome = match (error.stage(), error.fault(), leaf) {
        (NetStage::Proxy, ..) => {
            Outcome::failed(&PROXY_REQUIRED, format!("There is no way through the proxy: {why}."))
        }
        (_, Fault::Expired, Some(leaf)) if leaf.begins > now => Outcome::failed(
            &TLS_CERT_EXPIRED,
            format!("The certificate is valid only from {}.", leaf.begins_text),
        ),
        (_, Fault::Expired, Some(leaf)) => {
            let days = (now - leaf.ends) / DAY;
            let message = format!("The certificate expired on {}, {days} days ago.", leaf.ends_text);
            Outcome::failed(&TLS_CERT_EXPIRED, message)
        }
        (_, Fault::WrongName, Some(leaf)) => {
            let names = leaf.names.join(", ");
            Outcome::failed(&TLS_WRONG_NAME, format!("The certificate is not for {host} but for {names}."))
        }
        (_, Fault::UnknownIssuer, Some(leaf)) => Outcome::failed(&TLS_UNTRUSTED_CA, untrusted(leaf, &chain)),
        (_, Fault::NotTls, _) => {
            Outcome::failed(&TLS_FAILURE, "The port answers, but does not speak TLS.".to_owned())
        }
        _ => Outcome::failed(&TLS_FAILURE, format!("The connection could not be secured: {why}.")),
    };
    outcome.details(lines)
}

fn accepted(shown: &Handshake, leaf: Option<&Certificate>, now: i64) -> Outcome<TrustedBy> {
    let version = match shown.version.as_deref() {
        Some("TLSv1_3") => "TLS 1.3",
        Some("TLSv1_2") => "TLS 1.2",
        Some(other) => other,
        None => "TLS",
    };
    let (issuer, days) =
        leaf.map_or(("an unknown issuer", i64::MAX), |leaf| (&leaf.issuer, (leaf.ends - now) / DAY));
    let trusted_by =
        if shown.publicly_trusted == Some(true) { TrustedBy::Public } else { TrustedBy::ThisMachine };
    let mut outcome = Outcome::passed(
        format!("{version}; the certificate from {issuer} holds for {days} more days."),
        trusted_by,
    );
    if days < SOON {
        let message = format!("The certificate ends in {days} days.");
        outcome = outcome.finding(&TLS_CERT_ENDS_SOON, &message);
    }
    if trusted_by == TrustedBy::ThisMachine {
        let reader = interceptor(issuer).map_or_else(
            || "a company's gateway, an antivirus program or a private authority signed it".to_owned(),
            |product| format!("{product} reads this connection"),
        );
        let message = format!(
            "The public list of authorities does not hold {issuer}: {reader}, and only this machine trusts it."
        );
        outcome = outcome.finding(&TLS_PRIVATE_CA, &message);
    }
    outcome
}

/// Why nobody here believes the chain, as far as its names tell.
fn untrusted(leaf: &Certificate, chain: &[Certificate]) -> String {
    let top = chain.last().unwrap_or(leaf);
    if let Some(product) = interceptor(&top.issuer) {
        return format!(
            "{product} reads this connection: it signed the certificate as {}, which this machine does not trust.",
            top.issuer
        );
    }
    if leaf.issuer == leaf.subject {
        return format!("The server signed its certificate itself, as {}.", leaf.subject);
    }
    if chain.len() == 1 {
        return format!(
            "This machine does not know {}, which signed the certificate, and the server sends no certificate of it.",
            leaf.issuer
        );
    }
    format!("This machine does not trust {}, which signed the certificate.", top.issuer)
}

fn describe(chain: &[Certificate]) -> Vec<String> {
    let line = |certificate: &Certificate| {
        format!("{} (signed by {}), until {}", certificate.subject, certificate.issuer, certificate.ends_text)
    };
    let mut lines: Vec<_> = chain.iter().map(line).collect();
    if let Some(leaf) = chain.first().filter(|leaf| !leaf.names.is_empty()) {
        lines.insert(1, format!("for {}", leaf.names.join(", ")));
    }
    lines
}
