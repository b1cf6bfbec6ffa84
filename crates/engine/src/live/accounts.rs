//! Sign-ins and named secrets as a window acts on them: by server and account, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bridgekeeper_model::{Health, Secret, SecretName, chain};
use bridgekeeper_oauth::Browser;
use serde::Serialize;

use super::telling::Told as _;
use super::{ActError, Live, Work};
use crate::accounts::{
    AccountError, Import, OldFiles, Revocation, SignInCall, SignInLink, SignInState, SignInStep, SignInView,
    SignInsView, SignedIn, Stop, Way,
};
use crate::named_secrets::NamedSecret;

/// How long a page stays open for somebody to sign in.
const LIMIT: Duration = Duration::from_mins(10);

/// How far a sign-in is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInProgress {
    /// What is done now.
    pub phase: SignInPhase,
    /// Where the person has to act.
    pub link: Option<SignInLink>,
    /// Whether a browser was opened with it.
    pub in_browser: bool,
}

/// What is done for a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum SignInPhase {
    /// The server is asked where to sign in.
    Asking,
    /// It is being prepared: looking up, registering.
    Preparing,
    /// A bridge does it.
    Elsewhere,
    /// The person has to act.
    Invited,
}

/// What signing out ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignOutPreview {
    /// What is kept.
    pub sign_in: SignInView,
    /// Where the server takes the tokens back; `None` where it does not, so that a copy stays good until it ends.
    pub revoked_at: Option<String>,
}

/// What signing out did. The keyring holds nothing of it any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignOutDone {
    /// Whether the server took the tokens back.
    pub revocation: Revocation,
    /// Why it did not, where it should have.
    pub why: Option<String>,
}

/// What an import takes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportPreview {
    /// mcp-remote's files, in every generation's place.
    pub files: Vec<String>,
    /// Other programs that use the same files.
    pub shared_with: Vec<String>,
    /// The entries that start mcp-remote as yet.
    pub not_moved: Vec<String>,
    /// Why it cannot be taken over; `None` where it can.
    pub why_not: Option<String>,
    /// Whether Claude runs now, so that the files are in use; `None` where that was not looked at.
    pub claude_running: Option<bool>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ImportDoneView {
    /// The change that puts mcp-remote's files back; `None` where they stay.
    pub undo: Option<String>,
    /// Files that should have been set aside and were not.
    pub left: Vec<String>,
    /// Why the files in quarantine are not encrypted; `None` where they are, or where there are none.
    pub kept_plain: Option<String>,
}

/// The sign-ins that this program is making.
#[derive(Debug, Default)]
pub(super) struct UnderWay(Mutex<BTreeMap<(String, String), Page>>);

#[derive(Debug, Default)]
struct Page {
    stop: Stop,
    link: Option<SignInLink>,
}

impl Live {
    /// Every sign-in, and every server that has none. May wait for the keyring.
    pub fn sign_ins(&self) -> SignInsView {
        let snapshot = self.snapshot();
        let mut shown = self.shared.engine.sign_ins_where(|| {
            let asks = snapshot.servers.iter().filter(|server| server.state == Health::NeedsSignIn);
            asks.map(|server| server.name.as_str().into()).collect()
        });
        self.under_way.with(|pages| {
            for sign_in in &mut shown.sign_ins {
                if let Some(page) = pages.get(&key(&sign_in.server, &sign_in.account)) {
                    sign_in.state = SignInState::Pending;
                    sign_in.link.clone_from(&page.link);
                }
            }
        });
        shown.told(&self.language())
    }

    /// Has somebody sign in. Comes back when that is done, or was broken off. `None` where the server wants none.
    pub fn sign_in(
        &self,
        server: &str,
        account: &str,
        browser: Arc<dyn Browser>,
        mut tell: impl FnMut(SignInProgress),
    ) -> Result<Option<SignInView>, ActError> {
        let _sign_in = self.begin(Work::SignIn)?;
        let stop = Stop::default();
        let call = SignInCall {
            server: server.to_owned(),
            account: Some(account.to_owned()),
            way: Way::Browser(browser),
            limit: LIMIT,
            stop: stop.clone(),
        };
        let key = key(server, account);
        let is_new = self.under_way.with(|pages| {
            let is_new = !pages.contains_key(&key);
            pages.entry(key.clone()).or_insert(Page { stop, link: None });
            is_new
        });
        if !is_new {
            return Err(ActError::not_possible("somebody signs in there already"));
        }
        let signed_in = self.shared.engine.sign_in(&call, &mut |step| {
            let progress = SignInProgress::of(step);
            self.under_way.with(|pages| {
                if let Some(page) = pages.get_mut(&key) {
                    page.link.clone_from(&progress.link);
                }
            });
            tell(progress);
        });
        self.under_way.with(|pages| pages.remove(&key));
        match signed_in? {
            SignedIn::Kept(kept) => Ok(Some(kept.told(&self.language()))),
            SignedIn::NotNeeded { .. } => Ok(None),
        }
    }

    /// Breaks a sign-in off that this program makes.
    pub fn cancel_sign_in(&self, server: &str, account: &str) {
        self.under_way.with(|pages| {
            if let Some(page) = pages.get(&key(server, account)) {
                page.stop.stop();
            }
        });
    }

