//! A change as text, the way `diff -u` shows it.

use bridgekeeper_formats::secrets;
use similar::TextDiff;

/// What a diff shows of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// They are masked; the diff is for reading.
    Masked,
    /// They are shown; the diff is a patch.
    Shown,
}

/// A unified diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// The text, empty where nothing changes.
    pub text: String,
    /// Something in it is masked: it can be read and not applied.
    pub masked: bool,
}

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The first line of a diff that is no patch.
const NO_PATCH: &str = "# Secrets are masked, so this is no patch. --reveal shows the whole text.\n";

impl Diff {
    /// Compares two texts of the file with that name.
    pub fn between(name: &str, before: &str, after: &str, secrets: Secrets) -> Self {
        if before == after {
            return Self { text: String::new(), masked: false };
        }
        let text = TextDiff::from_lines(before, after)
            .unified_diff()
            .context_radius(CONTEXT)
            .header(&format!("a/{name}"), &format!("b/{name}"))
            .to_string();
        match secrets {
            Secrets::Shown => Self { text, masked: false },
            Secrets::Masked => {
                let shown: String = text.split_inclusive('\n').map(|line| secrets::mask(line)).collect();
                if shown == text {
                    return Self { text, masked: false };
                }
                Self { text: format!("{NO_PATCH}{shown}"), masked: true }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str =
        "{\n  \"args\": [\n    \"--header\",\n    \"Authorization: Bearer s3cr3t-t0k3n-1234\"\n  ]\n}\n";

    #[test]
    fn secrets_are_masked_and_the_diff_says_so() {
        let after = BEFORE.replace("Authorization: Bearer", "Authorization:Bearer");
        let diff = Diff::between("claude_desktop_config.json", BEFORE, &after, Secrets::Masked);
        assert!(diff.masked);
        assert!(diff.text.starts_with("# Secrets are masked"), "{}", diff.text);
        assert!(!diff.text.contains("s3cr3t"), "{}", diff.text);
        let patch = Diff::between("claude_desktop_config.json", BEFORE, &after, Secrets::Shown);
        assert!(!patch.masked);
        assert!(patch.text.starts_with("--- a/claude_desktop_config.json\n+++ b/"), "{}", patch.text);
        assert!(patch.text.contains("s3cr3t"));
    }

    #[test]
    fn without_secrets_it_is_a_patch_and_without_change_it_is_empty() {
        let diff = Diff::between("x", "a\n", "b\n", Secrets::Masked);
        assert_eq!(diff.text, "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
        assert!(!diff.masked);
        assert_eq!(Diff::between("x", "a\n", "a\n", Secrets::Masked).text, "");
    }
}
