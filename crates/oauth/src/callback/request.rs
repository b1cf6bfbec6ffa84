//! Is this the answer that the sign-in waits for?

use bridgekeeper_model::Secret;
use url::form_urlencoded;

use super::page::Page;
use super::words::Words;
use crate::authorization::{Expected, Parameters};

/// What a request is measured against.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
    pub(super) expected: Expected,
}

/// What a request is, and in which language its page is written.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) judgement: Judgement,
    pub(super) words: &'static Words,
}

/// What a request is.
#[derive(Debug)]
pub(super) enum Judgement {
    /// The answer.
    Answer(Parameters),
    /// Somebody else's request; it gets this page and changes nothing.
    Stranger(Page),
}

/// Judges the head of a request.
pub(super) fn judge(head: &[u8], judge: &Judge) -> Judged {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut headers);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Judged { judgement: Judgement::Stranger(Page::BadRequest), words: Words::usual() };
    }
    let language = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("accept-language"));
    let words = language.map_or(Words::usual(), |header| Words::liked(header.value));
    Judged { judgement: judge.judgement(&request), words }
}

impl Judge {
    fn judgement(&self, request: &httparse::Request<'_, '_>) -> Judgement {
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Judgement::Stranger(Page::BadRequest);
        };
        // A page of another site that made its name point to this machine still names itself here.
        if !self.is_our_name(request.headers) {
            return Judgement::Stranger(Page::OtherHost);
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path != self.path {
            return Judgement::Stranger(Page::NotFound);
        }
        if method != "GET" {
            return Judgement::Stranger(Page::OtherMethod);
        }
        match read(query) {
            Some(parameters) if self.expected.is_ours(&parameters) => Judgement::Answer(parameters),
            _ => Judgement::Stranger(Page::NotExpected),
        }
    }

    fn is_our_name(&self, headers: &[httparse::Header<'_>]) -> bool {
        let mut hosts = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
        let Ok(host) = std::str::from_utf8(host.value) else { return false };
        let host = host.trim().to_ascii_lowercase();
        [self.host.as_str(), "127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
            let name = name.to_ascii_lowercase();
            host == format!("{name}:{}", self.port) || (self.port == 80 && host == name)
        })
    }
}

/// The parameters; `None` where one stands there twice, so that nobody can mean another than we read
/// (RFC 6749 §3.1).
fn read(query: &str) -> Option<Parameters> {
    let mut parameters = Parameters::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.into_owned();
        let taken_before = match &*name {
            "code" => parameters.code.replace(Secret::new(value)).is_some(),
            "state" => parameters.state.replace(Secret::new(value)).is_some(),
            "iss" => parameters.iss.replace(value).is_some(),
            "error" => parameters.error.replace(value).is_some(),
            "error_description" => parameters.error_description.replace(value).is_some(),
            _ => false,
        };
        if taken_before {
            return None;
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_stands_there_twice_makes_the_request_a_strangers() {
        assert!(read("code=a&state=b&session_state=x&session_state=y").is_some());
        for twice in ["code=a&code=b", "state=a&code=c&state=a", "iss=a&iss=a", "error=x&error="] {
            assert!(read(twice).is_none(), "{twice}");
        }
        assert_eq!(read("code=a%2Bb+c").unwrap().code, Some(Secret::new("a+b c")));
    }
}
