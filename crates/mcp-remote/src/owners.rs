//! Which servers a file of mcp-remote's belongs to. A hash cannot be turned back into an address, so every entry
//! there is gets hashed and compared.

use std::collections::BTreeMap;

use crate::command_line::CommandLine;
use crate::hash::ServerHash;

/// The servers that each hash stands for, by whatever name the caller knows them.
#[derive(Debug, Clone)]
pub struct Owners<L> {
    by_hash: BTreeMap<ServerHash, Vec<L>>,
}

impl<L: Clone + PartialEq> Owners<L> {
    /// Hashes the command line of every entry, by the rule of every release. Two entries may stand for one hash:
    /// they then share their files.
    pub fn of<'a>(entries: impl IntoIterator<Item = (L, &'a CommandLine)>) -> Self {
        let mut by_hash: BTreeMap<ServerHash, Vec<L>> = BTreeMap::new();
        for (label, line) in entries {
            for hash in line.server_hashes() {
                let labels = by_hash.entry(hash).or_default();
                if !labels.contains(&label) {
                    labels.push(label.clone());
                }
            }
        }
        Self { by_hash }
    }

    /// The servers that the files of this hash belong to; none where no entry has it.
    pub fn of_hash(&self, hash: &ServerHash) -> &[L] {
        self.by_hash.get(hash).map_or(&[], Vec::as_slice)
    }

    /// The hashes of one server.
    pub fn hashes_of<'a>(&'a self, label: &'a L) -> impl Iterator<Item = &'a ServerHash> {
        self.by_hash.iter().filter(move |(_, labels)| labels.contains(label)).map(|(hash, _)| hash)
    }

    /// Every hash that an entry has.
    pub fn hashes(&self) -> impl Iterator<Item = &ServerHash> {
        self.by_hash.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_labelled_by_every_releases_rule() {
        let with_header = CommandLine::parse(&["https://mcp.linear.app/mcp", "--header", "A:1"]);
        let plain = CommandLine::parse(&["https://mcp.linear.app/mcp", "3334"]);
        let other = CommandLine::parse(&["https://mcp.linear.app/sse"]);
        let nothing = CommandLine::parse::<&str>(&[]);
        let owners = Owners::of([
            ("team", &with_header),
            ("linear", &plain),
            ("linear", &plain),
            ("old", &other),
            ("empty", &nothing),
        ]);
        let labels = |hash: &str| owners.of_hash(&ServerHash::from_hexadecimal(hash).unwrap()).to_vec();
        // Up to 0.1.29 headers did not count, so both share that set.
        assert_eq!(labels("fcc436b0d1e0a1ed9a2b15bbd638eb13"), ["team", "linear"]);
        assert_eq!(labels("2d1a8aae3765090858d82f5630192064"), ["old"]);
        assert_eq!(labels("452282f47054a8a06a3561004028c616"), [""; 0]);
        assert_eq!(owners.hashes_of(&"team").count(), 2);
        assert_eq!(owners.hashes_of(&"linear").count(), 1);
        assert_eq!(owners.hashes_of(&"empty").count(), 0);
        assert_eq!(owners.hashes().count(), 3);
    }
}
