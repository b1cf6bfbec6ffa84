//! A header's value moved into `env`, as `mcp-remote` and Bridgekeeper's bridge read it back: `Name:${VARIABLE}`.

use bridgekeeper_formats::secrets;

use super::Target;

/// A header as an argument, and the variables it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// `Name:${VARIABLE}`, or `Name:value` where the value needs no variable.
    pub arg: String,
    /// Variables to be set.
    pub variables: Vec<(String, String)>,
}

/// Moves the value where it has white space or is a secret. Gives the name of the variable that is referred to and
/// not known, where the value cannot be moved.
pub(crate) fn moved(
    target: &Target<'_>,
    name: &str,
    value: &str,
    taken: &[(String, String)],
) -> Result<Moved, String> {
    let value = value.trim();
    let spaced = value.contains(char::is_whitespace);
    let secret = secrets::is_secret_header(name) && !secrets::is_reference(value);
    if !spaced && !secret {
        return Ok(Moved { arg: format!("{name}:{value}"), variables: Vec::new() });
    }
    let resolved = resolved(target, value)?;
    let known = target.entry.env.iter().find(|variable| variable.value.value == resolved);
    let variable = known.map_or_else(
        || target.free_variable(&variable_name(name), taken),
        |variable| variable.name.value.clone(),
    );
    Ok(Moved { arg: format!("{name}:${{{variable}}}"), variables: vec![(variable, resolved)] })
}

/// `Authorization` becomes `AUTH_HEADER`, `X-Api-Key` becomes `X_API_KEY`.
fn variable_name(header: &str) -> String {
    if header.eq_ignore_ascii_case("authorization") {
        return "AUTH_HEADER".to_owned();
    }
    header.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// The value with the variables of `env` put in: nothing replaces them inside `env` itself.
fn resolved(target: &Target<'_>, value: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        let known = target.entry.variable(name).ok_or_else(|| name.to_owned())?;
        text.push_str(&rest[..start]);
        text.push_str(&known.value);
        rest = &rest[start + length + 1..];
    }
    text.push_str(rest);
    Ok(text)
}
