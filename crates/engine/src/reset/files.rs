//! Items that are files or folders.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bridgekeeper_claude::Home;
use jiff::Timestamp;

use super::Search;
use super::item::{Action, Item, ItemKind};
use super::owners::Owner;
use crate::folder::{Folder, Found, FoundSort, Obstacle};

impl Search<'_> {
    /// Opens a folder that has a name, link-free from the home on; outside of it, from the folder above it on.
    /// `None` where it is not there. What stands in the way is an item that is left.
    pub(super) fn open(&self, path: &Path) -> Option<Result<Folder, Box<Item>>> {
        let home = &self.context.home;
        let trusted = match trusted(home, path) {
            Ok(trusted) => trusted,
            Err(why) => {
                let is_there = std::fs::symlink_metadata(path).is_ok();
                return is_there.then(|| Err(Box::new(left(path, why.to_owned()))));
            }
        };
        match Folder::open(trusted, path) {
            Ok(folder) => Some(Ok(folder)),
            Err(Obstacle::Absent(_)) => None,
            Err(obstacle) => Some(Err(Box::new(self.blocked(path, &obstacle)))),
        }
    }

    /// The item of a folder that cannot be entered.
    pub(super) fn blocked(&self, path: &Path, obstacle: &Obstacle) -> Item {
        let home = &self.context.home;
        let why = match obstacle {
            Obstacle::Absent(_) => "it is gone".to_owned(),
            Obstacle::Link(link) if link == path => {
                "a link; it is not followed, and what it leads to stays".to_owned()
            }
            Obstacle::Link(link) => format!("{} is a link, and links are not followed", home.shorten(link)),
            Obstacle::Refused { source, .. } => format!("it cannot be opened: {source}"),
        };
        left(path, why)
    }

    /// The item of something that was found in a folder and should go.
    pub(super) fn item(&self, folder: &Folder, found: &Found, kind: ItemKind, owners: &[Owner]) -> Item {
        let mut item = Item {
            path: folder.path().join(&found.name),
            bytes: (found.sort == FoundSort::File).then_some(found.bytes),
            age_s: age(self.now, found.modified),
            servers: owners.to_vec(),
            trusted: Some(folder.trusted().to_owned()),
            ..Item::planned(kind)
        };
        if found.sort == FoundSort::File && found.names > 1 {
            item.remark("it has another name elsewhere, which stays");
        }
        self.note_who_shares(&mut item);
        item
    }
}

/// From where on links are not followed; an error says why the folder is not looked at at all.
fn trusted<'a>(home: &'a Home, path: &'a Path) -> Result<&'a Path, &'static str> {
    if path.starts_with(home.root()) {
        return Ok(home.root());
    }
    if home.stands_in() {
        return Err("outside of the home that was named");
    }
    path.parent().ok_or("the root of a drive, where nothing is looked for")
}

fn left(path: &Path, note: String) -> Item {
    Item { path: path.to_owned(), action: Action::Skip, note: Some(note), ..Item::planned(ItemKind::Folder) }
}

/// Seconds from then to now; nothing for a time that is still to come.
pub(super) fn age(now: Timestamp, then: Option<SystemTime>) -> Option<u64> {
    let then = Timestamp::try_from(then?).ok()?;
    u64::try_from(now.duration_since(then).as_secs()).ok()
}

/// The same folder spelled in one way: without `.` and a separator at its end.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}
