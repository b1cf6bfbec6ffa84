//! Claude's logs of its servers, set aside only when asked for.

use std::path::PathBuf;

use bridgekeeper_claude::LogKind;

use super::Search;
use super::item::{Action, Item, ItemKind};
use super::owners::Owner;
use crate::folder::FoundSort;

pub(super) fn find(search: &Search<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut blocked: Vec<PathBuf> = Vec::new();
    for log in search.context.home.log_files().files {
        let owners = match log.kind {
            LogKind::Server(server) => vec![Owner { server, host: None }],
            LogKind::Mcp if search.scope.server.is_none() => vec![],
            // These tell of Claude itself.
            LogKind::Mcp | LogKind::Main | LogKind::Window => continue,
        };
        let (Some(parent), Some(name)) = (log.path.parent(), log.path.file_name()) else { continue };
        if !search.wants(&owners) || blocked.iter().any(|folder| folder == parent) {
            continue;
        }
        match search.open(parent) {
            None => {}
            Some(Err(item)) => {
                blocked.push(parent.to_owned());
                items.push(*item);
            }
            Some(Ok(folder)) => {
                let Ok(found) = folder.look(name) else { continue };
                let mut item = search.item(&folder, &found, ItemKind::Log, &owners);
                if found.sort != FoundSort::File {
                    item.action = Action::Skip;
                    item.note = Some("no ordinary file".to_owned());
                }
                items.push(item);
            }
        }
    }
    items
}
