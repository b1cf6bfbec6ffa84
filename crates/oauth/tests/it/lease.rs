//! mcp-remote uses the same tokens: of the two programs one renews at a time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Account, Credentials, FailedRenewal, InMemory, Locks, StoreError};
use bridgekeeper_testkit::oauth::{OAuthServer, Options, TokenEndpoint};
use serde_json::{Value, json};

use crate::world::{Goes, World, call};

/// A store whose tokens mcp-remote uses, too.
#[derive(Debug)]
struct Shared {
    store: Arc<InMemory>,
    lease: PathBuf,
}

impl Credentials for Shared {
    fn read(&self, account: &Account) -> Result<Option<Secret>, StoreError> {
        self.store.read(account)
    }

    fn write(&self, account: &Account, kept: &Secret) -> Result<(), StoreError> {
        // What is written back is there before the lease ends: mcp-remote reads in that order.
        let holder = std::fs::read(&self.lease).map_err(|error| StoreError::Other(error.to_string()))?;
        let holder: Value = serde_json::from_slice(&holder).unwrap();
        assert_eq!(holder["pid"], std::process::id());
        assert!(holder["nonce"].is_string() && holder["at"].is_i64(), "{holder}");
        self.store.write(account, kept)
    }

    fn remove(&self, account: &Account) -> Result<(), StoreError> {
        self.store.remove(account)
    }

    fn note_failure(&self, account: &Account, failure: &FailedRenewal) -> Result<(), StoreError> {
        self.store.note_failure(account, failure)
    }

    fn list(&self) -> Result<Vec<Account>, StoreError> {
        self.store.list()
    }

    fn lease(&self, _: &Account) -> Option<PathBuf> {
        Some(self.lease.clone())
    }
}

/// mcp-remote begins to renew.
fn mcp_remote_takes(lease: &Path) {
    let at = jiff::Timestamp::now().as_millisecond();
    let holder = json!({"pid": 1, "nonce": "of mcp-remote", "at": at});
    std::io::Write::write_all(&mut std::fs::File::create(lease).unwrap(), holder.to_string().as_bytes())
        .unwrap();
}

#[tokio::test]
async fn a_renewal_waits_for_mcp_remotes_and_keeps_it_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let lease = folder.path().join("0123_refresh_in_progress.json");
    let server = OAuthServer::start(Options::default()).unwrap();
    let mut world = World::new(Goes::ToTheEnd);
    world.locks = Some(Locks::in_folder(folder.path().join("locks")));
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    let store = Arc::new(Shared { store: Arc::clone(&world.store), lease: lease.clone() });
    let session = world.session_with(store, &server.url(), |_| {});

    mcp_remote_takes(&lease);
    server.forget_access_tokens();
    let url = server.url();
    {
        let mut renewing = std::pin::pin!(call(&session, &url, "x"));
        assert!(tokio::time::timeout(Duration::from_millis(600), &mut renewing).await.is_err());
        assert_eq!(server.counts().refreshes, 0, "mcp-remote renews");
        std::fs::remove_file(&lease).unwrap();
        renewing.await.unwrap();
    }
    assert_eq!((server.counts().refreshes, server.counts().reuses), (1, 0));
    assert!(!lease.exists(), "it is given back");

    // A renewal that fails gives it back, too.
    server.forget_access_tokens();
    server.change(|options| options.token_endpoint = TokenEndpoint::Unavailable);
    assert!(call(&session, &url, "x").await.is_err());
    assert!(!lease.exists());
}
