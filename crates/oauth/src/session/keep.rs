//! The store, and the renewal of what is in it: one process at a time.
//!
//! Whatever was read may be gone by now: a person signs out in another program, or another process signs in. So a
//! renewal is kept only where the store still holds what it began with; else the new tokens are taken back.

use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_model::{Secret, chain};

use super::{Resource, Session, State};
use crate::Error;
use crate::client::ClientInformation;
use crate::credentials::{FailedRenewal, SignIn, StoreError};
use crate::discovery::AuthorizationServer;
use crate::dpop::ProofKey;
use crate::exchange::Exchange;
use crate::lease::Lease;
use crate::locks::{Held, Locks, Task};
use crate::token_endpoint::TokenEndpoint;

/// Longest time to take back tokens that nobody will use.
const REVOCATION: Duration = Duration::from_secs(5);

/// Who has what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Every process that reads the store.
    ForAll,
    /// This process.
    Here,
}

/// What became of a change to what the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Made,
    /// The store holds something else than what was changed, or nothing any more. That holds here, too, now.
    Overtaken,
}

impl Session {
    /// Reads the store the first time.
    pub(super) async fn read_once(&self, state: &mut State) {
        if !state.is_read {
            state.is_read = true;
            if let Some(kept) = self.read().await {
                self.take(state, kept);
            }
        }
    }

    /// What the store holds; `None` where it does not work.
    async fn read(&self) -> Option<Option<Secret>> {
        let (store, account) = (Arc::clone(&self.store), self.account());
        self.with_store(move || store.read(&account)).await
    }

    /// Keeps it in the store, whatever that holds; [`Kept::Here`] where that does not work.
    pub(super) async fn write(&self, state: &mut State, sign_in: SignIn) -> Kept {
        let (store, account, kept) = (Arc::clone(&self.store), self.account(), sign_in.to_kept());
        let text = kept.clone();
        let written = self.with_store(move || store.write(&account, &text)).await;
        state.sign_in = Some(sign_in);
        if written.is_none() {
            return Kept::Here;
        }
        state.in_store = Some(kept);
        Kept::ForAll
    }

    /// Keeps it in the store if that still holds what it was made of. The caller holds the lock.
    async fn change(&self, state: &mut State, sign_in: SignIn) -> Change {
        if let Some(now) = self.read().await
            && now != state.in_store
        {
            self.take(state, now);
            return Change::Overtaken;
        }
        self.write(state, sign_in).await;
        Change::Made
    }

    /// Takes over what the store holds. What is for another resource than this session asks for is no use.
    fn take(&self, state: &mut State, kept: Option<Secret>) {
        let fits = |sign_in: &SignIn| match &self.settings.resource {
            Resource::Given(given) => sign_in.resource.as_ref() == Some(given),
            Resource::Published | Resource::Omitted => true,
        };
        state.sign_in = kept.as_ref().and_then(|kept| SignIn::from_kept(kept).ok()).filter(fits);
        state.in_store = kept;
        let key = state.sign_in.as_ref().and_then(|sign_in| sign_in.proof_key.as_ref());
        state.proof_key = key.and_then(|kept| ProofKey::read(kept).ok()).map(Arc::new);
    }

