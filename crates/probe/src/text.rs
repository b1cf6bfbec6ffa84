//! Text from outside on its way to a person: without secrets, without control characters, short.

use bridgekeeper_formats::secrets;
use bridgekeeper_model::{MASK, Secret};
use bridgekeeper_net::header::HeaderMap;
use bridgekeeper_net::{Url, origin};

/// Longest quotation of a server's own words, in characters.
const QUOTED: usize = 160;

/// A URL for people: user and query may hold secrets and are left out, and so is what is random in the path.
pub(crate) fn shown(url: &Url) -> String {
    let query = url.query().map_or_else(String::new, |_| format!("?{MASK}"));
    secrets::mask(&format!("{}{}", origin(url), url.path())).into_owned() + &query
}

/// A server's own words on one line. It may quote a secret, also one that nobody gave to the probe.
pub(crate) fn quoted(text: &str) -> String {
    let text = secrets::mask(text);
    let mut words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.retain(|c| !c.is_control());
    if words.chars().count() > QUOTED {
        words = words.chars().take(QUOTED).chain(['…']).collect();
    }
    words
}

/// What was given to the probe and must not come back out of it.
#[derive(Debug)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    /// Header values, and the parts after their scheme; the URL's user, password and query values.
    pub(crate) fn of(url: &Url, headers: &HeaderMap) -> Self {
        let values = headers.values().filter_map(|value| value.to_str().ok());
        let words = values.flat_map(|value| std::iter::once(value).chain(value.split_whitespace().skip(1)));
        let user = [Some(url.username()), url.password()].into_iter().flatten();
        let query = url.query_pairs().map(|(_, value)| value.into_owned()).collect::<Vec<_>>();
        let mut all: Vec<String> =
            words.chain(user).chain(query.iter().map(String::as_str)).map(str::to_owned).collect();
        // A short value would take ordinary words apart; a long one may hold a short one.
        all.retain(|text| text.len() >= 6);
        all.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(all.into_iter().map(Secret::new).collect())
    }

    pub(crate) fn mask(&self, text: &mut String) {
        for secret in &self.0 {
            if text.contains(secret.expose()) {
                *text = text.replace(secret.expose(), MASK);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_net::header::{AUTHORIZATION, HeaderValue};

    use super::*;

    #[test]
    fn what_was_given_does_not_come_back() {
        let url = Url::parse("https://me:passw0rd@a.test/mcp?key=abcdef12").unwrap();
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer tok-123456"))]);
        let secrets = Secrets::of(&url, &headers);
        let mut text = "tok-123456, Bearer tok-123456, abcdef12 and passw0rd".to_owned();
        secrets.mask(&mut text);
        assert_eq!(text, "••••, ••••, •••• and ••••");
        assert_eq!(shown(&url), "https://a.test/mcp?••••");
        let url = Url::parse("https://a.test/s/550e8400-e29b-41d4-a716-446655440000/mcp").unwrap();
        assert_eq!(shown(&url), "https://a.test/s/550e8400-••••/mcp");
    }

    #[test]
    fn a_quotation_is_one_short_line_without_control_characters() {
        assert_eq!(quoted("a\u{1b}[31m\n\tb"), "a[31m b");
        assert_eq!(quoted(&"x".repeat(500)).chars().count(), QUOTED + 1);
    }

    #[test]
    fn a_secret_that_a_server_prints_is_not_quoted() {
        let said = quoted("500: cannot reach db with token=ghp_AbCdEf0123456789AbCdEf0123456789");
        assert_eq!(said, "500: cannot reach db with token=••••");
    }
}
