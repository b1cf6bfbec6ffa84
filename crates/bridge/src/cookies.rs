//! Cookies that a load balancer sets to keep a session on one machine (RFC 6265, as far as that needs it).
//!
//! There is one origin, so domains do not matter; they live in memory, so dates matter only where they delete.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bridgekeeper_net::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};

/// What the server asked to hear again.
#[derive(Debug, Default)]
pub(crate) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// Takes what a response sets.
    pub(crate) fn learn(&mut self, head: &HeaderMap) {
        for value in head.get_all(SET_COOKIE) {
            if let Ok(text) = value.to_str() {
                self.set(text);
            }
        }
    }

    fn set(&mut self, text: &str) {
        let mut parts = text.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let name = name.trim().to_owned();
        let attributes = parts.map(|part| part.split_once('=').unwrap_or((part, "")));
        let deleted =
            attributes.into_iter().any(|(key, value)| match key.trim().to_ascii_lowercase().as_str() {
                "max-age" => value.trim().parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                "expires" => {
                    httpdate::parse_http_date(value.trim()).is_ok_and(|date| date <= SystemTime::now())
                }
                _ => false,
            });
        if deleted {
            self.0.remove(&name);
        } else if !name.is_empty() {
            self.0.insert(name, value.trim().to_owned());
        }
    }

    /// Adds them to a request, behind those that the person has configured.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        let configured = headers.get(COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let own = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        let all: Vec<String> = configured.into_iter().chain(own).collect();
        if let Ok(mut value) = HeaderValue::from_str(&all.join("; ")) {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(set: &[&str], configured: Option<&'static str>) -> Option<String> {
        let mut cookies = Cookies::default();
        for text in set {
            let mut head = HeaderMap::new();
            head.insert(SET_COOKIE, HeaderValue::from_str(text).expect("a header value"));
            cookies.learn(&head);
        }
        let mut headers = HeaderMap::new();
        headers.extend(configured.map(|value| (COOKIE, HeaderValue::from_static(value))));
        cookies.add_to(&mut headers);
        headers.get(COOKIE).map(|value| value.to_str().expect("text").to_owned())
    }

    #[test]
    fn what_was_set_is_sent_behind_what_was_configured() {
        assert_eq!(sent(&["b=2; Path=/; HttpOnly", "a=1"], Some("c=3")).as_deref(), Some("c=3; a=1; b=2"));
        assert_eq!(sent(&[], None), None);
    }

    #[test]
    fn a_cookie_in_the_past_is_deleted() {
        assert_eq!(sent(&["a=1", "a=; Max-Age=0"], None), None);
        assert_eq!(sent(&["a=1", "a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], None), None);
        assert_eq!(sent(&["a=1; Max-Age=60"], None).as_deref(), Some("a=1"));
    }
}