    /// A store that does not work is told once; tokens are then kept in this process alone.
    async fn with_store<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        match blocking(act).await {
            Ok(value) => {
                self.store_problem.send_if_modified(|problem| problem.take().is_some());
                Some(value)
            }
            Err(error) => {
                self.store_problem.send_if_modified(|problem| {
                    let is_new = problem.as_ref().is_none_or(|had| !had.is_like(&error));
                    *problem = Some(error);
                    is_new
                });
                None
            }
        }
    }

    /// Renews the tokens, unless another process has done so. Where somebody has signed out meanwhile there are none
    /// afterwards.
    pub(super) async fn renew(&self, state: &mut State) -> Result<(), Error> {
        let Some(_held) = self.turn_to_renew(state).await? else { return Ok(()) };
        let Some(sign_in) = state.sign_in.clone() else { return Ok(()) };
        let Some(tokens) = &sign_in.tokens else { return Ok(()) };
        let server = sign_in.token_server();
        let endpoint = self.token_endpoint(&server, &sign_in.client, state.proof_key.as_deref());
        match endpoint.refresh(tokens, sign_in.resource.as_deref()).await {
            Ok(tokens) => {
                let refreshed_at = Some(self.surroundings.now());
                let renewed = SignIn { tokens: Some(tokens), refreshed_at, ..sign_in.clone() };
                if self.change(state, renewed.clone()).await == Change::Overtaken {
                    self.give_up(state, &sign_in, &renewed).await;
                }
                Ok(())
            }
            Err(error) => {
                state.forget_client(&error);
                // A token that the issuer no longer takes is not tried again.
                if error.code() == Some("invalid_grant")
                    && self.change(state, sign_in.without_refresh_token()).await == Change::Overtaken
                    && state.tokens().is_some_and(|tokens| !tokens.has_expired(self.surroundings.now()))
                {
                    return Ok(());
                }
                self.note_failure(&error).await;
                Err(error)
            }
        }
    }

    /// Our turn to renew; `None` once another process has done so. Those who wait read the store side by side: it may be
    /// slow.
    async fn turn_to_renew(&self, state: &mut State) -> Result<Option<Held>, Error> {
        let account = self.account();
        let Some(locks) = &self.locks else { return Ok(Some(Held::alone())) };
        loop {
            let held = match locks.take_if_free(Task::Renewal, &account)? {
                Some(held) => Some(self.beside_mcp_remote(locks, held).await),
                None => None,
            };
            if held.is_none() {
                locks.until_free(Task::Renewal, &account).await?;
            }
            if self.adopt_newer(state).await {
                return Ok(None);
            }
            if held.is_some() {
                return Ok(held);
            }
        }
    }

    /// Keeps mcp-remote from renewing at the same time: where it uses the same tokens its own lock is held, too; else it
    /// may have one of the same server, which is waited for.
    pub(super) async fn beside_mcp_remote(&self, locks: &Locks, held: Held) -> Held {
        let (store, account) = (Arc::clone(&self.store), self.account());
        let lease = tokio::task::spawn_blocking(move || store.lease(&account)).await;
        if let Ok(Some(file)) = lease {
            return held.with_lease(Lease::take(file, &self.surroundings).await);
        }
        locks.until_lease_is_free(|| self.surroundings.now()).await;
        held
    }

    /// Takes back what was got for a sign-in that has ended meanwhile: no other process knows of it.
    async fn give_up(&self, state: &State, before: &SignIn, got: &SignIn) {
        let refresh_token = |sign_in: &SignIn| sign_in.tokens.as_ref()?.refresh_token.clone();
        // One that did not change is what a reset can bring back.
        let is_ours_alone = refresh_token(got) != refresh_token(before);
        // Many issuers take back all that a client has for one person, also what it has got since.
        let has_signed_in_again = state
            .sign_in
            .as_ref()
            .is_some_and(|now| now.issuer == got.issuer && now.client.client_id == got.client.client_id);
        if is_ours_alone && !has_signed_in_again {
            // An issuer that does not do it has been asked; the person has gone on by now.
            let _ = tokio::time::timeout(REVOCATION, self.revoke(got)).await;
        }
    }

    /// Takes over what another process has done to the store since. `true` if there is something new that can be used.
    pub(super) async fn adopt_newer(&self, state: &mut State) -> bool {
        let Some(now) = self.read().await else { return false };
        if now == state.in_store {
            return false;
        }
        let had = state.tokens().map(|tokens| tokens.access_token.clone());
        self.take(state, now);
        let usable = state.tokens().filter(|tokens| !tokens.has_expired(self.surroundings.now()));
        usable.is_some_and(|tokens| had.as_ref() != Some(&tokens.access_token))
    }

    /// So that whoever looks at the sign-ins later sees why this one was not renewed.
    async fn note_failure(&self, error: &Error) {
        let failure = FailedRenewal { at: self.surroundings.now(), why: chain(error) };
        let (store, account) = (Arc::clone(&self.store), self.account());
        // A note that cannot be written is told by the request that fails.
        let _ = tokio::task::spawn_blocking(move || store.note_failure(&account, &failure)).await;
    }

    pub(super) fn exchange(&self) -> Exchange<'_> {
        Exchange { client: &self.client, server: &self.settings.server, limits: self.settings.limits }
    }

    pub(super) fn token_endpoint<'a>(
        &'a self,
        server: &'a AuthorizationServer,
        client: &'a ClientInformation,
        proof_key: Option<&'a ProofKey>,
    ) -> TokenEndpoint<'a> {
        TokenEndpoint {
            exchange: self.exchange(),
            surroundings: &self.surroundings,
            server,
            client,
            key: self.settings.client.key.as_ref(),
            proof_key,
        }
    }
}

/// Asks the store on a thread of its own: it may wait for a person.
pub(super) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let outcome = tokio::task::spawn_blocking(act).await;
    outcome.unwrap_or_else(|_| Err(StoreError::Other("it stopped in the middle".into())))
}

impl StoreError {
    /// The same is wrong, whatever the system's words are.
    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl SignIn {
    /// The issuer as far as it is known without asking it again.
    pub(super) fn token_server(&self) -> AuthorizationServer {
        AuthorizationServer {
            issuer: self.issuer.clone(),
            token_endpoint: self.token_endpoint.clone(),
            revocation_endpoint: self.revocation_endpoint.clone(),
            token_endpoint_auth_methods_supported: self.auth_methods.clone(),
            ..AuthorizationServer::default()
        }
    }

    fn without_refresh_token(mut self) -> Self {
        if let Some(tokens) = &mut self.tokens {
            tokens.refresh_token = None;
        }
        self
    }
}
