//! What this program is doing that must not be broken off, so that it is replaced by a newer one at no such moment: a
//! sign-in that waits in the browser, a write, a restart of Claude.
//!
//! Other programs are no part of it. A bridge and the console go on as they are when their files are replaced.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::{ActError, Live};

/// Something that must not be broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Somebody signs in or out.
    SignIn,
    /// Files or the keyring are written.
    Write,
    /// Claude is being restarted.
    Restart,
}

/// All that is under way, and whether more may begin.
#[derive(Debug, Default)]
pub(super) struct Works {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    under_way: Vec<Work>,
    closed: bool,
    given_up: bool,
}

/// Work that is under way; it is over when this is dropped.
#[derive(Debug)]
#[must_use]
pub struct AtWork {
    works: Arc<Works>,
    work: Work,
}

/// Nothing is under way, and nothing begins until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Closed(Arc<Works>);

impl Live {
    /// Begins something that must not be broken off. Refused while the program is being replaced.
    pub fn begin(&self, work: Work) -> Result<AtWork, ActError> {
        let mut now = self.works.now();
        if now.closed {
            return Err(ActError::NotPossible {
                why: "Bridgekeeper is being updated".to_owned(),
                next_step: Some("It starts again in a moment. Ask again then.".to_owned()),
            });
        }
        now.under_way.push(work);
        Ok(AtWork { works: Arc::clone(&self.works), work })
    }

    /// What is under way, the longest first.
    pub fn under_way(&self) -> Option<Work> {
        self.works.now().under_way.first().copied()
    }

    /// Waits until nothing is under way, and lets nothing begin from then on. `None` where [`Live::stop_waiting`] was
    /// called meanwhile, or where it is closed already.
    pub fn close_when_quiet(&self) -> Option<Closed> {
        let mut now = self.works.now();
        now.given_up = false;
        while !now.under_way.is_empty() && !now.given_up {
            now = self.works.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        if now.given_up || now.closed {
            return None;
        }
        now.closed = true;
        Some(Closed(Arc::clone(&self.works)))
    }

    /// Has whoever waits for a quiet moment wait no longer.
    pub fn stop_waiting(&self) {
        self.works.now().given_up = true;
        self.works.changed.notify_all();
    }
}

impl Works {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut now = self.works.now();
        if let Some(at) = now.under_way.iter().position(|work| *work == self.work) {
            now.under_way.remove(at);
        }
        drop(now);
        self.works.changed.notify_all();
    }
}

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.now().closed = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;

    use super::*;
    use crate::context::Context;
    use crate::engine::Engine;

    fn live(folder: &tempfile::TempDir) -> Live {
        Live::start(Engine::new(Context::new(Home::stand_in(folder.path(), Os::current()))))
    }

    #[test]
    fn a_quiet_moment_comes_when_the_last_work_is_over_and_lets_nothing_begin() {
        let folder = tempfile::tempdir().unwrap();
        let live = live(&folder);
        let sign_in = live.begin(Work::SignIn).unwrap();
        let write = live.begin(Work::Write).unwrap();
        let (quiet, is_quiet) = mpsc::channel();
        let waiting = live.clone();
        let thread = std::thread::spawn(move || {
            let closed = waiting.close_when_quiet();
            quiet.send(closed.is_some()).unwrap();
            closed
        });
        drop(write);
        assert_eq!(live.under_way(), Some(Work::SignIn));
        assert!(is_quiet.try_recv().is_err(), "it waits for the sign-in");
        drop(sign_in);
        assert!(is_quiet.recv().unwrap());
        let closed = thread.join().unwrap();
        let refused = live.begin(Work::Write).unwrap_err();
        assert!(refused.hint().is_some(), "{refused}");
        assert!(live.close_when_quiet().is_none(), "two do not replace one program");
        drop(closed);
        assert!(live.begin(Work::Write).is_ok());
    }

    #[test]
    fn whoever_waits_can_be_told_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let live = live(&folder);
        let _sign_in = live.begin(Work::SignIn).unwrap();
        let waiting = live.clone();
        let (begun, has_begun) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            begun.send(()).unwrap();
            waiting.close_when_quiet().is_none()
        });
        has_begun.recv().unwrap();
        while !thread.is_finished() {
            live.stop_waiting();
            std::thread::yield_now();
        }
        assert!(thread.join().unwrap());
        assert!(live.begin(Work::Write).is_ok(), "nothing is closed");
    }
}
