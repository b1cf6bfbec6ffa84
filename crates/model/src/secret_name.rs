use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a reference to a secret begins.
const BEGINS: &str = "${secret:";
/// Longest name, in bytes.
const LONGEST: usize = 100;

/// What a secret in the keyring is called: 1 to 100 ASCII letters, digits, `.`, `_` or `-`, beginning with a letter or
/// digit. Upper and lower case are the same name, as they are for Windows' keyring.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

/// The text is no name for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotASecretName;

impl SecretName {
    /// A name for a server's secret: `server.what`, without what a name may not have.
    pub fn made_of(server: &str, what: &str) -> Self {
        Self(format!("{}.{}", word(server, "server"), word(what, "secret")))
    }

    /// The name with a number behind it.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let room = LONGEST - "-4294967295".len();
        Self(format!("{}-{number}", &self.0[..self.0.len().min(room)]))
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which it is kept, the same for every way of writing it.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// How a config refers to it: `${secret:NAME}`.
    pub fn reference(&self) -> String {
        format!("{BEGINS}{}}}", self.0)
    }

    /// The name that a whole text is a reference to: what stands between `${` and `}` is handed in.
    pub fn of_variable(variable: &str) -> Option<Result<Self, NotASecretName>> {
        variable.strip_prefix("secret:").map(str::parse)
    }

    /// Every secret that a text refers to as `${secret:NAME}`, in order.
    pub fn references_in(text: &str) -> Vec<Self> {
        let behind = text.split(BEGINS).skip(1);
        behind.filter_map(|rest| rest.split_once('}')?.0.parse().ok()).collect()
    }
}

/// The text in lower case with `-` for what a name may not have, short enough for two of them.
fn word(text: &str, otherwise: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let word: String = text.chars().map(plain).take(40).collect();
    let word = word.trim_matches(['-', '_']);
    if word.is_empty() { otherwise.to_owned() } else { word.to_owned() }
}

impl FromStr for SecretName {
    type Err = NotASecretName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins_well = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        let all_good = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let is_name = begins_well && all_good && text.len() <= LONGEST;
        if is_name { Ok(Self(text.to_owned())) } else { Err(NotASecretName) }
    }
}

impl TryFrom<String> for SecretName {
    type Error = NotASecretName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

impl PartialEq for SecretName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for SecretName {}

impl Ord for SecretName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for SecretName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for SecretName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotASecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a secret's name is 1 to 100 letters, digits, `.`, `_` or `-`, and begins with a letter or digit",
        )
    }
}

impl std::error::Error for NotASecretName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_character_that_a_config_or_keyring_reads_otherwise() {
        for good in ["a", "notes.API_KEY", "2nd-token", &"n".repeat(100)] {
            assert_eq!(good.parse::<SecretName>().map(|name| name.to_string()).as_deref(), Ok(good));
        }
        for bad in ["", ".a", "-a", "a b", "a}", "a/b", "a@b", "é", "a#1", &"n".repeat(101)] {
            assert_eq!(bad.parse::<SecretName>(), Err(NotASecretName), "{bad}");
        }
    }

    #[test]
    fn case_does_not_tell_names_apart_and_is_kept() {
        let (one, other): (SecretName, SecretName) = ("Token".parse().unwrap(), "TOKEN".parse().unwrap());
        assert_eq!(one, other);
        assert_eq!(one.key(), other.key());
        assert_eq!(other.reference(), "${secret:TOKEN}");
    }

    #[test]
    fn a_name_can_be_made_of_anything() {
        let long = "é x".repeat(60);
        for (server, what, made) in [
            ("My Notes", "API_KEY", "my-notes.api_key"),
            ("日本", "X-Api-Key", "server.x-api-key"),
            (&long, &long, &*SecretName::made_of(&long, &long).0.clone()),
        ] {
            let name = SecretName::made_of(server, what);
            assert_eq!(name.as_str(), made);
            for name in [name.clone(), name.numbered(2), name.numbered(u32::MAX)] {
                assert_eq!(name.as_str().parse(), Ok(name.clone()));
            }
        }
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        let text =
            r#"["Authorization:Bearer ${secret:a.b}", "${HOME}", "${secret:c}${secret:bad name}${secret:d"#;
        let found: Vec<String> = SecretName::references_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["a.b", "c"]);
    }
}
