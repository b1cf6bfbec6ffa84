//! Small changes to a JSON text that leave every other byte where it is.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct WithParams<'a> {
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WithMeta<'a> {
    #[serde(default, rename = "_meta", borrow)]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WithId<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
}

/// Where `part`, which was borrowed from `whole`, stands in it.
pub(crate) fn span(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// `whole` with another text in the place of a part that was borrowed from it.
pub(crate) fn replace(whole: &str, part: &str, by: &str) -> String {
    let Range { start, end } = span(whole, part);
    [&whole[..start], by, &whole[end..]].concat()
}

/// An object with more members, which come first.
pub(crate) fn with_members(object: &str, members: &str) -> String {
    let rest = object.strip_prefix('{').unwrap_or("}");
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    format!("{{{members}{comma}{rest}")
}

/// A request with more members in its `params`. `None` where the message has none and cannot have any.
pub(crate) fn add_params(line: &str, members: &str) -> Option<String> {
    match serde_json::from_str(line).ok()? {
        WithParams { params: None } => Some(with_members(line, &format!("\"params\":{{{members}}}"))),
        WithParams { params: Some(params) } if params.get().starts_with('{') => {
            Some(replace(line, params.get(), &with_members(params.get(), members)))
        }
        WithParams { .. } => None,
    }
}

/// A request with more members in its `params._meta`.
pub(crate) fn add_meta(line: &str, members: &str) -> Option<String> {
    let WithParams { params } = serde_json::from_str(line).ok()?;
    let meta = params.and_then(|params| serde_json::from_str::<WithMeta<'_>>(params.get()).ok()?.meta);
    match meta.filter(|meta| meta.get().starts_with('{')) {
        Some(meta) => Some(replace(line, meta.get(), &with_members(meta.get(), members))),
        None => add_params(line, &format!("\"_meta\":{{{members}}}")),
    }
}

/// A message with another id.
pub(crate) fn with_id(line: &str, id: &str) -> Option<String> {
    let WithId { id: old } = serde_json::from_str(line).ok()?;
    Some(replace(line, old.get(), id))
}

/// A `tools/list` with the metadata of another request.
pub(crate) fn tools_list(line: &str, id: &str) -> Option<String> {
    let WithParams { params } = serde_json::from_str(line).ok()?;
    let WithMeta { meta } = serde_json::from_str(params?.get()).ok()?;
    let meta = meta?.get();
    Some(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list","params":{{"_meta":{meta}}}}}"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_added_and_nothing_else_moves() {
        let add = |line| add_meta(line, r#""k":1"#).expect("an object");
        assert_eq!(
            add(r#"{ "id":1.0, "method":"x" }"#),
            r#"{"params":{"_meta":{"k":1}}, "id":1.0, "method":"x" }"#
        );
        assert_eq!(add(r#"{"params": { "a":1.50 }}"#), r#"{"params": {"_meta":{"k":1}, "a":1.50 }}"#);
        assert_eq!(add(r#"{"params":{"_meta":{ },"a":1}}"#), r#"{"params":{"_meta":{"k":1 },"a":1}}"#);
        assert_eq!(add(r#"{"params":{"_meta":{"p":"t"}}}"#), r#"{"params":{"_meta":{"k":1,"p":"t"}}}"#);
        assert_eq!(add_meta(r#"{"params":[1]}"#, ""), None);
    }

    #[test]
    fn an_id_is_replaced_in_its_place() {
        assert_eq!(
            with_id(r#"{"result":{"id":1}, "id" : 7 }"#, r#""a""#).as_deref(),
            Some(r#"{"result":{"id":1}, "id" : "a" }"#)
        );
    }
}
