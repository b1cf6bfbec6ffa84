//! Sign-ins, one for each server and account: made, shown, ended, taken over from mcp-remote.
//!
//! The wall is here so that console and window sign in exactly as a bridge does. An entry's command line is read by
//! the bridge's own code, and what comes of it is kept where every bridge of this home looks.
//!
//! Deliberately absent: OAuth itself (`oauth`), the place of the sign-ins (`bridge`, `vault`), moving files aside
//! (`change`).

mod error;
mod import;
mod kept;
mod list;
mod server;
mod shown;
mod sign_in;
mod sign_out;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use bridgekeeper_bridge::InKeyring;
use bridgekeeper_model::{Health, ServerName, ServerStatus};
use bridgekeeper_net::{Client, Url};
use bridgekeeper_oauth::{Browser, Credentials, Session, Surroundings};

pub use bridgekeeper_oauth::SystemBrowser;
pub use error::AccountError;
pub use import::{Import, ImportDone, Importable, Imported, OldFiles};
pub(crate) use kept::names;
pub(crate) use server::{Remote, RemoteEntry};
pub use shown::{KeyringView, LastFailure, MayImport, SignInLink, SignInState, SignInView, SignInsView};
pub use sign_in::{SignInCall, SignInStep, SignedIn, Stop, Way};
pub use sign_out::{Revocation, SignOut, SignedOut};

use crate::context::Context;
use crate::engine::Engine;

impl Engine {
    /// Has somebody sign in, whatever is kept already, and keeps it where every bridge of this home looks. `observe` is
    /// told how far it is.
    pub fn sign_in(
        &self,
        call: &SignInCall,
        observe: &mut dyn FnMut(SignInStep<'_>),
    ) -> Result<SignedIn, AccountError> {
        sign_in::sign_in(&self.context, call, observe)
    }

    /// Has somebody sign in for this call alone, and gives the header with the token; `None` where the server wants
    /// none. Nothing is kept here; a client that had to register stays known to the issuer.
    pub fn sign_in_for_now(
        &self,
        call: &SignInCall,
        observe: &mut dyn FnMut(SignInStep<'_>),
    ) -> Result<Option<(String, String)>, AccountError> {
        sign_in::for_now(&self.context, call, observe)
    }

    /// What mcp-remote keeps and can be taken over, of one entry or of all. Changes nothing and asks no server.
    pub fn find_import(&self, server: Option<&str>) -> Result<Import, AccountError> {
        import::find(&self.context, server)
    }

    /// Takes over what was found. Two users of one sign-in log each other out, so mcp-remote's own files are set aside,
    /// or kept in step from now on.
    pub fn import(&self, import: &Import, old_files: OldFiles) -> Result<ImportDone, AccountError> {
        if old_files == OldFiles::Retire && import.is_in_use() && self.claude_runs() == Some(true) {
            return Err(AccountError::ClaudeRuns);
        }
        import::take_over(&self.context, &self.ledger, import, old_files)
    }

    /// Every sign-in that is kept, and every server of the configs that has none. Asks the keyring, and no server.
    pub fn sign_ins(&self) -> SignInsView {
        self.sign_ins_where(|| {
            let asks = |server: &ServerStatus| server.state == Health::NeedsSignIn;
            self.servers().into_iter().filter(asks).map(|server| server.name).collect()
        })
    }

    /// The same, where it is known already which servers ask for a sign-in.
    pub(crate) fn sign_ins_where(&self, wanted: impl FnOnce() -> BTreeSet<ServerName>) -> SignInsView {
        list::list(&self.context, wanted)
    }

    /// What signing out would end: of an entry by its name, or of an address. Asks no server.
    pub fn find_sign_out(&self, server: &str, account: Option<&str>) -> Result<SignOut, AccountError> {
        sign_out::find(&self.context, server, account)
    }

    /// Ends a sign-in. That cannot be taken back.
    pub fn sign_out(&self, plan: &SignOut) -> Result<SignedOut, AccountError> {
        sign_out::sign_out(&self.context, plan)
    }
}

/// The folder that lists the accounts, in Bridgekeeper's own.
pub(crate) const LIST: &str = InKeyring::LIST;

/// Shows nobody anything: the address is told instead.
pub(crate) struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &Url) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Where every bridge of this home looks.
pub(crate) fn store(context: &Context) -> Arc<dyn Credentials> {
    Arc::new(in_keyring(context))
}

fn in_keyring(context: &Context) -> InKeyring {
    InKeyring::of_keyring(context.keyring.clone(), context.home.root())
}

/// The account of a server, with the store and the locks of the bridges.
pub(crate) fn session(
    context: &Context,
    remote: &Remote,
    browser: Arc<dyn Browser>,
    store: Arc<dyn Credentials>,
) -> Result<Session, AccountError> {
    let mut surroundings = Surroundings::of_this_machine(browser);
    surroundings.now = Arc::clone(&context.now);
    let client = Client::new(remote.options.net.clone());
    remote
        .options
        .session(client, surroundings, store)
        .ok_or_else(|| AccountError::NobodySignsIn(remote.name()))
}

/// Waits for what waits for sockets, on this thread.
pub(crate) fn wait_for<T>(work: impl Future<Output = Result<T, AccountError>>) -> Result<T, AccountError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AccountError::Runtime)?;
    let done = runtime.block_on(work);
    // A name that is still being looked up would be waited for otherwise.
    runtime.shutdown_background();
    done
}
