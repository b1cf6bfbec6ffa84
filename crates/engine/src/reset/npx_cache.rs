//! The bridge in npx's cache. Another package's folder there is left, unless its own server is reset.

use std::ffi::OsStr;
use std::path::PathBuf;

use bridgekeeper_mcp_remote::{NPX_FOLDER, NpxEntry};

use super::files::plain;
use super::item::{Item, ItemKind};
use super::{Extent, Search};
use crate::folder::{Folder, FoundSort};

const BRIDGE: &str = "mcp-remote";
/// A `package.json` of npx's is a few hundred bytes.
const PACKAGE_JSON_LIMIT: u64 = 1024 * 1024;

pub(super) fn find(search: &Search<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for path in caches(search) {
        let folder = match search.open(&path) {
            None => continue,
            Some(Err(item)) => {
                items.push(*item);
                continue;
            }
            Some(Ok(folder)) => folder,
        };
        match folder.list() {
            Err(obstacle) => items.push(search.blocked(&path, &obstacle)),
            Ok(found) => {
                let folders = found.iter().filter(|one| one.sort == FoundSort::Folder);
                items.extend(folders.filter_map(|one| {
                    let entry = folder.folder(&one.name).ok()?;
                    let owners = wanted(search, &entry)?;
                    let mut item = search.item(&folder, one, ItemKind::NpxCache, &owners);
                    item.bytes = Some(entry.bytes_below());
                    Some(item)
                }));
            }
        }
    }
    items
}

fn caches(search: &Search<'_>) -> Vec<PathBuf> {
    let named = search.entries.npm_caches.iter().cloned();
    let mut caches: Vec<PathBuf> = Vec::new();
    for cache in named.chain(search.context.home.npm_caches()) {
        let folder = plain(&cache).join(NPX_FOLDER);
        if !caches.contains(&folder) {
            caches.push(folder);
        }
    }
    caches
}

/// Whose this folder of the cache is; `None` where it is to stay.
fn wanted(search: &Search<'_>, entry: &Folder) -> Option<Vec<super::Owner>> {
    let text = entry.read_text(OsStr::new("package.json"), PACKAGE_JSON_LIMIT);
    let told = text.as_deref().and_then(NpxEntry::parse);
    let asked = told.as_ref().map(|told| told.asked.as_slice()).unwrap_or_default();
    let mut owners: Vec<super::Owner> = asked
        .iter()
        .flat_map(|asked| search.entries.packages.get(asked).cloned().unwrap_or_default())
        .collect();
    owners.sort();
    owners.dedup();
    let is_bridge = match &told {
        Some(told) => told.holds(BRIDGE),
        // Torn by an interrupted installation: what was installed tells.
        None => entry.folder(OsStr::new("node_modules")).is_ok_and(|modules| {
            modules.look(OsStr::new(BRIDGE)).is_ok_and(|found| found.sort == FoundSort::Folder)
        }),
    };
    let of_the_server = search.scope.extent == Extent::NpxCache && search.scope.server.is_some();
    ((is_bridge || of_the_server) && search.wants(&owners)).then_some(owners)
}
