//! What a server says of its tools.

use bridgekeeper_formats::secrets;
use serde_json::Value;

/// A tool as its server describes it, secrets masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// The name by which it is called.
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// What it does, in the server's words.
    pub description: Option<String>,
    /// The schema of its arguments, as indented JSON.
    pub input: Option<String>,
    /// What it does to the world, as the server says; nobody has checked it.
    pub effect: Option<Effect>,
}

/// What a tool does to the world (MCP, `ToolAnnotations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It changes nothing.
    ReadOnly,
    /// It may change or remove what is there.
    Destructive,
}

impl Tool {
    /// Reads an element of the list that `tools/list` answers; `None` where it has no name.
    pub fn read(tool: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(|text| secrets::mask(text).into_owned());
        let hints = &tool["annotations"];
        let effect = match (hints["readOnlyHint"].as_bool(), hints["destructiveHint"].as_bool()) {
            (Some(true), _) => Some(Effect::ReadOnly),
            (_, Some(true)) => Some(Effect::Destructive),
            _ => None,
        };
        let input = tool.get("inputSchema").and_then(|schema| serde_json::to_string_pretty(schema).ok());
        Some(Self {
            name: text(&tool["name"])?,
            title: text(&tool["title"]).or_else(|| text(&hints["title"])),
            description: text(&tool["description"]),
            input: input.map(|input| secrets::mask(&input).into_owned()),
            effect,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tool_is_read_with_what_it_says_of_itself() {
        let tool = json!({"name": "find", "description": "Finds.", "inputSchema": {"type": "object"},
            "annotations": {"title": "Find it", "readOnlyHint": true}});
        let tool = Tool::read(&tool).unwrap();
        assert_eq!((tool.name.as_str(), tool.title.as_deref()), ("find", Some("Find it")));
        assert_eq!(tool.effect, Some(Effect::ReadOnly));
        assert_eq!(tool.input.as_deref(), Some("{\n  \"type\": \"object\"\n}"));
        assert_eq!(Tool::read(&json!({"title": "nameless"})), None);
    }
}
