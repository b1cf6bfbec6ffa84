//! Tells when one of the files that matter may have changed, and costs nothing while none does.
//!
//! Folders are watched, not files: Claude and editors replace a file by renaming another over it, and a watch on the
//! file would follow the old one. A folder that is not there yet is waited for in the nearest one above it that is.
//! Where the system cannot watch a folder (its limit is reached, or the drive is remote) the folder is polled.
//!
//! A wake says "look", never what changed. What changed is decided by whoever looks, by size, file id and content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use file_id::FileId;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// What matters: single files, and folders of which every file does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// Files, whether they exist or not.
    pub files: Vec<PathBuf>,
    /// Folders whose own files all matter, whether they exist or not.
    pub folders: Vec<PathBuf>,
}

/// A running watch. It ends when it is dropped.
#[derive(Debug)]
pub struct Watch {
    watcher: Option<RecommendedWatcher>,
    /// The folders that are watched, each with its identity when the watch began.
    watched: BTreeMap<PathBuf, Option<FileId>>,
    polled: Vec<PathBuf>,
    interest: Arc<Mutex<Interest>>,
}

/// Something that matters may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wake;

impl Watch {
    /// A watch that sends its wakes there. It watches nothing until it is told what matters.
    pub fn new<T: From<Wake> + Send + 'static>(wakes: Sender<T>) -> Self {
        let interest = Arc::new(Mutex::new(Interest::default()));
        let seen = Arc::clone(&interest);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let matters = match &event {
                Ok(event) => seen.lock().unwrap_or_else(PoisonError::into_inner).matters(event),
                // What was lost is not known, so look
                Err(_) => true,
            };
            if matters {
                // Nobody listens any more: the watch is about to be dropped
                let _ = wakes.send(Wake.into());
            }
        });
        Self { watcher: watcher.ok(), watched: BTreeMap::new(), polled: Vec::new(), interest }
    }

    /// Watches what matters now and nothing else. To be called after every look, because folders come and go; what
    /// changes after this call wakes.
    pub fn follow(&mut self, interest: &Interest) {
        let interest = interest.resolved();
        let mut wanted = interest.watchable_folders();
        *self.interest.lock().unwrap_or_else(PoisonError::into_inner) = interest;
        // A folder that was replaced has another identity; the watch still holds the old one
        wanted.dedup();
        let gone: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|(folder, id)| !wanted.contains(folder) || **id != identity(folder))
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in gone {
            self.watched.remove(&folder);
            if let Some(watcher) = &mut self.watcher {
                // The system may have forgotten it already, with the folder
                let _ = watcher.unwatch(&folder);
            }
        }
        self.polled.clear();
        for folder in wanted {
            if !self.watched.contains_key(&folder) {
                self.begin(folder);
            }
        }
    }

    /// Folders that the system cannot watch. While there are any, look now and then without a wake.
    pub fn polled(&self) -> &[PathBuf] {
        &self.polled
    }

    fn begin(&mut self, folder: PathBuf) {
        let id = identity(&folder);
        let watching = match &mut self.watcher {
            Some(watcher) if !is_remote(&folder) => {
                watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok()
            }
            _ => false,
        };
        if watching {
            self.watched.insert(folder, id);
        } else {
            self.polled.push(folder);
        }
    }
}

impl Interest {
    /// With the links on the way to each path followed as far as it exists, because wakes name real paths.
    fn resolved(&self) -> Self {
        let resolve = |paths: &[PathBuf]| paths.iter().map(|path| resolved(path)).collect();
        Self { files: resolve(&self.files), folders: resolve(&self.folders) }
    }

    /// The existing folders that must be watched to see every change of what matters.
    fn watchable_folders(&self) -> Vec<PathBuf> {
        let parents = self.files.iter().filter_map(|file| file.parent());
        let folders = self.folders.iter().map(PathBuf::as_path).chain(parents);
        let mut existing: Vec<PathBuf> = folders.filter_map(nearest_existing).map(Path::to_owned).collect();
        existing.sort();
        existing.dedup();
        existing
    }

    fn matters(&self, event: &Event) -> bool {
        // Our own reading must not wake us
        let was_read =
            matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
        event.need_rescan() || (!was_read && event.paths.iter().any(|path| self.concerns(path)))
    }

    /// Whether a change of that path may be a change of what matters: the path itself, a file in a folder that
    /// matters, or a folder on the way to either.
    fn concerns(&self, path: &Path) -> bool {
        self.files.iter().any(|file| file.starts_with(path))
            || self.folders.iter().any(|folder| folder.starts_with(path) || path.parent() == Some(folder))
    }
}

fn nearest_existing(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|ancestor| ancestor.is_dir())
}

