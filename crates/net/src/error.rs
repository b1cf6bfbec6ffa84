use std::error::Error as StdError;
use std::{fmt, io};

use crate::trust::TrustError;

/// How far a request came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The host's name has no address.
    Resolve,
    /// No connection to the server.
    Connect,
    /// No way through the proxy.
    Proxy,
    /// The connection could not be secured.
    Tls,
    /// The connection stood; the exchange on it failed.
    Http,
}

impl Stage {
    /// The word for reports and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Proxy => "proxy",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong, as far as the types of the causes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nothing listens there.
    Refused,
    /// The other side closed the connection in the middle of the exchange.
    Closed,
    /// It took longer than it may.
    TimedOut,
    /// No route, or the network is down.
    Unreachable,
    /// The certificate's issuer is not known to this system.
    UnknownIssuer,
    /// The certificate has expired, or this machine's clock is wrong.
    Expired,
    /// The certificate is for another name.
    WrongName,
    /// The server speaks no TLS there.
    NotTls,
    /// The trust roots could not be loaded.
    TrustRoots,
    /// There is no direct way, and the script by which this system chooses its proxy is not run.
    ProxyScript,
    /// None of these; the causes say more.
    Other,
}

/// A request that got no response, or not all of it.
#[derive(Debug, thiserror::Error)]
#[error("{stage} {origin}: {}", self.cause())]
pub struct Error {
    stage: Stage,
    fault: Fault,
    origin: String,
    #[source]
    source: Box<dyn StdError + Send + Sync>,
}

impl Error {
    /// How far the request came.
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// What went wrong.
    pub const fn fault(&self) -> Fault {
        self.fault
    }

    /// Scheme, host and port that failed: the server's, or the proxy's at [`Stage::Proxy`].
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The innermost cause in its own words, with the file that it is about. It holds no header and no URL.
    pub fn cause(&self) -> String {
        match causes(&*self.source).skip(1).last() {
            Some(innermost) if self.fault == Fault::TrustRoots => format!("{}: {innermost}", self.source),
            Some(innermost) => innermost.to_string(),
            None => self.source.to_string(),
        }
    }

    /// A request failed on its way to `origin`; `proxy` is what stood between.
    pub(crate) fn from_reqwest(error: reqwest::Error, origin: &str, proxy: Option<&str>) -> Self {
        let error = error.without_url();
        let fault = fault(&error);
        let tls = causes(&error).any(<dyn StdError>::is::<rustls::Error>);
        let (stage, origin) = match (tls, error.is_connect(), proxy) {
            (true, _, _) => (Stage::Tls, origin),
            (_, true, Some(proxy)) => (Stage::Proxy, proxy),
            (_, true, None) if error.is_dns() => (Stage::Resolve, origin),
            (_, true, None) => (Stage::Connect, origin),
            (_, false, _) => (Stage::Http, origin),
        };
        Self { stage, fault, origin: origin.to_owned(), source: error.into() }
    }

    /// The same where the system chooses its proxies by a script: what cannot be reached directly may well be reached
    /// through one of them.
    pub(crate) fn past_a_proxy_script(mut self) -> Self {
        if matches!(self.stage, Stage::Resolve | Stage::Connect) {
            (self.stage, self.fault) = (Stage::Proxy, Fault::ProxyScript);
        }
        self
    }

    /// A socket of our own failed on its way to `origin`.
    pub(crate) fn from_io(stage: Stage, error: io::Error, origin: &str) -> Self {
        let fault = known_fault(&error).unwrap_or(Fault::Other);
        Self { stage, fault, origin: origin.to_owned(), source: error.into() }
    }

    pub(crate) fn trust(error: TrustError, origin: &str) -> Self {
        Self { stage: Stage::Tls, fault: Fault::TrustRoots, origin: origin.to_owned(), source: error.into() }
    }

    pub(crate) fn proxy(error: reqwest::Error) -> Self {
        Self {
            stage: Stage::Proxy,
            fault: Fault::Other,
            origin: "the proxy's address".into(),
            source: error.without_url().into(),
        }
    }
}

/// The innermost cause that has a name.
fn known_fault(error: &(dyn StdError + 'static)) -> Option<Fault> {
    let found = causes(error).filter_map(|cause| {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(tls_fault(tls));
        }
        cause.downcast_ref::<io::Error>().and_then(|io| io_fault(io.kind()))
    });
    found.last()
}

fn fault(error: &reqwest::Error) -> Fault {
    match known_fault(error) {
        Some(fault) => fault,
        None if error.is_timeout() => Fault::TimedOut,
        // hyper keeps its reasons to itself: what failed on a standing connection without an I/O error was cut short.
        None if error.is_request() && !error.is_connect() => Fault::Closed,
        None => Fault::Other,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the rest of a foreign, open-ended list says nothing a user could act on"
)]
fn io_fault(kind: io::ErrorKind) -> Option<Fault> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Fault::Refused),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some(Fault::Closed),
        io::ErrorKind::TimedOut => Some(Fault::TimedOut),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
            Some(Fault::Unreachable)
        }
        _ => None,
    }
}

/// How Windows' verdict ends where the server sends its certificate without the authority that signed it, and this machine
/// does not know that authority either (`CERT_E_CHAINING`). One that is sent and not known is `UnknownIssuer` by itself.
const NO_CHAIN_ON_WINDOWS: &str = "(os error -2146762486)";

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the rest of a foreign, open-ended list says nothing a user could act on"
)]
fn tls_fault(error: &rustls::Error) -> Fault {
    use rustls::{CertificateError, InvalidMessage};
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            // A bad signature is what an authority that was made anew under its old name leaves behind.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Fault::UnknownIssuer,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Fault::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Fault::WrongName
            }
            CertificateError::Other(told) if told.to_string().ends_with(NO_CHAIN_ON_WINDOWS) => {
                Fault::UnknownIssuer
            }
            _ => Fault::Other,
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Fault::NotTls,
        _ => Fault::Other,
    }
}

/// The error and all its causes, outermost first. An [`io::Error`] hides what it wraps from `source()`, so that is
/// looked up by hand.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| next_cause(error))
}

fn next_cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::{CertificateError, OtherError};

    use super::*;

    #[test]
    fn an_authority_that_windows_finds_nowhere_is_unknown() {
        let told = |code| {
            let error: Box<dyn StdError + Send + Sync> =
                io::Error::from_raw_os_error(code).to_string().into();
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::from(error))))
        };
        assert_eq!(tls_fault(&told(-2_146_762_486)), Fault::UnknownIssuer);
        assert_eq!(tls_fault(&told(-2_146_762_487)), Fault::Other);
    }
}
