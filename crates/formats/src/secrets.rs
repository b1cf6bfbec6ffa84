//! Secrets in text that is about to be shown: found by their shape and by the names beside them, and masked.
//!
//! Showing one is worse than masking a word too many, so names decide generously. Deliberately absent: any claim
//! that what is left holds no secret.

use std::borrow::Cow;
use std::ops::Range;

use bridgekeeper_model::{MASK, SecretName};

mod keys;
mod lines;
mod names;
mod random;
mod redactor;
mod shapes;

pub use lines::LineMask;
pub use names::{is_secret_header, is_secret_name};
pub use redactor::{Redacted, Redactor};
pub use shapes::is_token;

/// The text with every secret in it replaced by the mask: known token shapes, JWTs, `Bearer` and `Basic` values,
/// values of headers and variables whose names tell, passwords in URLs, their secret query parameters and what is
/// random in their paths, private keys. What goes on in the next line needs a [`LineMask`] where lines come one by one.
///
/// A masked text has nothing more to mask: a mask can join what stood apart, so it is looked through again.
pub fn mask(text: &str) -> Cow<'_, str> {
    let Cow::Owned(mut masked) = mask_spans(text, spans(text)) else { return Cow::Borrowed(text) };
    for _ in 0..ROUNDS {
        let again = mask_spans(&masked, spans(&masked)).into_owned();
        if again == masked {
            break;
        }
        masked = again;
    }
    Cow::Owned(masked)
}

/// How often a masked text is looked through again at most.
const ROUNDS: usize = 8;

/// The text with these spans, which may overlap, replaced by the mask.
fn mask_spans(text: &str, mut spans: Vec<Range<usize>>) -> Cow<'_, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_by_key(|span| (span.start, span.end));
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        if span.end <= at {
            continue;
        }
        if span.start >= at {
            masked.push_str(&text[at..span.start]);
            masked.push_str(MASK);
        }
        at = span.end;
    }
    masked.push_str(&text[at..]);
    Cow::Owned(masked)
}

/// Where what is not to be shown stands: secrets, and parts of addresses that may be some. The spans may overlap.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = known_spans(text);
    random::in_paths(text, &mut spans);
    spans
}

/// Where secrets stand that are known by their shape or their name, so that a person may be told of them. The spans
/// may overlap.
pub fn known_spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = shapes::find(text);
    names::find(text, &mut spans);
    keys::find(text, &mut spans);
    spans
}

/// The value of a variable or header as it may be shown: masked whole where the name tells that it is a secret,
/// else masked where it holds one. References such as `${NAME}` stay.
pub fn mask_value<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    if value.is_empty() || is_reference(value) {
        return Cow::Borrowed(value);
    }
    if is_secret_name(name) || is_secret_header(name) {
        return Cow::Borrowed(MASK);
    }
    mask(value)
}

/// Whether the text only names where the secret is: `${NAME}`, `$NAME`, `%NAME%`, also after a scheme, and
/// `secret:NAME`, as `mcp-bridge exec --env` takes it.
pub fn is_reference(value: &str) -> bool {
    let value = names::without_scheme(value).trim();
    if value.strip_prefix("secret:").is_some_and(|name| name.parse::<SecretName>().is_ok()) {
        return true;
    }
    let named = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_:.-/".contains(c))
    };
    let braced = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let percent = value.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    braced.is_some_and(named)
        || percent.is_some_and(named)
        || value.strip_prefix('$').is_some_and(|name| {
            named(name) && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests;
