//! What stands in a server's certificate chain, in the words of a report.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// The hosts it is for.
    pub(crate) names: Vec<String>,
    /// Seconds since 1970.
    pub(crate) begins: i64,
    pub(crate) ends: i64,
    /// The same dates as `YYYY-MM-DD`, in UTC.
    pub(crate) begins_text: String,
    pub(crate) ends_text: String,
}

impl Certificate {
    /// `None` for bytes that are no certificate.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let validity = certificate.validity();
        Some(Self {
            subject: name(certificate.subject()),
            issuer: name(certificate.issuer()),
            names: names(&certificate),
            begins: validity.not_before.timestamp(),
            ends: validity.not_after.timestamp(),
            begins_text: validity.not_before.to_datetime().date().to_string(),
            ends_text: validity.not_after.to_datetime().date().to_string(),
        })
    }
}

/// Makers of gateways and antivirus programs that read TLS traffic, by a word of their authorities' names.
const INTERCEPTORS: [(&str, &str); 18] = [
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("goskope", "Netskope"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("blue coat", "Symantec Blue Coat"),
    ("forcepoint", "Forcepoint"),
    ("mcafee web gateway", "Skyhigh (McAfee) Web Gateway"),
    ("sophos", "Sophos"),
    ("check point", "Check Point"),
    ("kaspersky", "Kaspersky"),
    ("avast", "Avast"),
    ("eset ssl filter", "ESET"),
    ("bitdefender", "Bitdefender"),
    ("mitmproxy", "mitmproxy"),
    ("fiddler", "Fiddler"),
];

/// The product that stands between, where an issuer's name gives it away.
pub(crate) fn interceptor(issuer: &str) -> Option<&'static str> {
    let issuer = issuer.to_lowercase();
    INTERCEPTORS.iter().find(|(word, _)| issuer.contains(word)).map(|(_, product)| *product)
}

/// Common name, else organisation, else the whole.
fn name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let common = name.iter_common_name().chain(name.iter_organization()).find_map(|part| part.as_str().ok());
    crate::text::quoted(&common.map_or_else(|| name.to_string(), str::to_owned))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| {
        if let GeneralName::DNSName(name) = name {
            return Some(crate::text::quoted(name));
        }
        let GeneralName::IPAddress(bytes) = name else { return None };
        match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|b| std::net::Ipv4Addr::from(b).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|b| std::net::Ipv6Addr::from(b).to_string()),
        }
    };
    extension.value.general_names.iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_known_by_its_authority() {
        assert_eq!(interceptor("Zscaler Intermediate Root CA (zscaler.net)"), Some("Zscaler"));
        assert_eq!(interceptor("ISRG Root X1"), None);
    }

    #[test]
    fn bytes_that_are_no_certificate_are_none() {
        assert_eq!(Certificate::read(b""), None);
        assert_eq!(Certificate::read(&[0x30, 0x82, 0xff, 0xff]), None);
    }
}
