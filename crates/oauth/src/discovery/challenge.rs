//! `WWW-Authenticate` (RFC 9110 §11.6.1) as servers really write it.
//!
//! The grammar is ambiguous at commas: one separates parameters of a challenge and also challenges of a field, and
//! quoted text may hold more of them. What breaks the grammar but is plain (a URL without quotes, a missing end
//! quote) is read as it was meant.

use bridgekeeper_net::header::{HeaderMap, WWW_AUTHENTICATE};

/// One challenge: a scheme and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// `Bearer`, `Basic`, `DPoP`, …, as written.
    pub scheme: String,
    /// The single value of schemes that have one instead of parameters.
    pub token68: Option<String>,
    /// Names in lower case, with their values unquoted, in order.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Every challenge of every `WWW-Authenticate` field, in order.
    pub fn all(headers: &HeaderMap) -> Vec<Self> {
        headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .flat_map(|value| Self::parse(&String::from_utf8_lossy(value.as_bytes())))
            .collect()
    }

    /// The challenges of one field's value. Parameters that stand before any scheme are dropped.
    pub fn parse(value: &str) -> Vec<Self> {
        let mut text = Cursor { rest: value };
        let mut challenges: Vec<Self> = Vec::new();
        loop {
            text.skip(|c| c == ',' || is_space(c));
            let word = text.take(|c| !is_space(c) && !matches!(c, ',' | '='));
            if word.is_empty() {
                // A lone `=` names nothing; whatever follows it is read anew.
                if !text.skip_one('=') {
                    return challenges;
                }
                continue;
            }
            if let Some(value) = text.assigned_value() {
                if let Some(challenge) = challenges.last_mut() {
                    challenge.parameters.push((word.to_ascii_lowercase(), value));
                }
            } else {
                let token68 = text.token68().map(str::to_owned);
                challenges.push(Self { scheme: word.to_owned(), token68, parameters: Vec::new() });
            }
        }
    }

    /// The first parameter of that name, given in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The challenge that MCP is about: `Bearer`, the one that names its metadata before any other.
pub fn bearer(challenges: &[Challenge]) -> Option<&Challenge> {
    let is_bearer = |c: &&Challenge| c.scheme.eq_ignore_ascii_case("bearer");
    challenges
        .iter()
        .filter(is_bearer)
        .find(|c| c.parameter("resource_metadata").is_some())
        .or_else(|| challenges.iter().find(is_bearer))
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        self.take(wanted);
    }

    fn skip_one(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `= value`, with the space around `=` that old senders put there (BWS).
    fn assigned_value(&mut self) -> Option<String> {
        let before = self.rest;
        self.skip(is_space);
        if !self.skip_one('=') {
            self.rest = before;
            return None;
        }
        self.skip(is_space);
        Some(if self.skip_one('"') {
            self.quoted()
        } else {
            self.take(|c| c != ',' && !is_space(c)).to_owned()
        })
    }

    /// The rest of a quoted string, its opening quote taken.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => text.extend(characters.next()),
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        text
    }

    /// The one value after a scheme, if what stands there is neither a parameter nor the next scheme.
    fn token68(&mut self) -> Option<&'a str> {
        let before = self.rest;
        self.skip(is_space);
        let start = self.rest;
        self.skip(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/'));
        self.skip(|c| c == '=');
        let token = &start[..start.len() - self.rest.len()];
        self.skip(is_space);
        if !token.is_empty() && (self.rest.is_empty() || self.rest.starts_with(',')) {
            return Some(token);
        }
        self.rest = before;
        None
    }
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &str) -> Challenge {
        let mut all = Challenge::parse(value);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn parameters_keep_what_stands_in_their_quotes() {
        let challenge =
            one(r#"Bearer error="invalid_token", error_description="expired, or \"revoked\"", scope=read"#);
        assert_eq!(challenge.parameter("error_description"), Some(r#"expired, or "revoked""#));
        assert_eq!(challenge.parameter("scope"), Some("read"));
    }

    #[test]
    fn several_challenges_stand_in_one_field() {
        let all = Challenge::parse(
            r#"Basic realm="a, b", Negotiate, Digest qop="auth,auth-int" , Bearer resource_metadata="https://a.test/x,y""#,
        );
        let schemes: Vec<_> = all.iter().map(|c| c.scheme.as_str()).collect();
        assert_eq!(schemes, ["Basic", "Negotiate", "Digest", "Bearer"]);
        assert_eq!(all[0].parameter("realm"), Some("a, b"));
        assert_eq!(all[3].parameter("resource_metadata"), Some("https://a.test/x,y"));
    }

    #[test]
    fn schemes_and_names_have_any_case() {
        let all = Challenge::parse(r#"BEARER Resource_Metadata = "https://a.test/m""#);
        assert_eq!(bearer(&all).and_then(|c| c.parameter("resource_metadata")), Some("https://a.test/m"));
    }

    #[test]
    fn a_single_value_is_no_parameter() {
        let all = Challenge::parse("Negotiate YWJj==, Bearer");
        assert_eq!(all[0].token68.as_deref(), Some("YWJj=="));
        assert_eq!(all[1], Challenge { scheme: "Bearer".into(), token68: None, parameters: vec![] });
    }

    #[test]
    fn a_url_without_quotes_is_read_whole() {
        let challenge = one("Bearer resource_metadata=https://a.test/.well-known/x?y=1, scope=a");
        assert_eq!(challenge.parameter("resource_metadata"), Some("https://a.test/.well-known/x?y=1"));
        assert_eq!(challenge.parameter("scope"), Some("a"));
    }

    #[test]
    fn the_challenge_that_names_its_metadata_is_preferred() {
        let all = Challenge::parse(r#"Bearer realm="old", Bearer resource_metadata="https://a.test/m""#);
        assert_eq!(bearer(&all).and_then(|c| c.parameter("realm")), None);
    }

    #[test]
    fn any_garbage_is_read_to_its_end() {
        for garbage in [
            "",
            ",",
            "=",
            "===",
            "= =,\"",
            "Bearer \"",
            "Bearer a=\"\\",
            "a=b",
            "\u{fffd} é=ü",
            "Bearer ,,=,x",
        ] {
            for challenge in Challenge::parse(garbage) {
                assert!(!challenge.scheme.is_empty(), "{garbage}");
            }
        }
        assert_eq!(one("Bearer error=\"cut off").parameter("error"), Some("cut off"));
    }
}
