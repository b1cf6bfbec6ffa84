//! What the host, the log and the status are told about a sign-in.

use std::rc::Rc;

use bridgekeeper_oauth::{Opened, Progress};

use super::Bridge;
use super::connect::Connection;
use super::stand_in::StandIn;
use crate::failure::Failure;

impl Bridge {
    /// Tells how a sign-in goes on, for as long as the bridge lives.
    pub(crate) async fn watch_sign_in(self: &Rc<Self>) {
        let Some(sign_in) = self.upstream.sign_in_to_come().await else { return };
        let mut progress = sign_in.session().progress();
        let mut problem = sign_in.session().store_problem();
        loop {
            tokio::select! {
                changed = progress.changed() => if changed.is_err() { return },
                changed = problem.changed() => {
                    if changed.is_err() { return }
                    if let Some(problem) = &*problem.borrow_and_update() {
                        self.log.warning(format_args!(
                            "{problem}. The sign-in is kept in this process only and ends with it"
                        ));
                    }
                    continue;
                }
            }
            let now = progress.borrow_and_update().clone();
            self.tell_progress(&now);
            // A bridge that stands in for the server tells by itself when the server is there.
            let hears_it_anyway = self.host_discovers.get() || self.stand_in.get() == StandIn::Own;
            if matches!(now, Progress::SignedIn) && sign_in.was_told() && !hears_it_anyway {
                // The host was told to sign in where it asked for something else.
                self.host.send(br#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#.to_vec());
            }
        }
    }

    /// Somebody wants something of the server: where no browser opens by itself, it opens now.
    pub(crate) fn person_acts(&self) {
        if let Some(sign_in) = self.upstream.sign_in() {
            sign_in.session().person_acts();
        }
    }

    /// The host has gone: a sign-in is of no more use.
    pub(crate) fn end_sign_in(&self) {
        if let Some(sign_in) = self.upstream.sign_in() {
            sign_in.close();
        }
    }

    /// Waits while a person signs in without whom there is no connection.
    pub(super) async fn sign_in_ended(&self) {
        let waits = matches!(&*self.connection.borrow(), Connection::Failed(failure) if matches!(**failure, Failure::SignIn(_)));
        if let Some(sign_in) = self.upstream.sign_in().filter(|_| waits) {
            sign_in.ended().await;
        }
    }

    fn tell_progress(&self, progress: &Progress) {
        match progress {
            Progress::Idle | Progress::Beginning => {}
            Progress::Elsewhere => self.log.info("another bridge of this server waits for the sign-in"),
            Progress::Invited(invitation) => {
                self.status.needs_sign_in(&invitation.url);
                let code = invitation.code.as_ref().map(|code| format!(" with the code {code}"));
                let opened = match invitation.browser {
                    Opened::Yes => " (a browser was opened)",
                    Opened::No => "",
                };
                let code = code.unwrap_or_default();
                self.log.link(format_args!("sign in{code}{opened}:"), &invitation.url);
            }
            Progress::SignedIn => self.log.info("signed in"),
            Progress::Failed(error) => self.log.warning(format_args!("the sign-in came to nothing: {error}")),
        }
    }
}
