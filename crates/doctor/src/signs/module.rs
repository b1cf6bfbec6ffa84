//! Modules that Node did not find.

use crate::log_scan::LogLine;
use crate::signs::paths;

/// A module that Node did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing<'a> {
    /// As it was asked for: a package, a relative file or a path.
    pub(crate) module: &'a str,
    /// Who asked, where the same line says so.
    pub(crate) asked_by: Option<&'a str>,
}

/// The module that this line says was not found.
pub(crate) fn missing<'a>(line: &LogLine<'a>) -> Option<Missing<'a>> {
    let mark = ["cannot find module ", "cannot find package "].into_iter().find(|mark| line.has(mark))?;
    let rest = line.after(mark)?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let inner = &rest[1..];
    // A path may hold the other kind of quote; the closing one is the last before "imported from".
    let upto = inner.find(" imported from").unwrap_or(inner.len());
    let end = inner[..upto].rfind(quote)?;
    let asked_by = inner.get(upto + " imported from".len()..).map(str::trim);
    Some(Missing { module: &inner[..end], asked_by: asked_by.filter(|by| !by.is_empty()) })
}

impl Missing<'_> {
    /// Whether it is part of Node itself, in a version that has it.
    pub(crate) fn is_builtin(&self) -> bool {
        self.module.starts_with("node:")
    }

    /// Whether it lies in, or was asked for from, npx's cache.
    pub(crate) fn in_npx_cache(&self) -> bool {
        in_npx_cache(self.module) || self.asked_by.is_some_and(in_npx_cache)
    }

    /// Whether it is the script itself that is missing, and no part of one.
    pub(crate) fn is_script(&self) -> bool {
        paths::is_absolute(self.module) && self.asked_by.is_none() && !self.module.contains("node_modules")
    }
}

/// Whether a path lies in npx's cache.
pub(crate) fn in_npx_cache(path: &str) -> bool {
    path.contains("/_npx/") || path.contains("\\_npx\\")
}
