//! Tool arguments that a server wants to see in headers too, by `x-mcp-header` in a tool's input schema
//! (MCP 2026-07-28, SEP-2243). A tool whose annotations are invalid must not be offered: the one place where the
//! specification orders a client to change a result.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::splice;

/// The largest integer that every JSON reader keeps exact.
const EXACT: i64 = (1 << 53) - 1;

/// Which arguments of which tools have to be mirrored.
#[derive(Debug, Default)]
pub(crate) struct Tools(HashMap<String, Vec<Parameter>>);

/// One annotated argument.
#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    header: String,
    path: Vec<String>,
}

/// A tool that was left out, for the log.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) name: String,
    pub(crate) why: &'static str,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: ListResult<'a>,
}

#[derive(Deserialize)]
struct ListResult<'a> {
    #[serde(borrow)]
    tools: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tool {
    name: String,
    #[serde(default)]
    input_schema: Value,
}

impl Tools {
    /// Learns from the answer to `tools/list`. Comes back with the answer without the invalid tools, where there are
    /// any, and with their names.
    pub(crate) fn learn(&mut self, answer: &str) -> (Option<String>, Vec<LeftOut>) {
        let Ok(Answer { result }) = serde_json::from_str::<Answer<'_>>(answer) else { return (None, vec![]) };
        let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(result.tools.get()) else {
            return (None, vec![]);
        };
        let (mut kept, mut left_out) = (Vec::new(), Vec::new());
        for raw in &all {
            let Ok(tool) = serde_json::from_str::<Tool>(raw.get()) else {
                kept.push(raw.get());
                continue;
            };
            match parameters(&tool.input_schema) {
                Ok(parameters) => {
                    self.0.insert(tool.name, parameters);
                    kept.push(raw.get());
                }
                Err(why) => left_out.push(LeftOut { name: tool.name, why }),
            }
        }
        if left_out.is_empty() {
            return (None, left_out);
        }
        (Some(splice::replace(answer, result.tools.get(), &format!("[{}]", kept.join(",")))), left_out)
    }

    /// The headers' names and values for one call. Arguments that are absent or null have none.
    pub(crate) fn parameters(&self, tool: &str, arguments: Option<&RawValue>) -> Vec<(String, String)> {
        let (Some(parameters), Some(arguments)) = (self.0.get(tool), arguments) else { return vec![] };
        parameters
            .iter()
            .filter_map(|parameter| Some((parameter.header.clone(), value_at(arguments, &parameter.path)?)))
            .collect()
    }
}

fn value_at(object: &RawValue, path: &[String]) -> Option<String> {
    let Some((first, rest)) = path.split_first() else { return as_header(object.get()) };
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(object.get()).ok()?;
    value_at(members.get(first)?, rest)
}

/// A string as it is, an integer in decimal, true or false.
fn as_header(value: &str) -> Option<String> {
    match serde_json::from_str(value).ok()? {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => Some(integer.to_string()),
            None => number.as_f64().and_then(whole).map(|integer| integer.to_string()),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `1e3` and `7.0` are integers in JSON Schema.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
    let exact = number.fract() == 0.0 && number.abs() <= EXACT as f64;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within 2^53")]
    exact.then_some(number as i64)
}

fn parameters(schema: &Value) -> Result<Vec<Parameter>, &'static str> {
    let mut found = Vec::new();
    walk(schema, Some(&[]), &mut found)?;
    let mut names = HashSet::new();
    if found.iter().all(|parameter| names.insert(parameter.header.to_ascii_lowercase())) {
        Ok(found)
    } else {
        Err("two x-mcp-header annotations have the same name")
    }
}