    /// What signing out ends. Ends nothing.
    pub fn preview_sign_out(&self, server: &str, account: &str) -> Result<SignOutPreview, ActError> {
        let plan = self.shared.engine.find_sign_out(server, Some(account))?;
        Ok(SignOutPreview { sign_in: plan.sign_in, revoked_at: plan.revoked_at })
    }

    /// Ends a sign-in. That cannot be taken back.
    pub fn sign_out(&self, server: &str, account: &str) -> Result<SignOutDone, ActError> {
        let _sign_out = self.begin(Work::SignIn)?;
        let plan = self.shared.engine.find_sign_out(server, Some(account))?;
        let out = self.shared.engine.sign_out(&plan)?;
        Ok(SignOutDone { revocation: out.revocation, why: out.why }.told(&self.language()))
    }

    /// What mcp-remote keeps for an account. Changes nothing.
    pub fn preview_import(&self, server: &str, account: &str) -> Result<ImportPreview, ActError> {
        let engine = &self.shared.engine;
        let home = &engine.context().home;
        let import = self.find_import(server, account)?;
        let item = &import.items[0];
        let preview = ImportPreview {
            files: item.files.iter().map(|file| home.shorten(file)).collect(),
            shared_with: item.shared_with.iter().map(ToString::to_string).collect(),
            not_moved: item.not_moved.iter().map(ToString::to_string).collect(),
            why_not: item.why_not.clone(),
            claude_running: engine.claude_runs(),
        };
        Ok(preview.told(&self.language()))
    }

    /// Takes over what mcp-remote keeps for an account.
    pub fn import(
        &self,
        server: &str,
        account: &str,
        old_files: OldFiles,
    ) -> Result<ImportDoneView, ActError> {
        let _write = self.begin(Work::Write)?;
        let engine = &self.shared.engine;
        let import = self.find_import(server, account)?;
        if let Some(why) = &import.items[0].why_not {
            return Err(ActError::not_possible(why.clone()));
        }
        let done = engine.import(&import, old_files)?;
        if let Some(why) = done.items.iter().find_map(|item| item.failed.clone()) {
            return Err(ActError::not_possible(why));
        }
        self.look();
        let home = &engine.context().home;
        let left = done.items.iter().flat_map(|item| &item.left);
        let done = ImportDoneView {
            undo: done.entry.as_ref().map(|entry| entry.id.to_string()),
            left: left.map(|file| home.shorten(file)).collect(),
            kept_plain: done.kept_plain.clone(),
        };
        Ok(done.told(&self.language()))
    }

    /// The one item; an import of several asks for each.
    fn find_import(&self, server: &str, account: &str) -> Result<Import, ActError> {
        let mut import = self.shared.engine.find_import(None)?;
        import.items.retain(|item| item.server == server && item.account == account);
        if import.items.is_empty() {
            return Err(ActError::not_possible("mcp-remote keeps nothing for this server"));
        }
        Ok(import)
    }

    /// Every named secret, without its value.
    pub fn secrets(&self) -> Vec<NamedSecret> {
        self.shared.engine.secrets()
    }

    /// Keeps a secret, in the place of what was there under its name.
    pub fn set_secret(&self, name: &str, value: &Secret) -> Result<(), ActError> {
        if value.expose().is_empty() {
            return Err(ActError::not_possible("the value is empty"));
        }
        let _write = self.begin(Work::Write)?;
        Ok(self.shared.engine.set_secret(&named(name)?, value)?)
    }

    /// Removes a secret. That cannot be taken back.
    pub fn remove_secret(&self, name: &str) -> Result<(), ActError> {
        let _write = self.begin(Work::Write)?;
        Ok(self.shared.engine.remove_secret(&named(name)?)?)
    }

    /// The value of a secret, for somebody who asked to see it.
    pub fn reveal_secret(&self, name: &str) -> Result<Secret, ActError> {
        let name = named(name)?;
        let value = self.shared.engine.reveal_secret(&name)?;
        value.ok_or_else(|| ActError::not_possible(format!("the keyring has no secret `{name}`")))
    }
}

fn key(server: &str, account: &str) -> (String, String) {
    (server.to_owned(), account.to_owned())
}

fn named(name: &str) -> Result<SecretName, ActError> {
    name.parse()
        .map_err(|error: bridgekeeper_model::NotASecretName| ActError::not_possible(error.to_string()))
}

impl UnderWay {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<(String, String), Page>) -> T) -> T {
        // A map is whole even where a thread that held it has panicked.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SignInProgress {
    fn of(step: SignInStep<'_>) -> Self {
        let at = |phase| Self { phase, link: None, in_browser: false };
        match step {
            SignInStep::Asking(_) => at(SignInPhase::Asking),
            SignInStep::Preparing => at(SignInPhase::Preparing),
            SignInStep::Elsewhere => at(SignInPhase::Elsewhere),
            SignInStep::Invited { url, code, in_browser } => Self {
                link: Some(SignInLink { url: url.to_owned(), code: code.map(str::to_owned) }),
                in_browser,
                ..at(SignInPhase::Invited)
            },
        }
    }
}

impl From<AccountError> for ActError {
    fn from(error: AccountError) -> Self {
        if let AccountError::Engine(error) = error {
            return error.into();
        }
        let next_step = error.next_step().map(str::to_owned);
        Self::NotPossible { why: chain(&error), next_step }
    }
}

#[cfg(test)]
mod tests;
