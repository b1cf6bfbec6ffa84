//! What fixes would change in one config file, computed and shown before anything is written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bridgekeeper_doctor::fixes::{self, FixFacts, Moved, Selection};
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::edit::Edit;
use bridgekeeper_formats::text;
use bridgekeeper_model::{Os, SecretName, ServerName};
use serde::Serialize;

use crate::change::{Kind, Note, Proposed};
use crate::check;
use crate::context::Context;
use crate::diff::{Diff, Secrets};
use crate::error::EngineError;
use crate::logs::HomeLogs;
use crate::named_secrets;
use crate::offers::Offers;
use crate::publish;
use crate::report::PlacedFinding;
use crate::sign_ins;

/// A repair, computed from the file's bytes as they were read.
#[derive(Debug, Clone, Serialize)]
pub struct ConfigFix {
    /// The file.
    pub path: PathBuf,
    /// The fixes that it makes, in order.
    pub applied: Vec<AppliedFix>,
    /// The fixes that it leaves out, of those that were asked for or that something still needs.
    pub skipped: Vec<SkippedFix>,
    /// The secrets that go into the keyring first.
    pub secrets: Vec<SecretName>,
    /// What will still be wrong with the file afterwards.
    pub leaves: Vec<PlacedFinding>,
    /// The fixes that were named; none stands for the automatic ones.
    #[serde(skip)]
    pub only: Vec<String>,
    /// The change as text.
    #[serde(skip)]
    pub diff: Diff,
    /// An entry will name the published bridge.
    #[serde(skip)]
    pub needs_bridge: bool,
    #[serde(skip)]
    pub(crate) moved: Vec<Moved>,
    #[serde(skip)]
    before: Vec<u8>,
    #[serde(skip)]
    after: Vec<u8>,
    #[serde(skip)]
    edits: Vec<Edit>,
}

/// A fix that is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedFix {
    /// Its id.
    pub id: String,
    /// What it changes, as an imperative sentence.
    pub title: String,
    /// The entry it changes; `None` for the file as a whole.
    pub server: Option<ServerName>,
    /// What the person must know: a price, a loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A fix that is not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedFix {
    /// Its id.
    pub id: String,
    /// The entry it would have changed.
    pub server: Option<ServerName>,
    /// Why it is left out.
    pub why: String,
}

impl ConfigFix {
    /// Whether there is anything to write.
    pub fn changes(&self) -> bool {
        self.before != self.after
    }

    /// The text before and after, for a window that draws the difference itself.
    pub(crate) fn texts(&self) -> (String, String) {
        (text::decode(&self.before).text, text::decode(&self.after).text)
    }

    /// The change, for the one place that writes.
    pub(crate) fn proposed(&self) -> Option<Proposed<'_>> {
        let mut servers: Vec<ServerName> = self.applied.iter().filter_map(|fix| fix.server.clone()).collect();
        servers.sort();
        servers.dedup();
        let mut fixes: Vec<String> = self.applied.iter().map(|fix| fix.id.clone()).collect();
        fixes.dedup();
        self.changes().then(|| Proposed {
            path: &self.path,
            read: Some(&self.before),
            after: Some(&self.after),
            edits: &self.edits,
            note: Note {
                fixes,
                secrets: self.secrets.clone(),
                ..Note::new(Kind::Fix, self.reason()).about(servers)
            },
            off: None,
        })
    }

    /// The change in one sentence.
    fn reason(&self) -> String {
        let Some(first) = self.applied.first() else { return "Change the config".to_owned() };
        let others = self.applied.len() - 1;
        let server = first.server.as_ref().map(|server| format!("{server}: ")).unwrap_or_default();
        match others {
            0 => format!("{server}{}", first.title),
            _ => format!("{server}{}, and {others} more", first.title),
        }
    }
}

/// Whether the fix of this id is an edit of the config, which `fix-config` makes.
pub fn is_edit(id: &str) -> bool {
    fixes::named(id).is_some()
}

pub(crate) fn plan(
    context: &Context,
    path: &Path,
    only: &[String],
    os: Option<Os>,
    secrets: Secrets,
) -> Result<ConfigFix, EngineError> {
    if let Some(unknown) = only.iter().find(|id| fixes::named(id).is_none()) {
        return Err(EngineError::NoSuchFix(unknown.clone()));
    }
    let selection = if only.is_empty() { Selection::automatic() } else { Selection::only(only) };
    select(context, path, &selection, os, &signing_in_of(context, path), secrets)
}

