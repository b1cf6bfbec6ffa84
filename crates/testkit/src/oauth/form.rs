//! Queries and forms: each name once, as OAuth demands (RFC 6749 §3.1).

use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::scripted::Request;

/// The parameters of a query or form. A name that comes twice is noted as such.
#[derive(Debug, Default)]
pub(super) struct Form {
    values: BTreeMap<String, String>,
    pub(super) repeated: bool,
}

impl Form {
    pub(super) fn query(asked: &Request) -> Self {
        Self::parse(asked.query().as_bytes())
    }

    pub(super) fn body(asked: &Request) -> Self {
        Self::parse(asked.body())
    }

    pub(super) fn parse(text: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            form.repeated |= form.values.insert(name.into_owned(), value.into_owned()).is_some();
        }
        form
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A URL with these parameters added.
pub(super) fn with_query<'a>(url: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}{query}")
}
