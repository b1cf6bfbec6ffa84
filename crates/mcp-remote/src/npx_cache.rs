//! What stands in one folder of npx's cache (`_npx/<hash>` in npm's cache folder). The folder's name is a hash of
//! what npx was asked for, so its `package.json` must tell what it is.

use serde_json::Value;

/// The folder in npm's cache that holds npx's installations.
pub const NPX_FOLDER: &str = "_npx";

/// The packages that npx was asked to install into one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NpxEntry {
    /// What was asked for, version included, such as `mcp-remote@latest`. Older versions of npm do not note it.
    pub asked: Vec<String>,
    names: Vec<String>,
}

impl NpxEntry {
    /// Reads the folder's `package.json`; `None` where it is torn, as an interrupted installation leaves it.
    pub fn parse(package_json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(package_json).ok()?;
        let object = value.as_object()?;
        let asked = object.get("_npx").and_then(|npx| npx.get("packages")).and_then(Value::as_array);
        let asked: Vec<String> =
            asked.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let dependencies = object.get("dependencies").and_then(Value::as_object);
        let mut names: Vec<String> =
            dependencies.into_iter().flat_map(|dependencies| dependencies.keys().cloned()).collect();
        names.extend(asked.iter().map(|asked| package_name(asked).to_owned()));
        Some(Self { asked, names })
    }

    /// Whether the package was asked for. What came along as its dependency does not count.
    pub fn holds(&self, package: &str) -> bool {
        self.names.iter().any(|name| name == package)
    }
}

/// `@scope/name@version` without the version.
fn package_name(asked: &str) -> &str {
    let from = usize::from(asked.starts_with('@'));
    asked.get(from..).and_then(|rest| rest.find('@')).map_or(asked, |at| &asked[..from + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_that_was_asked_for_is_known() {
        let entry = NpxEntry::parse(
            r#"{"dependencies": {"mcp-remote": "^0.1.29"}, "_npx": {"packages": ["mcp-remote@latest"]}}"#,
        )
        .unwrap();
        assert_eq!(entry.asked, ["mcp-remote@latest"]);
        assert!(entry.holds("mcp-remote"));
        assert!(!entry.holds("mcp"));

        let before_npm_8 = NpxEntry::parse(r#"{"dependencies": {"@acme/mcp": "1"}}"#).unwrap();
        assert!(before_npm_8.holds("@acme/mcp") && before_npm_8.asked.is_empty());
        let not_yet_installed = NpxEntry::parse(r#"{"_npx": {"packages": ["@acme/mcp@2"]}}"#).unwrap();
        assert!(not_yet_installed.holds("@acme/mcp"));
    }

    #[test]
    fn what_is_torn_tells_nothing() {
        for torn in ["", "{\"dependencies\": {", "[]", "7"] {
            assert_eq!(NpxEntry::parse(torn), None, "{torn}");
        }
        assert!(!NpxEntry::parse(r#"{"dependencies": ["mcp-remote"]}"#).unwrap().holds("mcp-remote"));
    }

    #[test]
    fn a_version_is_no_part_of_the_name() {
        assert_eq!(package_name("mcp-remote@0.1.29"), "mcp-remote");
        assert_eq!(package_name("@acme/mcp@latest"), "@acme/mcp");
        assert_eq!(package_name("@acme/mcp"), "@acme/mcp");
        assert_eq!(package_name("mcp-remote"), "mcp-remote");
    }
}
