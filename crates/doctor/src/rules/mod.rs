//! Every rule there is. A new cause is one file and one line here.

use crate::rule::Rule;

pub mod config;

/// The rules that look at logs.
pub static LOG: &[&Rule] = &[];

/// Every rule: those of the logs, then those of the config file.
pub static ALL: std::sync::LazyLock<Vec<&'static Rule>> =
    std::sync::LazyLock::new(|| LOG.iter().chain(config::ALL).copied().collect());
