//! The store, and the renewal of what is in it: one process at a time.

use std::sync::Arc;

use super::{Resource, Session, State};
use crate::Error;
use crate::credentials::{SignIn, StoreError};
use crate::discovery::AuthorizationServer;
use crate::dpop::ProofKey;
use crate::exchange::Exchange;
use crate::locks::{Held, Task};
use crate::token_endpoint::TokenEndpoint;

/// Who has what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Every process that reads the store.
    ForAll,
    /// This process.
    Here,
}

impl Session {
    /// Reads the store the first time.
    pub(super) async fn read_once(&self, state: &mut State) {
        if !state.is_read {
            state.is_read = true;
            if let Some(kept) = self.read().await {
                state.take(kept);
            }
        }
    }

    /// What the store holds for this server. What is for another resource than this session asks for is no use.
    pub(super) async fn read(&self) -> Option<SignIn> {
        let (store, account) = (Arc::clone(&self.store), self.account());
        let read = self.with_store(move || store.read(&account)).await?;
        let kept = read.and_then(|kept| SignIn::from_kept(&kept).ok())?;
        let fits = match &self.settings.resource {
            Resource::Given(given) => kept.resource.as_ref() == Some(given),
            Resource::Published | Resource::Omitted => true,
        };
        fits.then_some(kept)
    }

    /// Keeps it in the store; [`Kept::Here`] where that does not work.
    pub(super) async fn write(&self, sign_in: &SignIn) -> Kept {
        let (store, account, kept) = (Arc::clone(&self.store), self.account(), sign_in.to_kept());
        let written = self.with_store(move || store.write(&account, &kept)).await;
        if written.is_some() { Kept::ForAll } else { Kept::Here }
    }

    /// A store that does not work is told once; tokens are then kept in this process alone.
    async fn with_store<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let outcome = tokio::task::spawn_blocking(act).await;
        match outcome.unwrap_or_else(|_| Err(StoreError::Other("it stopped in the middle".into()))) {
            Ok(value) => {
                self.store_problem.send_if_modified(|problem| problem.take().is_some());
                Some(value)
            }
            Err(error) => {
                self.store_problem.send_replace(Some(error));
                None
            }
        }
    }

    /// Renews the tokens, unless another process has done so.
    pub(super) async fn renew(&self, state: &mut State) -> Result<(), Error> {
        let Some(_held) = self.turn_to_renew(state).await? else { return Ok(()) };
        let Some(sign_in) = state.sign_in.clone() else { return Ok(()) };
        let Some(tokens) = &sign_in.tokens else { return Ok(()) };
        let server = sign_in.token_server();
        let endpoint = TokenEndpoint {
            exchange: self.exchange(),
            surroundings: &self.surroundings,
            server: &server,
            client: &sign_in.client,
            key: self.settings.client.key.as_ref(),
            proof_key: state.proof_key.as_deref(),
        };
        match endpoint.refresh(tokens, sign_in.resource.as_deref()).await {
            Ok(tokens) => {
                let refreshed_at = Some(self.surroundings.now());
                let sign_in = SignIn { tokens: Some(tokens), refreshed_at, ..sign_in };
                self.write(&sign_in).await;
                state.sign_in = Some(sign_in);
                Ok(())
            }
            Err(error) => {
                self.forget_what_was_refused(state, &error).await;
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
            let held = locks.take_if_free(Task::Renewal, &account)?;
            if held.is_some() {
                locks.until_lease_is_free(|| self.surroundings.now()).await;
            } else {
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

    /// Takes over what another process has put into the store since. `true` if there was something new that can be used.
    pub(super) async fn adopt_newer(&self, state: &mut State) -> bool {
        let Some(kept) = self.read().await else { return false };
        let Some(tokens) = &kept.tokens else { return false };
        let is_new = state.tokens().is_none_or(|had| had.access_token != tokens.access_token);
        let usable = !tokens.has_expired(self.surroundings.now());
        if is_new {
            state.take(kept);
        }
        is_new && usable
    }

    /// A token that the issuer no longer takes is not tried again.
    async fn forget_what_was_refused(&self, state: &mut State, error: &Error) {
        state.forget_client(error);
        if error.code() == Some("invalid_grant")
            && let Some(sign_in) = &mut state.sign_in
            && let Some(tokens) = &mut sign_in.tokens
        {
            tokens.refresh_token = None;
            let kept = sign_in.clone();
            self.write(&kept).await;
        }
    }

    pub(super) fn exchange(&self) -> Exchange<'_> {
        Exchange { client: &self.client, server: &self.settings.server, limits: self.settings.limits }
    }

    /// Takes the tokens back at the issuer, where it offers that, and forgets them in any case (RFC 7009). `true` if the
    /// issuer took them back.
    pub async fn sign_out(&self) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        self.read_once(&mut state).await;
        let revoked = match &state.sign_in {
            Some(sign_in) => self.revoke(sign_in).await,
            None => Ok(false),
        };
        *state = State { is_read: true, ..State::default() };
        let (store, account) = (Arc::clone(&self.store), self.account());
        tokio::task::spawn_blocking(move || store.remove(&account))
            .await
            .unwrap_or_else(|_| Err(StoreError::Other("it stopped in the middle".into())))?;
        self.progress.send_replace(super::Progress::Idle);
        revoked
    }

    async fn revoke(&self, sign_in: &SignIn) -> Result<bool, Error> {
        let Some(tokens) = &sign_in.tokens else { return Ok(false) };
        let server = sign_in.token_server();
        let endpoint = TokenEndpoint {
            exchange: self.exchange(),
            surroundings: &self.surroundings,
            server: &server,
            client: &sign_in.client,
            key: self.settings.client.key.as_ref(),
            proof_key: None,
        };
        // The one that lives longer first: many issuers take the other one back with it.
        if let Some(refresh_token) = &tokens.refresh_token {
            endpoint.revoke(refresh_token, "refresh_token").await?;
        }
        endpoint.revoke(&tokens.access_token, "access_token").await
    }
}

impl State {
    fn take(&mut self, sign_in: SignIn) {
        self.proof_key = sign_in.proof_key.as_ref().and_then(|kept| ProofKey::read(kept).ok()).map(Arc::new);
        self.sign_in = Some(sign_in);
    }
}

impl SignIn {
    /// The issuer as far as it is known without asking it again.
    fn token_server(&self) -> AuthorizationServer {
        AuthorizationServer {
            issuer: self.issuer.clone(),
            token_endpoint: self.token_endpoint.clone(),
            revocation_endpoint: self.revocation_endpoint.clone(),
            token_endpoint_auth_methods_supported: self.auth_methods.clone(),
            ..AuthorizationServer::default()
        }
    }
}
