//! The tools, and whether Claude takes their names.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cause::{TOOL_SCHEMA_INVALID, TOOLS_FAILED};
use crate::connection::{Connection, NoResult};
use crate::endpoint::{Endpoint, cause, sentence};
use crate::outcome::Outcome;
use crate::text::quoted;

/// Longest tool name that Claude takes, in characters.
const NAME_LIMIT: usize = 64;
/// Pages of a list that are read; a server that has more gives the same cursor again and again.
const PAGES: usize = 100;

/// Lists the tools and looks at their names and schemas.
pub(crate) async fn list(endpoint: &Endpoint<'_>, connection: &mut Connection) -> Outcome<()> {
    if connection.capabilities().get("tools").is_none() {
        return Outcome::not_needed("The server offers no tools.");
    }
    let mut tools = Vec::new();
    let mut params = json!({});
    for _ in 0..PAGES {
        let page = match connection.request(endpoint, "tools", "tools/list", params).await {
            Ok(page) => page,
            Err(NoResult::Net(error)) => return Outcome::failed(cause(&error), sentence(&error)),
            Err(NoResult::Refused(words)) => {
                return Outcome::failed(
                    &TOOLS_FAILED,
                    format!("The server does not list its tools: {words}."),
                );
            }
        };
        tools.extend(page["tools"].as_array().into_iter().flatten().cloned());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        params = json!({"cursor": cursor});
    }
    judge(&tools)
}

fn judge(tools: &[Value]) -> Outcome<()> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for tool in tools {
        let name = tool["name"].as_str().unwrap_or_default();
        let length = name.chars().count();
        let shown = quoted(name);
        if length > NAME_LIMIT {
            problems.push(format!("{shown} has {length} characters"));
        } else if name.is_empty()
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        {
            problems.push(format!("“{shown}” has characters that are not allowed"));
        }
        if !seen.insert(name) {
            problems.push(format!("{shown} is there twice"));
        }
        if tool["inputSchema"]["type"] != "object" {
            problems.push(format!("{shown} has no object as input schema"));
        }
    }
    let count = tools.len();
    if problems.is_empty() {
        let names = (count > 0).then(|| {
            quoted(&tools.iter().filter_map(|tool| tool["name"].as_str()).collect::<Vec<_>>().join(", "))
        });
        let plural = if count == 1 { "tool" } else { "tools" };
        return Outcome::passed(format!("{count} {plural}; Claude takes all names."), ()).details(names);
    }
    let message = format!("Claude cannot use every one of {count} tools: {}.", problems[0]);
    Outcome::failed(&TOOL_SCHEMA_INVALID, message).details(problems.into_iter().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Status;

    fn tool(name: &str) -> Value {
        json!({"name": name, "inputSchema": {"type": "object"}})
    }

    #[test]
    fn a_name_of_64_characters_is_taken_and_of_65_is_not() {
        assert_eq!(judge(&[tool(&"a".repeat(64))]).status, Status::Passed);
        let refused = judge(&[tool(&"a".repeat(65))]);
        assert_eq!(refused.status, Status::Failed);
        assert!(refused.message.contains("65 characters"), "{}", refused.message);
    }

    #[test]
    fn names_and_schemas_are_looked_at_one_by_one() {
        for wrong in [
            vec![tool("files.read")],
            vec![tool("")],
            vec![tool("a"), tool("a")],
            vec![json!({"name": "a"})],
            vec![json!(7)],
        ] {
            assert_eq!(judge(&wrong).status, Status::Failed, "{wrong:?}");
        }
        assert_eq!(judge(&[]).status, Status::Passed);
    }
}
