//! mcp-remote's own lock on a renewal: a file `{hash}_refresh_in_progress.json` that names its holder and is good for
//! 30 seconds. Whoever renews tokens that mcp-remote renews, too, holds it meanwhile.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Surroundings;

/// How long a lease is good for, in milliseconds.
const LIFE: i64 = 30_000;
/// How often a lease is looked at, as mcp-remote does.
const LOOK: Duration = Duration::from_millis(200);

/// The lease, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    file: PathBuf,
    nonce: String,
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    nonce: String,
    /// Milliseconds since 1970.
    at: i64,
}

impl Lease {
    /// Takes it as soon as nobody holds it. `None` where the file cannot be made: mcp-remote, too, renews without it then.
    pub(crate) async fn take(file: PathBuf, surroundings: &Surroundings) -> Option<Self> {
        let nonce = surroundings.unguessable().ok()?;
        loop {
            until_free(&file, || surroundings.now()).await;
            let at = surroundings.now().as_millisecond();
            match write(&file, &Holder { pid: std::process::id(), nonce: nonce.clone(), at }) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // It has ended, or somebody was faster and is waited for.
                    if !is_live(&file, surroundings.now())
                        && fs::remove_file(&file).is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
                    {
                        return None;
                    }
                    continue;
                }
                Err(_) => return None,
            }
            // Who took ours for the ended one that was there before has removed it.
            if read(&file).is_some_and(|holder| holder.nonce == nonce) {
                return Some(Self { file, nonce });
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if read(&self.file).is_some_and(|holder| holder.nonce == self.nonce) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// Waits while somebody holds it.
pub(crate) async fn until_free(file: &Path, now: impl Fn() -> Timestamp) {
    while is_live(file, now()) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Puts it there whole, if nothing is there: half a lease would be taken for an ended one.
fn write(file: &Path, holder: &Holder) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut new = tempfile::Builder::new().prefix(".lease-").tempfile_in(folder)?;
    new.write_all(&serde_json::to_vec_pretty(holder)?)?;
    new.persist_noclobber(file)?;
    Ok(())
}

fn read(file: &Path) -> Option<Holder> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

fn is_live(file: &Path, now: Timestamp) -> bool {
    read(file).is_some_and(|holder| (0..LIFE).contains(&(now.as_millisecond().saturating_sub(holder.at))))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::SystemBrowser;

    fn put(file: &Path, text: &str) {
        fs::File::create(file).unwrap().write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn a_lease_ends_by_itself_and_nonsense_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lease.json");
        let at = |millisecond| Timestamp::from_millisecond(millisecond).unwrap();
        assert!(!is_live(&file, at(0)));
        for (text, now, live) in [
            (r#"{"pid":1,"nonce":"x","at":1000}"#, 1_000, true),
            (r#"{"pid":1,"nonce":"x","at":1000}"#, 30_999, true),
            (r#"{"pid":1,"nonce":"x","at":1000}"#, 31_000, false),
            (r#"{"pid":1,"nonce":"x","at":999999999}"#, 1_000, false),
            ("{", 1_000, false),
        ] {
            put(&file, text);
            assert_eq!(is_live(&file, at(now)), live, "{text} {now}");
        }
    }

    #[tokio::test]
    async fn one_holds_it_at_a_time_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x_refresh_in_progress.json");
        let surroundings = Surroundings::of_this_machine(Arc::new(SystemBrowser));
        // What a killed one left half written is no obstacle.
        for left in ["", "{", r#"{"pid":1,"nonce":"x","at":1000}"#] {
            put(&file, left);
            let lease = Lease::take(file.clone(), &surroundings).await.unwrap();
            assert!(is_live(&file, Timestamp::now()));
            let second = Lease::take(file.clone(), &surroundings);
            assert!(tokio::time::timeout(Duration::from_millis(300), second).await.is_err());
            drop(lease);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        // What can be neither taken nor removed keeps nobody waiting.
        fs::create_dir(&file).unwrap();
        assert!(Lease::take(file, &surroundings).await.is_none());
        let nowhere = folder.path().join("missing").join("lease.json");
        assert!(Lease::take(nowhere, &surroundings).await.is_none());
    }

    #[tokio::test]
    async fn what_another_took_meanwhile_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lease.json");
        let surroundings = Surroundings::of_this_machine(Arc::new(SystemBrowser));
        let lease = Lease::take(file.clone(), &surroundings).await.unwrap();
        put(&file, r#"{"pid":1,"nonce":"another's","at":1000}"#);
        drop(lease);
        assert!(file.exists());
    }
}
