//! What tells the bridges of one server apart: how each was started.

use std::fmt::Write as _;

use bridgekeeper_model::BridgeStatus;
use sha2::{Digest as _, Sha256};

/// How a bridge was started: the arguments after the program's name, and the values of the variables that they name.
///
/// Only a digest of it ever leaves the process. It is another one in each process, so that two of them tell nothing
/// about what is in them.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a bridge with these arguments; `variable` looks up its environment.
    pub fn of(args: &[impl AsRef<str>], variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        };
        for argument in args.iter().map(AsRef::as_ref) {
            add(argument);
            for (name, value) in named(argument).filter_map(|name| Some((name, variable(name)?))) {
                add(name);
                add(&value);
            }
        }
        Self(hash.finalize().into())
    }

    /// As it stands in the status of the process that began with this id at that time.
    pub fn digest(&self, status: &BridgeStatus) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {}\n", status.pid, status.started));
        hash.update(self.0);
        hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
            // Writing into a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether the bridge with this status was started so.
    pub fn is_of(&self, status: &BridgeStatus) -> bool {
        status.started_as.as_deref() == Some(self.digest(status).as_str())
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

/// The names in `${NAME}`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|after| after.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str], token: &str) -> Fingerprint {
        Fingerprint::of(args, |name| (name == "TOKEN").then(|| token.to_owned()))
    }

    #[test]
    fn arguments_and_the_variables_in_them_count() {
        let args = ["https://a.example/mcp", "--header", "Authorization:${TOKEN}"];
        assert_eq!(of(&args, "one"), of(&args, "one"));
        assert_ne!(of(&args, "one"), of(&args, "two"));
        assert_eq!(of(&args[..1], "one"), of(&args[..1], "two"));
        assert_ne!(of(&["a", "b"], ""), of(&["ab"], ""));
        assert_ne!(of(&["a", "b"], ""), of(&["b", "a"], ""));
        assert_eq!(named("${A} $B ${} ${C").collect::<Vec<_>>(), ["A", ""]);
    }
}
