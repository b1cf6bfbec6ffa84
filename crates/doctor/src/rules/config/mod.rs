//! Rules that look at `claude_desktop_config.json`.

use crate::rule::Rule;

/// The rules that look at the config file.
pub static ALL: &[&Rule] = &[];