/// Plans a selection whose ids are known to exist.
pub(crate) fn select(
    context: &Context,
    path: &Path,
    selection: &Selection,
    os: Option<Os>,
    signs_in: &BTreeSet<ServerName>,
    secrets: Secrets,
) -> Result<ConfigFix, EngineError> {
    let before = check::read(path)?;
    let file = ConfigFile::read(&before);
    let plan = fixes::plan(&file, &facts(context, &file, os, signs_in), selection);
    let after = if plan.changes() { plan.bytes(&file) } else { before.clone() };
    let fixed = ConfigFile::read(&after);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let facts_then = facts(context, &fixed, os, signs_in);
    let leaves = check::check(&fixed, os, &mut Offers::of(&fixed, &facts_then)).findings;
    let worth_telling = |skipped: &fixes::Skipped| {
        let offered = |finding: &PlacedFinding| finding.fixes.iter().any(|fix| fix.id == skipped.id);
        selection.only.is_some()
            || leaves.iter().any(|finding| finding.server == skipped.server && offered(finding))
    };
    Ok(ConfigFix {
        diff: Diff::between(&name, file.text(), fixed.text(), secrets),
        needs_bridge: names_bridge(context, &fixed) && !names_bridge(context, &file),
        path: path.to_owned(),
        applied: plan.applied.into_iter().map(AppliedFix::from).collect(),
        skipped: plan.skipped.into_iter().filter(worth_telling).map(SkippedFix::from).collect(),
        leaves,
        secrets: plan.secrets.iter().map(|moved| moved.name.clone()).collect(),
        moved: plan.secrets,
        only: selection.only.clone().unwrap_or_default(),
        edits: plan.edits,
        before,
        after,
    })
}

/// The servers of a config that sign in through a browser. Logs tell only of the servers of Claude's own config.
pub(crate) fn signing_in_of(context: &Context, path: &Path) -> BTreeSet<ServerName> {
    let is_claudes = context.home.configs().iter().any(|candidate| candidate.path == path);
    if is_claudes { HomeLogs::read(context).signing_in() } else { BTreeSet::new() }
}

/// `signs_in` is what the logs tell; what mcp-remote has stored comes to it.
pub(crate) fn facts(
    context: &Context,
    file: &ConfigFile,
    os: Option<Os>,
    signs_in: &BTreeSet<ServerName>,
) -> FixFacts {
    let facts = context.computer.facts();
    let known = context.computer.for_fixes();
    let is_reserved = |port: u16| facts.reserved_ports.iter().any(|range| range.holds(port));
    let lost = facts.ports.iter().filter(|port| port.holder.is_some() || is_reserved(port.port));
    let reserved = facts.reserved_ports.iter().flat_map(|range| range.first..=range.last);
    FixFacts {
        os,
        signs_in: signs_in | &sign_ins::with_tokens(&context.home, file),
        home: Some(context.home.root().display().to_string()),
        bridge: bridge(context),
        taken_ports: facts.taken_ports.iter().copied().chain(reserved).collect(),
        lost_ports: lost.map(|port| port.port).collect(),
        programs: known.programs,
        node: known.node,
        short_paths: known.short_paths,
        ca_file: known.ca_file,
        proxy: known.proxy,
        client_info: None,
        secrets: named_secrets::names(context),
    }
}

/// The place of the bridge as entries name it, where there is a bridge to put there.
fn bridge(context: &Context) -> Option<String> {
    let (folder, os) = (context.home.bridgekeeper_folder(), context.home.os());
    let there = context.bridge.is_some() || publish::published(&folder, os).is_some();
    there.then(|| publish::place(&folder, os).display().to_string())
}

/// Whether an entry of the file names the published bridge.
pub(crate) fn names_bridge(context: &Context, file: &ConfigFile) -> bool {
    bridge(context).is_some_and(|bridge| names(file, &bridge))
}

fn names(file: &ConfigFile, program: &str) -> bool {
    file.servers().iter().any(|entry| entry.command.as_ref().is_some_and(|command| command.value == program))
}

impl From<fixes::AppliedFix> for AppliedFix {
    fn from(fix: fixes::AppliedFix) -> Self {
        Self { id: fix.id.to_owned(), title: fix.title.to_owned(), server: fix.server, note: fix.note }
    }
}

impl From<fixes::Skipped> for SkippedFix {
    fn from(skipped: fixes::Skipped) -> Self {
        Self { id: skipped.id, server: skipped.server, why: skipped.why }
    }
}

#[cfg(test)]
mod corpus_tests;