/// Looks through every schema within `schema`. `path` is how `properties` alone lead here, where they do.
fn walk(schema: &Value, path: Option<&[String]>, found: &mut Vec<Parameter>) -> Result<(), &'static str> {
    let Value::Object(members) = schema else { return Ok(()) };
    if let Some(annotation) = members.get("x-mcp-header") {
        let path = path.ok_or("an x-mcp-header annotation stands where no argument is certain to be")?;
        let header = header_name(annotation)?;
        if !is_primitive(members.get("type")) {
            return Err(
                "an x-mcp-header annotation is on something else than a string, an integer or a boolean",
            );
        }
        found.push(Parameter { header, path: path.to_vec() });
    }
    for (key, value) in members {
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    let inner = path.map(|path| [path, std::slice::from_ref(name)].concat());
                    walk(schema, inner.as_deref(), found)?;
                }
            }
            ("patternProperties" | "$defs" | "definitions" | "dependentSchemas", Value::Object(schemas)) => {
                schemas.values().try_for_each(|schema| walk(schema, None, found))?;
            }
            ("oneOf" | "anyOf" | "allOf" | "prefixItems" | "items", Value::Array(schemas)) => {
                schemas.iter().try_for_each(|schema| walk(schema, None, found))?;
            }
            (
                "items"
                | "additionalProperties"
                | "additionalItems"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties",
                schema,
            ) => walk(schema, None, found)?,
            _ => {}
        }
    }
    Ok(())
}

fn header_name(annotation: &Value) -> Result<String, &'static str> {
    let name = annotation.as_str().ok_or("an x-mcp-header annotation is no text")?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match name {
        "" => Err("an x-mcp-header annotation is empty"),
        name if name.bytes().all(is_token) => Ok(name.to_owned()),
        _ => Err("an x-mcp-header annotation holds a character that a header's name cannot have"),
    }
}

fn is_primitive(kind: Option<&Value>) -> bool {
    kind.and_then(Value::as_str).is_some_and(|kind| matches!(kind, "string" | "integer" | "boolean"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers(schema: &Value, arguments: &str) -> Result<Vec<(String, String)>, &'static str> {
        parameters(schema)?;
        let mut tools = Tools::default();
        let answer = json!({ "result": { "tools": [{ "name": "t", "inputSchema": schema }] } }).to_string();
        assert_eq!(tools.learn(&answer), (None, vec![]));
        let arguments: &RawValue = serde_json::from_str(arguments).expect("JSON");
        Ok(tools.parameters("t", Some(arguments)))
    }

    #[test]
    fn annotated_arguments_are_mirrored() {
        let schema = json!({ "type": "object", "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "n": { "type": "integer", "x-mcp-header": "N" },
            "absent": { "type": "boolean", "x-mcp-header": "Absent" },
            "deep": { "type": "object", "properties": { "flag": { "type": "boolean", "x-mcp-header": "Flag" } } },
        } });
        let mut found =
            headers(&schema, r#"{"region":"e\u00fc","n":7.0,"deep":{"flag":true}}"#).expect("valid");
        found.sort();
        let expected = [("Flag", "true"), ("N", "7"), ("Region", "eü")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn invalid_annotations_are_found() {
        let property = |schema: Value| json!({ "properties": { "a": schema } });
        for schema in [
            property(json!({ "type": "string", "x-mcp-header": "" })),
            property(json!({ "type": "string", "x-mcp-header": "a b" })),
            property(json!({ "type": "string", "x-mcp-header": 7 })),
            property(json!({ "type": "number", "x-mcp-header": "A" })),
            property(json!({ "type": "object", "x-mcp-header": "A" })),
            property(json!({ "type": "array", "items": { "type": "string", "x-mcp-header": "A" } })),
            json!({ "oneOf": [{ "properties": { "a": { "type": "string", "x-mcp-header": "A" } } }] }),
            json!({ "properties": {
                "a": { "type": "string", "x-mcp-header": "A" }, "b": { "type": "string", "x-mcp-header": "a" } } }),
        ] {
            assert!(parameters(&schema).is_err(), "{schema}");
        }
        // A property may have that name.
        assert!(parameters(&json!({ "properties": { "x-mcp-header": { "type": "number" } } })).is_ok());
    }

    #[test]
    fn an_invalid_tool_is_left_out_and_the_rest_keeps_its_bytes() {
        let good = r#"{ "name":"good", "n":1.50 }"#;
        let bad = r#"{"name":"bad","inputSchema":{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}}"#;
        let answer = format!(r#"{{"id":1.0,"result":{{"tools":[{bad}, {good}],"next":null}}}}"#);
        let (rewritten, left_out) = Tools::default().learn(&answer);
        assert_eq!(rewritten, Some(format!(r#"{{"id":1.0,"result":{{"tools":[{good}],"next":null}}}}"#)));
        assert_eq!(left_out[0].name, "bad");
    }
}
