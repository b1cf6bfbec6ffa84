//! Entries for remote servers moved to Bridgekeeper's own bridge, which takes `mcp-remote`'s command line as it is.

use bridgekeeper_formats::config::Text;
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::edit::style::New;
use bridgekeeper_mcp_remote::{CommandLine, Invocation, Program};
use bridgekeeper_model::Applicability;

use super::header_to_env::moved;
use super::{Fix, Make, Offer, Target};
use crate::rules::config::reading::url_parts;

pub(super) static USE_BRIDGE: Fix = Fix {
    id: "use-bridge",
    title: "Connect through Bridgekeeper's bridge, which needs no Node",
    applicability: Applicability::Automatic,
    make: Make::Entry(make),
};

/// Flags that only a sign-in uses. The bridge takes all of them as they are.
const SIGN_IN_FLAGS: &[&str] = &[
    "--auth-success-url",
    "--auth-timeout",
    "--authorize-param",
    "--callback-path",
    "--client-credentials",
    "--client-metadata-url",
    "--device-code",
    "--disable-resource-parameter",
    "--host",
    "--resource",
    "--static-oauth-client-info",
    "--static-oauth-client-metadata",
    "--token-endpoint",
    "--use-id-token",
];

pub(super) fn make(target: &Target<'_>) -> Offer {
    match (&target.entry.command, &target.entry.url, target.remote()) {
        (Some(_), _, Some(invocation)) => from_mcp_remote(target, &invocation),
        (None, Some(url), _) => from_url(target, url),
        _ => Offer::Nothing,
    }
}

fn from_mcp_remote(target: &Target<'_>, invocation: &Invocation) -> Offer {
    if invocation.program == Program::Client {
        return Offer::Refused(
            "It starts `mcp-remote-client`, which signs in once and is no server.".to_owned(),
        );
    }
    if invocation.server_url().is_none() {
        return Offer::Refused("No URL stands where mcp-remote expects it.".to_owned());
    }
    let Some(bridge) = &target.facts.bridge else { return no_bridge() };
    let Some(command) = &target.entry.command else { return Offer::Nothing };
    let launcher: Vec<usize> = (0..invocation.first).collect();
    let mut edits = vec![Target::set(command, bridge)];
    edits.extend(target.remove_args(&launcher));
    if signs_in(target, &invocation.line) {
        return Offer::ask(
            edits,
            "The sign-in of mcp-remote stays behind: `bridgekeeper import` takes it over, else the browser opens once more.",
        );
    }
    Offer::on_request(edits, "If the server wants a sign-in, the browser opens once more.")
}

/// Whether the entry is known to sign in through a browser: its log told of it, or its flags say so. A header that
/// carries a credential takes the place of a sign-in.
fn signs_in(target: &Target<'_>, line: &CommandLine) -> bool {
    let is_credential = |name: &str| {
        let name = name.to_ascii_lowercase();
        ["auth", "token", "key", "cookie"].iter().any(|word| name.contains(word))
    };
    if line.headers.iter().any(|header| is_credential(&header.name)) {
        return false;
    }
    target.facts.signs_in.contains(&target.entry.name)
        || line.callback_port.is_some()
        || line.flags.iter().any(|given| SIGN_IN_FLAGS.contains(&given.flag.name))
}

pub(super) fn no_bridge() -> Offer {
    Offer::Refused("The path of the bridge is not known here.".to_owned())
}

/// The form of other hosts, which Claude skips: nothing that works changes.
fn from_url(target: &Target<'_>, url: &Text) -> Offer {
    let Some(object) = target.entry.node.as_object() else { return Offer::Nothing };
    let Some((scheme, host)) = url_parts(&url.value) else {
        return Offer::Refused("What stands as its URL is none.".to_owned());
    };
    let Some(bridge) = &target.facts.bridge else { return no_bridge() };
    let mut args = vec![url.value.trim().to_owned()];
    let mut variables = Vec::new();
    for header in &target.entry.headers {
        match moved(target, &header.name.value, &header.value.value, &variables) {
            Ok(moved) => {
                args.extend(["--header".to_owned(), moved.arg]);
                variables.extend(moved.variables);
            }
            Err(variable) => {
                return Offer::Refused(format!(
                    "A header refers to `{variable}`, which `env` does not hold."
                ));
            }
        }
    }
    if scheme == "http" && !matches!(host, "localhost" | "127.0.0.1") {
        args.push("--allow-http".to_owned());
    }
    let replaced = ["url", "serverUrl", "httpUrl", "type", "transportType", "transport", "headers", "args"];
    let is_replaced = |key: &str| replaced.contains(&key);
    let Some(place) =
        object.members.iter().position(|member| is_replaced(&member.key) && member.key != "args")
    else {
        return Offer::Nothing;
    };
    let indent = line_indentation(target, object.members[place].key_span.start);
    let between = separator(target);
    let command = target.style.member("command", &New::text(bridge), indent);
    let list = target.style.member("args", &New::texts(args), indent);
    let mut edits = vec![Edit::replace(object.members[place].span(), format!("{command}{between}{list}"))];
    let gone: Vec<usize> = (0..object.members.len())
        .filter(|index| *index != place && is_replaced(&object.members[*index].key))
        .collect();
    edits.extend(target.document().remove_members(&target.entry.node, &gone));
    if !variables.is_empty() {
        edits.extend(with_variables(target, place, &variables));
    }
    Offer::automatic(edits)
}

/// The variables, in the entry's own `env` or in a new one behind what replaces the URL.
fn with_variables(target: &Target<'_>, place: usize, variables: &[(String, String)]) -> Vec<Edit> {
    if target.entry.env_span.is_some() {
        return target.set_variables(variables);
    }
    let members = variables.iter().map(|(name, value)| (name.clone(), New::text(value.as_str()))).collect();
    target.document().insert_members(&target.entry.node, Some(place), &[("env", New::Object(members))])
}

fn separator(target: &Target<'_>) -> String {
    let object = target.entry.node.as_object();
    let first = object.and_then(|object| object.members.first()).map(|first| first.key_span.start);
    match first.filter(|first| target.file.text()[target.entry.span.start..*first].contains('\n')) {
        Some(first) => format!(",{}{}", target.style.newline, line_indentation(target, first)),
        None => target.style.comma().to_owned(),
    }
}

fn line_indentation<'a>(target: &Target<'a>, at: usize) -> &'a str {
    let text = target.file.text();
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |before| before + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
