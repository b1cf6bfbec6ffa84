//! Setting files aside and putting them back, as one change with one entry.

use std::path::PathBuf;

use jiff::Timestamp;

use super::ChangeError;
use super::journal::{Deed, Entry, Exchanged, FilesChange};
use super::ledger::{Ledger, Note};
use super::quarantine::{Aside, Kept, exists, give_back_times};
use super::way_back::FileBack;

/// What came of setting files aside.
#[derive(Debug)]
pub struct SetAside {
    /// The change; `None` where nothing could be set aside.
    pub entry: Option<Entry>,
    /// What stays where it is, each with the reason.
    pub left: Vec<Left>,
}

/// Something that was not set aside. It is as it was.
#[derive(Debug)]
pub struct Left {
    /// Where it stands.
    pub path: PathBuf,
    /// Why it was left.
    pub why: ChangeError,
}

impl Ledger {
    /// Moves files into quarantine, in this order: the files of a folder stand before the folder. Each one goes
    /// whole or stays whole; one that cannot go does not keep the others.
    pub fn set_aside(&self, asides: &[Aside], note: &Note, now: Timestamp) -> Result<SetAside, ChangeError> {
        let _lock = self.lock()?;
        let id = self.journal.next_id(now);
        let mut left = Vec::new();
        let mut places = Vec::new();
        for (number, aside) in asides.iter().enumerate() {
            match Kept::look(aside, format!("{id}-{number}")) {
                Ok(kept) => {
                    places.push(Exchanged { path: aside.path.clone(), before: Some(kept), after: None });
                }
                Err(why) => left.push(Left { path: aside.path.clone(), why }),
            }
        }
        if places.is_empty() {
            return Ok(SetAside { entry: None, left });
        }
        let mut entry = self.announce(note, Deed::Files(FilesChange { places }), now)?;
        let Deed::Files(files) = &mut entry.deed else { return Ok(SetAside { entry: None, left }) };
        files.places.retain(|place| {
            let taken = place.before.iter().try_for_each(|kept| self.quarantine.take(&place.path, kept));
            taken.map_err(|why| left.push(Left { path: place.path.clone(), why })).is_ok()
        });
        if files.places.is_empty() {
            self.journal.remove(&entry.id);
            return Ok(SetAside { entry: None, left });
        }
        self.conclude(&mut entry, now);
        Ok(SetAside { entry: Some(entry), left })
    }

    /// Exchanges what stands at each place for what was kept of it. Where one step fails, those before it are
    /// taken back.
    pub(super) fn put_back(
        &self,
        files: &[FileBack],
        note: &Note,
        now: Timestamp,
    ) -> Result<Entry, ChangeError> {
        let _lock = self.lock()?;
        for FileBack { path, goes, .. } in files {
            if !goes.as_ref().map_or(!exists(path), |kept| kept.stands_at(path)) {
                return Err(ChangeError::ChangedSinceRead { path: path.clone() });
            }
        }
        let id = self.journal.next_id(now);
        let named = |number: usize, mut kept: Kept| {
            if kept.name.is_empty() {
                kept.name = format!("{id}-{number}");
            }
            kept
        };
        let exchanged = |(number, file): (usize, &FileBack)| Exchanged {
            path: file.path.clone(),
            before: file.goes.clone().map(|kept| named(number, kept)),
            after: file.comes.clone(),
        };
        let places = files.iter().enumerate().map(exchanged).collect();
        let mut entry = self.announce(note, Deed::Files(FilesChange { places }), now)?;
        let Deed::Files(FilesChange { places }) = &entry.deed else { return Ok(entry) };
        for (done, place) in places.iter().enumerate() {
            if let Err(error) = self.exchange(place) {
                for place in places[..done].iter().rev() {
                    // What cannot be turned back stays in quarantine, and its change can be taken back again.
                    let _ = self.turn_back(place);
                }
                self.journal.remove(&entry.id);
                return Err(error);
            }
        }
        let back = places.iter().filter_map(|place| Some((place.path.as_path(), place.after.as_ref()?)));
        give_back_times(back);
        self.conclude(&mut entry, now);
        Ok(entry)
    }

    /// Whether what stood there was taken.
    pub(super) fn was_taken(&self, path: &std::path::Path, kept: &Kept) -> bool {
        self.quarantine.holds(kept) && !kept.stands_at(path)
    }

    fn exchange(&self, Exchanged { path, before, after }: &Exchanged) -> Result<(), ChangeError> {
        if let Some(kept) = before {
            self.quarantine.take(path, kept)?;
        }
        let Some(kept) = after else { return Ok(()) };
        self.quarantine.give_back(path, kept).inspect_err(|_| {
            // The first error is the one to tell.
            let _ = before.iter().try_for_each(|kept| self.quarantine.give_back(path, kept));
        })
    }

    fn turn_back(&self, Exchanged { path, before, after }: &Exchanged) -> Result<(), ChangeError> {
        after.iter().try_for_each(|kept| self.quarantine.take(path, kept))?;
        before.iter().try_for_each(|kept| self.quarantine.give_back(path, kept))
    }
}

#[cfg(test)]
mod tests;
