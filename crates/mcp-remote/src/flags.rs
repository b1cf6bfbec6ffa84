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

const fn flag(name: &'static str, value: FlagValue, since: &'static str) -> Flag {
    Flag { name, alias: None, value, repeated: Repeated::FirstCounts, since }
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
    also(flag("--help", FlagValue::None, "0.1.40"), "-h"),
    flag("--version", FlagValue::None, "0.1.40"),
    all_count(flag("--header", FlagValue::Text, "0.0.12")),
    all_count(flag("--header-file", FlagValue::Text, "0.4.0")),
    flag("--transport", TRANSPORTS, "0.1.16"),
    flag("--protocol", PROTOCOLS, "0.10.0"),
    flag("--allow-http", FlagValue::None, "0.1.16"),
    flag("--host", FlagValue::Text, "0.1.16"),
    flag("--callback-path", FlagValue::Text, "0.2.0"),
    flag("--auth-timeout", FlagValue::Seconds, "0.1.29"),
    flag("--auth-success-url", FlagValue::Text, "0.15.0"),
    flag("--static-oauth-client-metadata", FlagValue::JsonOrFile, "0.1.16"),
    flag("--static-oauth-client-info", FlagValue::JsonOrFile, "0.1.16"),
    flag("--client-metadata-url", FlagValue::Text, "0.8.0"),
    flag("--resource", FlagValue::Text, "0.1.29"),
    flag("--disable-resource-parameter", FlagValue::None, "0.1.40"),
    all_count(flag("--authorize-param", FlagValue::Text, "0.8.0")),
    flag("--device-code", FlagValue::None, "0.8.0"),
    flag("--client-credentials", FlagValue::None, "0.13.0"),
    flag("--token-endpoint", FlagValue::Text, "0.14.0"),
    flag("--use-id-token", FlagValue::None, "0.8.0"),
    flag("--disable-cookies", FlagValue::None, "0.8.0"),
    all_count(flag("--ignore-tool", FlagValue::Text, "0.1.29")),
    flag("--keep-alive", FlagValue::None, "0.5.0"),
    flag("--ping-interval", FlagValue::Seconds, "0.5.0"),
    flag("--connect-timeout", FlagValue::Seconds, "0.3.0"),
    flag("--headers-timeout", FlagValue::Seconds, "0.3.0"),
    flag("--body-timeout", FlagValue::Seconds, "0.3.0"),
    flag("--ipv4", FlagValue::None, "0.3.0"),
    flag("--enable-proxy", FlagValue::None, "0.1.29"),
    flag("--debug", FlagValue::None, "0.1.16"),
    flag("--silent", FlagValue::None, "0.1.37"),
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
