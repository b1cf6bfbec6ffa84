//! The headers of every request: `--header`, `--header-file`, and variables in them.

use std::path::PathBuf;

use bridgekeeper_mcp_remote::CommandLine;
use bridgekeeper_model::SecretName;
use bridgekeeper_net::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::UsageError;

/// What says where a message ends or how long a connection lives (RFC 9110, 7.6.1; RFC 9112, 6).
const FRAMING: [HeaderName; 4] =
    [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, header::UPGRADE];

pub(super) fn headers(
    line: &CommandLine,
    variable: &impl Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<HeaderMap, UsageError> {
    let mut pairs = Vec::new();
    for given in line.values("--header-file") {
        let path = PathBuf::from(&given.value);
        let text =
            std::fs::read_to_string(&path).map_err(|source| UsageError::HeaderFile { path, source })?;
        for text in text.lines().map(str::trim).filter(|text| !text.is_empty() && !text.starts_with('#')) {
            match text.split_once(':') {
                Some((name, value)) => pairs.push((name.trim().to_owned(), value.trim().to_owned())),
                None => warnings
                    .push("a line of the header file that is not in Name:Value form is ignored".into()),
            }
        }
    }
    pairs.extend(line.headers.iter().map(|header| (header.name.clone(), header.value.clone())));
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let value = expand(&value, &format!("the header {name}"), variable, warnings);
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.trim().as_bytes())) {
            (Ok(name), Ok(_)) if FRAMING.contains(&name) => {
                warnings.push(format!("the header {name} belongs to the connection and is ignored"));
            }
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                map.insert(name, value);
            }
            _ => warnings
                .push(format!("the header {name} holds a character that HTTP does not allow and is ignored")),
        }
    }
    Ok(map)
}

/// Replaces each `${NAME}` by the environment's value. A missing variable stays as it is written, and so does
/// `${secret:NAME}`, for which the keyring is asked when it is needed.
pub(super) fn expand(
    text: &str,
    place: &str,
    variable: &impl Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> String {
    let (mut expanded, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}').filter(|(name, _)| !name.is_empty()) else { break };
        expanded.push_str(before);
        let as_written = &rest[before.len()..rest.len() - behind.len()];
        if SecretName::of_variable(name).is_some() {
            expanded.push_str(as_written);
        } else if let Some(value) = variable(name) {
            expanded.push_str(&value);
        } else {
            warnings.push(format!("{place} names the variable {name}, which is not set"));
            expanded.push_str(as_written);
        }
        rest = behind;
    }
    expanded + rest
}
