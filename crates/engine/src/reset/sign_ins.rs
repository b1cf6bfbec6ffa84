//! What mcp-remote keeps: every file of every generation, in every folder that it was given.

use std::path::PathBuf;

use bridgekeeper_mcp_remote::{FileKind, Generation, Record, StoredFile};

use super::Search;
use super::files::{age, plain};
use super::item::{Action, Item, ItemKind};
use crate::folder::{Folder, Found, FoundSort, Obstacle};

/// A lock or a registration is a few kilobytes at most.
const RECORD_LIMIT: u64 = 256 * 1024;

pub(super) fn find(search: &Search<'_>) -> Vec<Item> {
    let default = search.context.home.root().join(".mcp-auth");
    let mut items = Vec::new();
    let mut seen = Vec::new();
    for path in folders(search) {
        let base = match search.open(&path) {
            None => continue,
            Some(Err(item)) => {
                items.push(*item);
                continue;
            }
            Some(Ok(base)) => base,
        };
        // Two spellings of one folder would list everything twice.
        let identity = base.identity().ok();
        if identity.is_some() && seen.contains(&identity) {
            continue;
        }
        seen.push(identity);
        let is_default = path == default;
        items.extend(in_base(search, &base, is_default));
    }
    items
}

/// `~/.mcp-auth` last: what a variable names is where a bridge looks now.
fn folders(search: &Search<'_>) -> Vec<PathBuf> {
    let home = &search.context.home;
    let mut folders: Vec<PathBuf> = vec![plain(&home.mcp_auth_folder())];
    folders.extend(search.entries.config_folders.iter().map(|folder| plain(folder)));
    folders.push(home.root().join(".mcp-auth"));
    let mut distinct = Vec::new();
    for folder in folders {
        if !distinct.contains(&folder) {
            distinct.push(folder);
        }
    }
    distinct
}

fn in_base(search: &Search<'_>, base: &Folder, is_default: bool) -> Vec<Item> {
    let found = match base.list() {
        Ok(found) => found,
        Err(obstacle) => return vec![search.blocked(base.path(), &obstacle)],
    };
    let mut items = Vec::new();
    let mut stays = Stays::default();
    for one in &found {
        let name = one.name.to_str().unwrap_or_default();
        if Generation::of_folder(name).is_some() {
            items.extend(in_generation(search, base, one, &mut stays));
        } else {
            items.extend(file(search, base, one, name, &mut stays));
        }
    }
    // A folder that was given to mcp-remote is somebody's own; `~/.mcp-auth` is mcp-remote's.
    if is_default {
        items.extend(emptied(search, base, &stays));
    }
    items
}

fn in_generation(search: &Search<'_>, base: &Folder, one: &Found, stays_in_base: &mut Stays) -> Vec<Item> {
    let path = base.path().join(&one.name);
    let listed = match one.sort {
        FoundSort::Folder => base.folder(&one.name).and_then(|folder| Ok((folder.list()?, folder))),
        FoundSort::Link => Err(Obstacle::Link(path.clone())),
        FoundSort::File | FoundSort::Other => {
            stays_in_base.others += 1;
            return vec![];
        }
    };
    let (found, folder) = match listed {
        Ok(listed) => listed,
        Err(obstacle) => {
            stays_in_base.others += 1;
            return vec![search.blocked(&path, &obstacle)];
        }
    };
    let mut items = Vec::new();
    let mut stays = Stays { modified: one.modified, ..Stays::default() };
    for inner in &found {
        let relative = format!("{}/{}", one.name.display(), inner.name.display());
        items.extend(file(search, &folder, inner, &relative, &mut stays));
    }
    let emptied = emptied(search, &folder, &stays);
    if emptied.as_ref().is_none_or(|item| item.action != Action::Quarantine) {
        stays_in_base.others += 1;
    }
    items.extend(emptied);
    items
}

/// What stays in a folder after the reset.
#[derive(Debug, Default)]
struct Stays {
    others: usize,
    modified: Option<std::time::SystemTime>,
}

fn file(
    search: &Search<'_>,
    folder: &Folder,
    found: &Found,
    relative: &str,
    stays: &mut Stays,
) -> Option<Item> {
    let stored = StoredFile::parse(relative);
    let owners = stored.as_ref().map(|stored| search.entries.files.of_hash(&stored.hash)).unwrap_or_default();
    let Some(stored) = stored.filter(|_| search.wants(owners)) else {
        stays.others += 1;
        return None;
    };
    let mut item = search.item(folder, found, ItemKind::of_file(&stored.kind), owners);
    if found.sort != FoundSort::File {
        stays.others += 1;
        item.action = Action::Skip;
        item.note = Some(match found.sort {
            FoundSort::Link => "a link; it is not followed, and what it leads to stays".to_owned(),
            FoundSort::File | FoundSort::Folder | FoundSort::Other => "no ordinary file".to_owned(),
        });
    }
    if has_record(&stored.kind) {
        let text = folder.read_text(&found.name, RECORD_LIMIT);
        item.record = text.as_deref().map(Record::parse).unwrap_or_default();
    }
    Some(item)
}

/// A folder in which nothing is left goes as well, with all. One in which something is left says so.
fn emptied(search: &Search<'_>, folder: &Folder, stays: &Stays) -> Option<Item> {
    if search.scope.server.is_some() {
        return None;
    }
    let mut item = Item {
        path: folder.path().to_owned(),
        age_s: age(search.now, stays.modified),
        trusted: Some(folder.trusted().to_owned()),
        ..Item::planned(ItemKind::Folder)
    };
    if stays.others > 0 {
        item.action = Action::Keep;
        item.note = Some("it holds what is not set aside".to_owned());
    }
    Some(item)
}

/// The records in which a process and a port stand: locks, leases, registrations.
fn has_record(kind: &FileKind) -> bool {
    matches!(kind, FileKind::Lock | FileKind::RefreshInProgress | FileKind::ClientInfo)
}
