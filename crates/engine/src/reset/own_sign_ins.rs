//! Our own sign-ins. A bridge uses what the keyring holds only while the sign-in is listed in Bridgekeeper's folder, so
//! the list's file is what is set aside: the tokens stay sealed in the keyring, out of every bridge's reach, and come
//! back with the file.

use std::ffi::OsStr;

use super::Search;
use super::item::{Action, Item, ItemKind};
use super::owners::Owner;
use crate::accounts;
use crate::folder::FoundSort;

/// A line of the list is an address and a name.
const LIMIT: u64 = 64 * 1024;

pub(super) fn find(search: &Search<'_>) -> Vec<Item> {
    let home = &search.context.home;
    let folder = match search.open(&home.bridgekeeper_folder().join(accounts::LIST)) {
        None => return vec![],
        Some(Err(item)) => return vec![*item],
        Some(Ok(folder)) => folder,
    };
    let found = match folder.list() {
        Ok(found) => found,
        Err(obstacle) => return vec![search.blocked(folder.path(), &obstacle)],
    };
    let names = accounts::names(search.context);
    let listed = found.iter().filter(|one| is_listed(&one.name));
    let items = listed.filter_map(|one| {
        let text = folder.read_text(&one.name, LIMIT);
        let account = text.and_then(|text| serde_json::from_str(&text).ok());
        let servers = account.as_ref().and_then(|account| names.get(account)).cloned().unwrap_or_default();
        let owners: Vec<Owner> = servers.into_iter().map(|server| Owner { server, host: None }).collect();
        if !search.wants(&owners) {
            return None;
        }
        let mut item = search.item(&folder, one, ItemKind::SignIn, &owners);
        if one.sort == FoundSort::File {
            let at = account.map(|account| account.server).unwrap_or_default();
            item.remark(format!(
                "{at}; its tokens stay in the keyring, where no bridge uses them, until undo"
            ));
        } else {
            item.action = Action::Skip;
            item.remark("no ordinary file");
        }
        Some(item)
    });
    items.collect()
}

/// 32 hexadecimal digits and `.json`.
fn is_listed(name: &OsStr) -> bool {
    let hash = name.to_str().and_then(|name| name.strip_suffix(".json"));
    hash.is_some_and(|hash| hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
