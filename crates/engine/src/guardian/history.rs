//! The versions of one config, in notes: who wrote each, and which entries it had. No entry's text is in it.

use std::collections::{BTreeMap, BTreeSet};

use bridgekeeper_formats::config::ConfigFile;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::author::{Author, in_claudes_layout};
use crate::change::{Digest, KEPT};

/// How many versions of one file are kept.
const MOST_VERSIONS: usize = 200;

/// A config as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Seen<'a> {
    /// Its bytes; `None` where there is no file.
    pub(crate) bytes: Option<&'a [u8]>,
    /// Their hash.
    pub(crate) digest: Option<Digest>,
    /// Whether the journal knows these bytes as ours.
    pub(crate) is_ours: bool,
    /// The time.
    pub(crate) now: Timestamp,
}

/// What is known of one config.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileHistory {
    versions: Vec<Version>,
    /// What is lost and not back yet.
    pub(crate) losses: Vec<Loss>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    time: Timestamp,
    /// `None` where there was no file.
    digest: Option<Digest>,
    by: Author,
    /// Each entry's name, with the hash of what it says.
    entries: BTreeMap<String, Digest>,
    /// The hash of everything beside `mcpServers`.
    rest: Digest,
    /// Whether it has the key `mcpServers`.
    has_servers: bool,
    is_strict: bool,
    in_claudes_layout: bool,
}

/// Entries that were lost at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Loss {
    /// When it was noticed.
    pub(crate) noticed: Timestamp,
    /// Who wrote the version without them.
    pub(crate) by: Author,
    /// The entries.
    pub(crate) lost: Vec<Lost>,
}

/// An entry that was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lost {
    /// Its name.
    pub(crate) name: String,
    /// The version of the file in which it stood last.
    pub(crate) kept_in: Digest,
    /// The hash of what stands under its name since; `None` for nothing.
    pub(crate) now: Option<Digest>,
}

impl FileHistory {
    /// Takes note of what stands there now; whether there was anything to note.
    pub(crate) fn see(&mut self, seen: &Seen<'_>) -> bool {
        let is_known = match self.versions.last() {
            Some(last) => last.digest == seen.digest,
            None => seen.bytes.is_none(),
        };
        if is_known {
            return false;
        }
        let mut version = Version::of(seen);
        version.by = self.author(&version, seen.is_ours);
        // What is back, or was changed by somebody since, is not lost any more.
        for loss in &mut self.losses {
            loss.lost.retain(|lost| version.entries.get(&lost.name) == lost.now.as_ref());
        }
        self.losses.retain(|loss| !loss.lost.is_empty());
        let lost = self.lost_with(&version);
        if !lost.is_empty() {
            self.losses.push(Loss { noticed: seen.now, by: version.by, lost });
        }
        self.versions.push(version);
        true
    }

    /// Drops what is too old or too much; never the newest version, nor one that a loss needs.
    pub(crate) fn forget_old(&mut self, now: Timestamp) {
        self.losses.retain(|loss| now.duration_since(loss.noticed) <= KEPT);
        let needed: BTreeSet<&Digest> =
            self.losses.iter().flat_map(|loss| &loss.lost).map(|lost| &lost.kept_in).collect();
        let surplus = self.versions.len().saturating_sub(MOST_VERSIONS);
        let newest = self.versions.len().saturating_sub(1);
        let mut number = 0;
        self.versions.retain(|version| {
            let is_needed = version.digest.as_ref().is_some_and(|digest| needed.contains(digest));
            let is_young = number >= surplus && now.duration_since(version.time) <= KEPT;
            number += 1;
            number > newest || is_young || is_needed
        });
    }

    pub(crate) fn digests(&self) -> impl Iterator<Item = &Digest> {
        self.versions.iter().filter_map(|version| version.digest.as_ref())
    }

    /// Claude writes the whole file, in its own layout, when its preferences change; and what it writes over an
    /// edit is what it had read before.
    fn author(&self, version: &Version, is_ours: bool) -> Author {
        let Some(last) = self.versions.last().filter(|_| !is_ours) else {
            return if is_ours { Author::Bridgekeeper } else { Author::Other };
        };
        let earlier = &self.versions[..self.versions.len() - 1];
        let is_as_before = earlier.iter().any(|old| old.entries == version.entries);
        let rewrote = version.rest != last.rest
            || !last.in_claudes_layout
            || (last.has_servers && !version.has_servers)
            || is_as_before;
        if version.in_claudes_layout && rewrote { Author::Claude } else { Author::Other }
    }

    /// What the file had and this version has not, as far as nobody meant it so.
    fn lost_with(&self, version: &Version) -> Vec<Lost> {
        let Some(last) = self.versions.last() else { return vec![] };
        let is_wipe = !version.has_servers && (version.is_strict || version.digest.is_none());
        let meant = match version.by {
            Author::Bridgekeeper => true,
            Author::Claude => false,
            Author::Other => !is_wipe,
        };
        if meant {
            return vec![];
        }
        // A file that was broken when Claude read it counts with what it had before it broke, too.
        let whole = self.versions.iter().rev().find(|version| version.is_strict);
        let mut stood: BTreeMap<&String, (&Digest, Option<&Digest>)> = BTreeMap::new();
        for source in whole.filter(|_| !last.is_strict).into_iter().chain([last]) {
            stood.extend(source.entries.iter().map(|(name, entry)| (name, (entry, source.digest.as_ref()))));
        }
        let gone = |(name, (entry, kept_in)): (&String, (&Digest, Option<&Digest>))| {
            let now = version.entries.get(name).filter(|now| *now != entry);
            if now.is_none() && version.entries.contains_key(name) {
                return None;
            }
            Some(Lost { name: name.clone(), kept_in: kept_in?.clone(), now: now.cloned() })
        };
        stood.into_iter().filter_map(gone).collect()
    }
}

impl Version {
    fn of(seen: &Seen<'_>) -> Self {
        let file = ConfigFile::read(seen.bytes.unwrap_or_default());
        let text_of = |span: std::ops::Range<usize>| file.text().get(span).unwrap_or_default();
        // Of a broken file only what could be put back as it stands.
        let entries = file.servers().iter().filter_map(|entry| {
            Some((entry.name.to_string(), meaning(file.text().get(entry.span.clone())?)?))
        });
        let members = file.root().into_iter().flat_map(|root| &root.members);
        let rest: Vec<&str> = members
            .filter(|member| member.key != "mcpServers")
            .flat_map(|member| [member.key.as_str(), text_of(member.value.span.clone())])
            .collect();
        Self {
            time: seen.now,
            digest: seen.digest.clone(),
            by: Author::Other,
            entries: entries.collect(),
            rest: Digest::of(rest.join("\n").as_bytes()),
            has_servers: file.servers_node().is_some(),
            is_strict: file.parsed().is_strict(),
            in_claudes_layout: in_claudes_layout(&file),
        }
    }
}

/// The hash of what a value says, whatever its layout and the order of its members; `None` where it is no JSON.
fn meaning(text: &str) -> Option<Digest> {
    let value = serde_json::from_str(text).ok()?;
    Some(Digest::of(sorted(value).to_string().as_bytes()))
}

fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value::{Array, Bool, Null, Number, Object, String};
    match value {
        Object(members) => {
            let members: BTreeMap<_, _> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.into_iter().collect()
        }
        Array(items) => items.into_iter().map(sorted).collect(),
        plain @ (Null | Bool(_) | Number(_) | String(_)) => plain,
    }
}
