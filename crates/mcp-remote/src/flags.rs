//! Every flag of mcp-remote 0.15.1, as data.

/// One flag of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The flag with its two dashes.
    pub name: &'static str,
    /// A second spelling.
    pub alias: Option<&'static str>,
    /// What follows it.
    pub value: FlagValue,
    /// What a second occurrence does.
    pub repeated: Repeated,
    /// The oldest release that is known to have it.
    pub since: &'static str,
    /// What it does, as one or two sentences.
    pub help: &'static str,
}

/// What follows a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagValue {
    /// Nothing: it is a switch.
    None,
    /// Any text.
    Text,
    /// One of these words; another one gives a warning and the first of them.
    OneOf(&'static [&'static str]),
    /// A number of seconds.
    Seconds,
    /// A JSON object, or `@` and the path of a file that holds one.
    JsonOrFile,
}

/// What a second occurrence of a flag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// The first one counts; the others are read over in silence.
    FirstCounts,
    /// Each one counts.
    AllCount,
}

impl Flag {
    /// The flag of that name or alias.
    pub fn named(name: &str) -> Option<&'static Self> {
        FLAGS.iter().find(|flag| flag.name == name || flag.alias == Some(name))
    }
}

const fn flag(name: &'static str, value: FlagValue, since: &'static str, help: &'static str) -> Flag {
    Flag { name, alias: None, value, repeated: Repeated::FirstCounts, since, help }
}

const fn all_count(flag: Flag) -> Flag {
    Flag { repeated: Repeated::AllCount, ..flag }
}

const fn also(flag: Flag, alias: &'static str) -> Flag {
    Flag { alias: Some(alias), ..flag }
}

const TRANSPORTS: FlagValue = FlagValue::OneOf(&["http-first", "sse-first", "http-only", "sse-only"]);
const PROTOCOLS: FlagValue = FlagValue::OneOf(&["legacy", "auto"]);

/// Every flag, in the order of its documentation.
pub static FLAGS: &[Flag] = &[
    also(flag("--help", FlagValue::None, "0.1.40", "Prints the help and ends."), "-h"),
    flag("--version", FlagValue::None, "0.1.40", "Prints the version and ends."),
    all_count(flag(
        "--header",
        FlagValue::Text,
        "0.0.12",
        "Sends this header with every request. ${VARIABLE} is taken from the environment.",
    )),
    all_count(flag(
        "--header-file",
        FlagValue::Text,
        "0.4.0",
        "Sends the headers in this file, one Name:Value a line.",
    )),
    flag(
        "--transport",
        TRANSPORTS,
        "0.1.16",
        "Which transport is tried first: Streamable HTTP (http) or HTTP+SSE (sse).",
    ),
    flag(
        "--protocol",
        PROTOCOLS,
        "0.10.0",
        "Which age of the protocol is spoken: with a handshake (legacy), or what the server offers (auto).",
    ),
    flag(
        "--allow-http",
        FlagValue::None,
        "0.1.16",
        "Allows http: to other hosts than this machine. What is sent can then be read on the way.",
    ),
    flag(
        "--host",
        FlagValue::Text,
        "0.1.16",
        "The host name in the callback address, where the server's operator registered another than localhost.",
    ),
    flag(
        "--callback-path",
        FlagValue::Text,
        "0.2.0",
        "The path in the callback address, where the server's operator registered another.",
    ),
    flag("--auth-timeout", FlagValue::Seconds, "0.1.29", "How many seconds a sign-in is waited for."),
    flag("--auth-success-url", FlagValue::Text, "0.15.0", "The page that the browser shows after a sign-in."),
    flag(
        "--static-oauth-client-metadata",
        FlagValue::JsonOrFile,
        "0.1.16",
        "What the client says of itself when it registers: a JSON object, or @ and a file.",
    ),
    flag(
        "--static-oauth-client-info",
        FlagValue::JsonOrFile,
        "0.1.16",
        "The client that the server's operator gave out: a JSON object with client_id, or @ and a file.",
    ),
    flag(
        "--client-metadata-url",
        FlagValue::Text,
        "0.8.0",
        "The address under which the client describes itself, in the place of a registration.",
    ),
    flag(
        "--resource",
        FlagValue::Text,
        "0.1.29",
        "The resource that a token is asked for, where it is not the server's address.",
    ),
    flag(
        "--disable-resource-parameter",
        FlagValue::None,
        "0.1.40",
        "Asks for a token without naming the resource.",
    ),
    all_count(flag(
        "--authorize-param",
        FlagValue::Text,
        "0.8.0",
        "Adds this to the address of the sign-in page: NAME=VALUE.",
    )),
    flag(
        "--device-code",
        FlagValue::None,
        "0.8.0",
        "Shows a code to enter on any device; no browser is opened and no port is needed.",
    ),
    flag(
        "--client-credentials",
        FlagValue::None,
        "0.13.0",
        "Signs in as the client itself, without a person.",
    ),
    flag(
        "--token-endpoint",
        FlagValue::Text,
        "0.14.0",
        "Where tokens are asked for, in the place of what the server says.",
    ),
    flag("--use-id-token", FlagValue::None, "0.8.0", "Sends the ID token in the place of the access token."),
    flag("--disable-cookies", FlagValue::None, "0.8.0", "Does not send the server's cookies back to it."),
    all_count(flag(
        "--ignore-tool",
        FlagValue::Text,
        "0.1.29",
        "Never offers tools of that name; * is any text.",
    )),
    flag(
        "--keep-alive",
        FlagValue::None,
        "0.5.0",
        "Pings the server, so that an idle connection is not closed.",
    ),
    flag("--ping-interval", FlagValue::Seconds, "0.5.0", "How many seconds lie between two pings."),
    flag("--connect-timeout", FlagValue::Seconds, "0.3.0", "How many seconds connecting may take."),
    flag(
        "--headers-timeout",
        FlagValue::Seconds,
        "0.3.0",
        "How many seconds the server may take to begin its answer.",
    ),
    flag(
        "--body-timeout",
        FlagValue::Seconds,
        "0.3.0",
        "How many seconds the server may be silent within an answer.",
    ),
    flag("--ipv4", FlagValue::None, "0.3.0", "Uses no IPv6."),
    flag("--enable-proxy", FlagValue::None, "0.1.29", "Follows HTTPS_PROXY, HTTP_PROXY and NO_PROXY."),
    flag("--debug", FlagValue::None, "0.1.16", "Writes a debug log. It holds tokens in plain text."),
    flag("--silent", FlagValue::None, "0.1.37", "Writes nothing to standard error."),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_flag_is_listed_once_under_each_spelling() {
        let mut seen = HashSet::new();
        for flag in FLAGS {
            assert!(flag.name.starts_with("--"), "{}", flag.name);
            assert!(seen.insert(flag.name), "{} twice", flag.name);
            assert!(flag.help.ends_with('.'), "{} has no help", flag.name);
            if let Some(alias) = flag.alias {
                assert!(seen.insert(alias), "{alias} twice");
            }
        }
    }

    #[test]
    fn a_flag_is_found_under_both_spellings() {
        assert_eq!(Flag::named("-h"), Flag::named("--help"));
        assert_eq!(Flag::named("--no-such-flag"), None);
    }
}
