//! The envelope of a JSON-RPC message: what kind it is, its id, its method. The rest stays bytes.
//!
//! A bridge that models the messages it carries loses what it does not know. So nothing here can be written back:
//! the message itself is passed on as it came.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::scan::{Member, Outline};

/// One message, seen from outside.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Envelope<'a> {
    /// Wants an answer under its id.
    Request { id: Id, method: Cow<'a, str> },
    /// Wants none.
    Notification { method: Cow<'a, str> },
    /// Answers a request; an error may come without an id when the request could not be read.
    Response { id: Option<Id> },
}

/// Why some text is no JSON-RPC message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAMessage {
    #[error("not UTF-8")]
    NotUtf8,
    #[error("not JSON from byte {0} on")]
    NotJson(usize),
    #[error("an array, but not of JSON")]
    NotABatch,
    #[error("JSON, but neither request, notification nor response")]
    NotJsonRpc,
}

impl<'a> Envelope<'a> {
    /// Reads one message. The whole text is checked to be JSON, nothing is copied out of it but the id.
    pub(crate) fn parse(message: &'a [u8]) -> Result<Self, NotAMessage> {
        Self::outlined(message, &Outline::of(message)?)
    }

    /// The same for a message that has been looked at.
    pub(crate) fn outlined(message: &'a [u8], outline: &Outline) -> Result<Self, NotAMessage> {
        let member = |member| outline.member(member, message).filter(|value| *value != "null");
        let method = match member(Member::Method) {
            Some(method) => Some(text_of(method).ok_or(NotAMessage::NotJsonRpc)?),
            None => None,
        };
        let id = member(Member::Id).map(Id::new);
        match (method, id) {
            (Some(method), Some(id)) => Ok(Self::Request { id, method }),
            (Some(method), None) => Ok(Self::Notification { method }),
            (None, id) if outline.has(Member::Result) || outline.has(Member::Error) => {
                Ok(Self::Response { id })
            }
            (None, _) => Err(NotAMessage::NotJsonRpc),
        }
    }

    /// The request that a `notifications/cancelled` is about.
    pub(crate) fn cancelled(message: &[u8]) -> Option<Id> {
        let cancelled: Cancelled<'_> = serde_json::from_slice(message).ok()?;
        Some(Id::new(cancelled.params.request_id.get()))
    }
}

#[derive(Deserialize)]
struct Cancelled<'a> {
    #[serde(borrow)]
    params: CancelledParams<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelledParams<'a> {
    #[serde(borrow)]
    request_id: &'a RawValue,
}

/// The text of a JSON string, taken where it stands if it has no escapes; `None` for any other value.
fn text_of(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        serde_json::from_str(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inside))
    }
}

/// Takes a batch apart. A single message comes back alone; the order is kept.
pub(crate) fn split_batch(text: &[u8]) -> Result<Vec<&[u8]>, NotAMessage> {
    let text = text.trim_ascii();
    if text.first() == Some(&b'[') {
        let batch: Vec<&RawValue> = serde_json::from_slice(text).map_err(|_| NotAMessage::NotABatch)?;
        Ok(batch.into_iter().map(|message| message.get().as_bytes()).collect())
    } else {
        Ok(vec![text])
    }
}

/// The id of a request: any string or number. Two ids are the same if they have the same value, however they
/// are spelt: a server may answer `1.0` with `1`, and `"\u0061"` with `"a"`.
#[derive(Clone)]
pub(crate) struct Id {
    raw: Box<str>,
    /// Its value, where the spelling alone does not tell.
    value: Option<Box<str>>,
}

impl Id {
    fn new(raw: &str) -> Self {
        Self { raw: raw.into(), value: canonical(raw) }
    }

    /// The id as it was spelt.
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }

    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.raw)
    }
}

fn canonical(raw: &str) -> Option<Box<str>> {
    if raw.starts_with('"') {
        if !raw.contains('\\') {
            return None;
        }
        let text: String = serde_json::from_str(raw).ok()?;
        return Some(format!("\"{text}\"").into());
    }
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if raw != "-0" && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: f64 = raw.parse().ok()?;
    // Beyond every number the spelling alone tells; -0 is 0.
    number.is_finite().then(|| (number + 0.0).to_string().into())
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value().hash(state);
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Envelope<'_> {
        Envelope::parse(text.as_bytes()).expect("a message")
    }

    fn id(raw: &str) -> Id {
        let text = format!(r#"{{"id":{raw},"method":"x"}}"#);
        let Envelope::Request { id, .. } = parse(&text) else { panic!("{text}") };
        id
    }

    #[test]
    fn tells_the_three_kinds_apart() {
        assert!(
            matches!(parse(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#), Envelope::Request { method, .. } if method == "ping")
        );
        assert!(
            matches!(parse(r#"{"method":"notifications\/initialized"}"#), Envelope::Notification { method } if method == "notifications/initialized")
        );
        assert!(matches!(parse(r#"{"id":1,"result":null}"#), Envelope::Response { id: Some(_) }));
        assert!(matches!(
            parse(r#"{"id":null,"error":{"code":1,"message":""}}"#),
            Envelope::Response { id: None }
        ));
    }

    #[test]
    fn refuses_what_is_no_message() {
        for text in
            ["", "{", "[1", "{\"a\":1} x", "\"text\"", "{\"id\":1}", "{\"id\":1,\"result\":\"\u{1}\"}"]
        {
            assert!(Envelope::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Envelope::parse(b"{\"id\":1,\"result\":\"\xff\"}").is_err(), "not UTF-8");
    }

    #[test]
    fn an_id_is_its_value_and_keeps_its_spelling() {
        assert_eq!(id("1"), id("1.0"));
        assert_eq!(id(r#""a""#), id(r#""\u0061""#));
        assert_ne!(id("1"), id(r#""1""#));
        assert_ne!(id("12345678901234567890123"), id("12345678901234567890124"));
        assert_ne!(id("-9007199254740993"), id("-9007199254740992"));
        assert_ne!(id("1e400"), id("1e401"));
        assert_eq!(id("-0"), id("0"));
        assert_eq!(id("1.50").raw(), "1.50");
    }

    #[test]
    fn a_batch_falls_apart_into_its_messages_byte_for_byte() {
        let parts = split_batch(b" [ {\"id\":1.0} , {\"b\" : 2}]\n").expect("a batch");
        assert_eq!(parts, [&b"{\"id\":1.0}"[..], b"{\"b\" : 2}"]);
        assert_eq!(split_batch(b"\n{} \n").expect("one"), [b"{}"]);
    }
}
