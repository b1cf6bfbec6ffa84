//! The end of a sign-in.

use std::sync::Arc;

use super::keep::blocking;
use super::{Progress, Session, State};
use crate::Error;
use crate::credentials::SignIn;
use crate::locks::Task;

impl Session {
    /// Takes the tokens back at the issuer, where it offers that, and forgets them in any case (RFC 7009). `true` if the
    /// issuer took them back.
    ///
    /// Waits for a process that renews them, so that the newest ones are taken back.
    pub async fn sign_out(&self) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        let account = self.account();
        let _held = match &self.locks {
            // Without a lock it is more likely that another process keeps its renewal for a moment longer.
            Some(locks) => match locks.take(Task::Renewal, &account).await {
                Ok(held) => Some(self.beside_mcp_remote(locks, held).await),
                Err(_) => None,
            },
            None => None,
        };
        self.read_once(&mut state).await;
        self.adopt_newer(&mut state).await;
        let revoked = match &state.sign_in {
            Some(sign_in) => self.revoke(sign_in).await,
            None => Ok(false),
        };
        *state = State { is_read: true, ..State::default() };
        let store = Arc::clone(&self.store);
        blocking(move || store.remove(&account)).await?;
        self.progress.send_replace(Progress::Idle);
        revoked
    }

    pub(super) async fn revoke(&self, sign_in: &SignIn) -> Result<bool, Error> {
        let Some(tokens) = &sign_in.tokens else { return Ok(false) };
        let server = sign_in.token_server();
        let endpoint = self.token_endpoint(&server, &sign_in.client, None);
        // The one that lives longer first: many issuers take the other one back with it.
        if let Some(refresh_token) = &tokens.refresh_token {
            endpoint.revoke(refresh_token, "refresh_token").await?;
        }
        endpoint.revoke(&tokens.access_token, "access_token").await
    }
}
