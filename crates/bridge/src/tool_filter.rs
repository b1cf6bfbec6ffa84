//! Which of the server's tools the host may see and call: `--ignore-tool`, as mcp-remote has it, and `--allow-tool`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::modern::splice;

/// Patterns in which `*` stands for any text. They are compared whole and without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolFilter {
    /// If there are any, nothing else is allowed.
    pub allowed: Vec<String>,
    /// These are never allowed.
    pub ignored: Vec<String>,
}

#[derive(Deserialize)]
struct ListResult<'a> {
    #[serde(borrow)]
    tools: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct WholeList<'a> {
    #[serde(borrow)]
    tools: &'a RawValue,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

impl ToolFilter {
    /// Whether every tool passes.
    pub fn is_empty(&self) -> bool {
        self.allowed.is_empty() && self.ignored.is_empty()
    }

    /// Whether a tool of that name passes.
    pub fn allows(&self, name: &str) -> bool {
        let one_of = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, name));
        (self.allowed.is_empty() || one_of(&self.allowed)) && !one_of(&self.ignored)
    }

    /// The result of `tools/list` without the tools that do not pass, every other byte kept. `None` where all pass.
    pub(crate) fn apply(&self, result: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let ListResult { tools } = serde_json::from_str(result).ok()?;
        let passes = |tool: &&&RawValue| {
            serde_json::from_str(tool.get()).map_or(true, |Tool { name }| self.allows(&name))
        };
        let kept: Vec<&str> = tools.iter().filter(passes).map(|tool| tool.get()).collect();
        if kept.len() == tools.len() {
            return None;
        }
        let WholeList { tools } = serde_json::from_str(result).ok()?;
        Some(splice::replace(result, tools.get(), &format!("[{}]", kept.join(","))))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(allowed: &[&str], ignored: &[&str]) -> ToolFilter {
        let owned = |patterns: &[&str]| patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        ToolFilter { allowed: owned(allowed), ignored: owned(ignored) }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("delete*", "Delete_all", true),
            ("*delete", "deleted", false),
            ("*a*b", "xaxbxb", true),
            ("a*a", "a", false),
            ("a.c", "abc", false),
            ("*", "", true),
            ("get_*_by_*", "get_user_by_id", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_is_ignored_is_not_allowed_however_it_is_allowed() {
        let filter = filter(&["get_*"], &["*secret*"]);
        assert!(filter.allows("get_user"));
        assert!(!filter.allows("set_user"));
        assert!(!filter.allows("get_secret"));
    }

    #[test]
    fn the_other_tools_keep_their_bytes() {
        let result = r#"{"tools": [{ "name":"a", "n":1.50 }, {"name":"b"}],"next":null}"#;
        assert_eq!(
            filter(&[], &["b"]).apply(result).as_deref(),
            Some(r#"{"tools": [{ "name":"a", "n":1.50 }],"next":null}"#)
        );
        assert_eq!(filter(&[], &["c"]).apply(result), None);
    }
}
