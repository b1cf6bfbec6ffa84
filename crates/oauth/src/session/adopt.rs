//! A sign-in that another program made, taken over.

use std::sync::Arc;

use bridgekeeper_net::header::HeaderMap;

use super::keep::blocking;
use super::place::{Known, Place};
use super::{Session, State, authorization_challenge};
use crate::client::ClientInformation;
use crate::discovery::{Challenge, IssuerMatch};
use crate::tokens::Tokens;
use crate::{Error, Progress};

impl Session {
    /// Keeps tokens that another program got for this server, with the client that it got them as. `issuer` is who
    /// gave them out, where that program noted it: what the server names now must be the same, or nothing is kept.
    /// `refused` is the head of the server's answer to a request without a token.
    ///
    /// The tokens are sent to nobody. Where the store takes nothing, that is the error: tokens of which another
    /// program knows are of no use in this process's memory alone.
    pub async fn adopt(
        &self,
        client: ClientInformation,
        tokens: Tokens,
        issuer: Option<&str>,
        refused: &HeaderMap,
    ) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let challenges = Challenge::all(refused);
        let challenge = authorization_challenge(&challenges);
        let place = Place::find(&self.client, &self.settings, challenge).await?;
        if let Some(noted) = issuer
            && place.server.matches(noted) == IssuerMatch::Different
        {
            let found = place.server.issuer.clone();
            return Err(Error::ForeignIssuer { asked: noted.to_owned(), found });
        }
        if place.known == Known::Assumed && issuer.is_none() {
            // Nobody says who gave them out, so that nobody may be shown them.
            return Err(Error::NoAuthorizationServer {
                server: bridgekeeper_net::origin(&self.settings.server),
            });
        }
        let sign_in = place.sign_in(client, tokens, self.surroundings.now());
        let (store, account, kept) = (Arc::clone(&self.store), self.account(), sign_in.to_kept());
        let text = kept.clone();
        blocking(move || store.write(&account, &text)).await?;
        *self.state.lock().await =
            State { is_read: true, in_store: Some(kept), sign_in: Some(sign_in), ..State::default() };
        self.progress.send_replace(Progress::SignedIn);
        Ok(())
    }
}