fn resolved(path: &Path) -> PathBuf {
    // The last part is kept as it is: a file that is a link changes where the link stands, too
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return path.to_owned() };
    if let Ok(whole) = path.canonicalize().map(without_verbatim_prefix)
        && path.is_dir()
    {
        return whole;
    }
    match parent.canonicalize() {
        Ok(parent) => without_verbatim_prefix(parent).join(name),
        Err(_) => resolved(parent).join(name),
    }
}

/// `\\?\C:\Users` as `C:\Users`: the form in which Windows names it in a wake.
fn without_verbatim_prefix(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) if !plain.starts_with("UNC") => PathBuf::from(plain),
        _ => path,
    }
}

/// A share on the network, whose changes by others no watch tells.
fn is_remote(folder: &Path) -> bool {
    folder.to_str().is_some_and(|text| text.starts_with(r"\\") && !text.starts_with(r"\\?\"))
}

fn identity(folder: &Path) -> Option<FileId> {
    file_id::get_file_id(folder).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use notify::event::ModifyKind;

    use super::*;

    /// Longer than any wake takes on a loaded machine; only a failing test waits for it.
    const PATIENCE: Duration = Duration::from_secs(10);

    fn write(path: &Path, text: &str) {
        use std::io::Write as _;
        fs::File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).unwrap();
    }

    fn watch(interest: &Interest) -> (Watch, Receiver<Wake>) {
        let (sender, wakes) = channel();
        let mut watch = Watch::new(sender);
        watch.follow(interest);
        assert_eq!(watch.polled(), Vec::<PathBuf>::new().as_slice());
        (watch, wakes)
    }

    #[test]
    fn a_file_in_a_folder_that_matters_wakes() {
        let home = tempfile::tempdir().unwrap();
        let interest = Interest { folders: vec![home.path().to_owned()], ..Interest::default() };
        let (_watch, wakes) = watch(&interest);
        write(&home.path().join("mcp.log"), "line\n");
        assert_eq!(wakes.recv_timeout(PATIENCE), Ok(Wake));
    }

    #[test]
    fn other_files_beside_one_that_matters_and_reading_it_do_not_wake() {
        let interest = Interest { files: vec!["/h/c.json".into()], ..Interest::default() };
        let wakes = |kind: EventKind, path: &str| interest.matters(&Event::new(kind).add_path(path.into()));
        assert!(wakes(EventKind::Modify(ModifyKind::Any), "/h/c.json"));
        assert!(wakes(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/h/c.json"));
        assert!(!wakes(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/h/c.json"));
        assert!(!wakes(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/h/c.json"));
        assert!(!wakes(EventKind::Modify(ModifyKind::Any), "/h/Cookies"));
    }

    #[test]
    fn a_folder_that_appears_later_wakes_and_so_do_its_files() {
        let home = tempfile::tempdir().unwrap();
        let logs = home.path().join("Library/Logs/Claude");
        let interest = Interest { folders: vec![logs.clone()], ..Interest::default() };
        let (mut watch, wakes) = watch(&interest);
        fs::create_dir_all(&logs).unwrap();
        assert_eq!(wakes.recv_timeout(PATIENCE), Ok(Wake));
        watch.follow(&interest);
        while wakes.try_recv().is_ok() {}
        write(&logs.join("mcp.log"), "line\n");
        assert_eq!(wakes.recv_timeout(PATIENCE), Ok(Wake));
    }

    #[test]
    fn a_folder_that_was_replaced_is_watched_again() {
        let home = tempfile::tempdir().unwrap();
        let logs = home.path().join("logs");
        fs::create_dir(&logs).unwrap();
        let interest = Interest { folders: vec![logs.clone()], ..Interest::default() };
        let (mut watch, wakes) = watch(&interest);
        fs::rename(&logs, home.path().join("old")).unwrap();
        fs::create_dir(&logs).unwrap();
        watch.follow(&interest);
        while wakes.try_recv().is_ok() {}
        write(&logs.join("mcp.log"), "line\n");
        assert_eq!(wakes.recv_timeout(PATIENCE), Ok(Wake));
    }

    #[test]
    fn what_concerns_is_the_file_its_folders_and_the_way_there() {
        let interest =
            Interest { files: vec!["/h/.config/Claude/c.json".into()], folders: vec!["/h/logs".into()] };
        let concerns = |path: &str| interest.concerns(Path::new(path));
        assert!(concerns("/h/.config/Claude/c.json"));
        assert!(concerns("/h/.config"));
        assert!(concerns("/h/logs"));
        assert!(concerns("/h/logs/mcp.log"));
        assert!(!concerns("/h/logs/old/mcp.log"));
        assert!(!concerns("/h/.config/Claude/Cookies"));
        assert!(!concerns("/h/other"));
    }
}
