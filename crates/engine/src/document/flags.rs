//! The flags of both bridges with their help: mcp-remote's from what is known of it, our own from what
//! `mcp-bridge --help` prints, so that no flag is described in two places.

use std::sync::LazyLock;

use bridgekeeper_mcp_remote::{FLAGS, Flag, FlagValue, Repeated};

use super::view::FlagView;

/// Flags that say something of one run and have no place in a config.
const NOT_IN_A_CONFIG: [&str; 3] = ["--help", "--version", "--header"];

static ALL: LazyLock<Vec<FlagView>> = LazyLock::new(|| {
    let printed = printed(bridgekeeper_bridge::HELP);
    let mut flags: Vec<FlagView> = FLAGS.iter().map(|flag| known(flag, &printed)).collect();
    for own in printed {
        if Flag::named(&own.name).is_none() {
            flags.push(own);
        }
    }
    flags.retain(|flag| !NOT_IN_A_CONFIG.contains(&flag.name.as_str()));
    flags.sort_by(|a, b| a.name.cmp(&b.name));
    flags
});

/// Every flag that an entry may have, by name. Headers have a form of their own.
pub(crate) fn flags() -> &'static [FlagView] {
    &ALL
}

/// Whether the next argument is the flag's value.
pub(super) fn takes_value(name: &str) -> bool {
    name == "--header" || ALL.iter().any(|flag| flag.name == name && flag.value.is_some())
}

fn known(flag: &Flag, printed: &[FlagView]) -> FlagView {
    let value = match flag.value {
        FlagValue::None => None,
        FlagValue::Text | FlagValue::OneOf(_) => Some("TEXT".to_owned()),
        FlagValue::Seconds => Some("SECS".to_owned()),
        FlagValue::JsonOrFile => Some("JSON".to_owned()),
    };
    let mut choices: Vec<String> = match flag.value {
        FlagValue::OneOf(words) => words.iter().map(ToString::to_string).collect(),
        FlagValue::None | FlagValue::Text | FlagValue::Seconds | FlagValue::JsonOrFile => vec![],
    };
    if flag.name == "--protocol" {
        // Only our bridge knows this one
        choices.push("modern".to_owned());
    }
    FlagView {
        name: flag.name.to_owned(),
        help: flag.help.to_owned(),
        value,
        choices,
        repeated: flag.repeated == Repeated::AllCount,
        in_mcp_remote: true,
        in_bridge: printed.iter().any(|own| own.name == flag.name),
    }
}

/// The flags that a help describes: lines that begin with two blanks and a flag, each with what stands to its right
/// and below.
fn printed(help: &str) -> Vec<FlagView> {
    /// Where descriptions begin.
    const COLUMN: usize = 26;
    let mut flags: Vec<FlagView> = Vec::new();
    let mut of_this_line = 0;
    for line in help.lines() {
        let begins = line.strip_prefix("  ").filter(|rest| rest.starts_with("--"));
        if let Some(rest) = begins {
            let first = flags.len();
            let left = rest.split("  ").next().unwrap_or_default();
            flags.extend(left.split(',').filter_map(|one| named(one.trim())));
            of_this_line = flags.len() - first;
        } else if !line.starts_with(&" ".repeat(COLUMN)) {
            of_this_line = 0;
        }
        let text = match begins {
            Some(rest) => rest.split_once("  ").map_or("", |(_, text)| text.trim()),
            None => line.trim(),
        };
        let start = flags.len() - of_this_line;
        for flag in &mut flags[start..] {
            if !flag.help.is_empty() && !text.is_empty() {
                flag.help.push(' ');
            }
            flag.help.push_str(text);
        }
    }
    for flag in &mut flags {
        flag.repeated = flag.help.contains("May be repeated");
        flag.help = sentence(&flag.help);
    }
    flags
}

/// `--client-id ID` as a flag that takes a value.
fn named(text: &str) -> Option<FlagView> {
    let (name, value) = text.split_once(' ').map_or((text, None), |(name, value)| (name, Some(value)));
    let value = value.map(|value| value.trim_matches('"').to_owned());
    name.starts_with("--").then(|| FlagView {
        name: name.to_owned(),
        help: String::new(),
        value,
        choices: vec![],
        repeated: false,
        in_mcp_remote: false,
        in_bridge: true,
    })
}

fn sentence(help: &str) -> String {
    let mut characters = help.chars();
    let Some(first) = characters.next() else { return String::new() };
    let end = if help.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(name: &str) -> &'static FlagView {
        flags().iter().find(|flag| flag.name == name).unwrap_or_else(|| panic!("{name}"))
    }

    #[test]
    fn every_flag_of_our_bridge_has_help_and_stands_once() {
        for flag in flags() {
            assert!(flag.help.len() > 10 && flag.help.ends_with('.'), "{flag:?}");
            assert_eq!(flags().iter().filter(|other| other.name == flag.name).count(), 1, "{flag:?}");
            assert!(flag.in_bridge || flag.in_mcp_remote, "{flag:?}");
        }
    }

    #[test]
    fn flags_are_read_as_the_help_prints_them() {
        assert_eq!(flag("--account").value.as_deref(), Some("NAME"));
        assert_eq!(flag("--account").help, "Another account at the same server.");
        assert!(flag("--ca-file").repeated && !flag("--ca-file").in_mcp_remote);
        assert!(flag("--ca-file").help.contains("NODE_EXTRA_CA_CERTS does."), "{:?}", flag("--ca-file"));
        assert_eq!(flag("--no-auth").value, None);
        assert!(flag("--client-secret").help.contains("server's operator"), "{:?}", flag("--client-secret"));
        assert!(flag("--resource").in_bridge && flag("--resource").in_mcp_remote);
        assert!(!flag("--enable-proxy").in_bridge);
        assert!(takes_value("--header") && takes_value("--transport") && !takes_value("--debug"));
    }
}
