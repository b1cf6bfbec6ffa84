//! Every sign-in with every server that has none: what the keyring holds and what the configs name, side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bridgekeeper_model::ServerName;
use bridgekeeper_oauth::{Account, Credentials as _, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::import::{self, Importable};
use super::kept::Reader;
use super::server::{Remote, RemoteEntry, address, remote_entries};
use super::shown::{KeyringView, MayImport, SignInState, SignInView, SignInsView};
use super::{NoBrowser, session, store};
use crate::context::Context;

/// Where the keyring is shut, what is known without it still stands there. `wanted` gives the servers that ask for a
/// sign-in, and is called where that is not known otherwise.
pub(super) fn list(context: &Context, wanted: impl FnOnce() -> BTreeSet<ServerName>) -> SignInsView {
    let reader = Reader::new(context);
    let entries = Entries::read(context);
    let mut problem = reader.store().ready().err();
    let mut accounts = reader.store().list().unwrap_or_default();
    accounts.sort();
    let mut sign_ins: Vec<SignInView> = Vec::new();
    for account in &accounts {
        let names = entries.names(account);
        let read = match &problem {
            // It would ask for its password again.
            Some(problem) => Err(problem.clone()),
            None => reader.read(account, names.clone()),
        };
        match read {
            Ok(kept) => sign_ins.extend(kept),
            Err(error) => {
                sign_ins.push(reader.unreadable(account, names, &error));
                problem.get_or_insert(error);
            }
        }
    }
    sign_ins.extend(entries.without_any(&sign_ins, wanted));
    let importable = if problem.is_none() { import::find(context, None).ok() } else { None };
    for sign_in in &mut sign_ins {
        let of_sign_in =
            |item: &&Importable| item.server == sign_in.server && item.account == sign_in.account;
        let import = importable.iter().flat_map(|import| &import.items).find(of_sign_in);
        sign_in.import = import.map(|item| may_import(item, (context.now)()));
        sign_in.not_moved = entries.not_moved(sign_in);
        sign_in.link = reader.link(&sign_in.server).filter(|_| sign_in.may_sign_in());
        sign_in.state = state(sign_in);
    }
    SignInsView { keyring: KeyringView::of(problem.as_ref().filter(|error| is_shut(error))), sign_ins }
}

/// What stands beside it may say more than the keyring.
fn state(sign_in: &SignInView) -> SignInState {
    let is_out = matches!(sign_in.state, SignInState::Never | SignInState::Wanted);
    let may_import = sign_in.import.as_ref().is_some_and(|import| import.why_not.is_none());
    if sign_in.link.is_some() && (is_out || sign_in.state.needs_sign_in()) {
        SignInState::Pending
    } else if is_out && may_import {
        SignInState::Importable
    } else {
        sign_in.state
    }
}

/// A damaged value is a matter of its own; the keyring works.
const fn is_shut(error: &StoreError) -> bool {
    !matches!(error, StoreError::Damaged)
}

fn may_import(item: &Importable, now: Timestamp) -> MayImport {
    let age = item.age_s.and_then(|age| i64::try_from(age).ok());
    MayImport {
        written_at: age.and_then(|age| now.checked_sub(SignedDuration::from_secs(age)).ok()),
        renewable: item.renewable,
        why_not: item.why_not.clone(),
    }
}

/// The remote entries of every config.
struct Entries {
    /// Those that somebody signs in for.
    accounts: BTreeMap<Account, Vec<ServerName>>,
    /// The others, each with what keeps people from it.
    others: Vec<SignInView>,
    start_mcp_remote: BTreeSet<ServerName>,
}

impl Entries {
    fn read(context: &Context) -> Self {
        let store = store(context);
        let mut entries =
            Self { accounts: BTreeMap::new(), others: vec![], start_mcp_remote: BTreeSet::new() };
        for entry in remote_entries(&context.home) {
            if entry.starts_mcp_remote {
                entries.start_mcp_remote.insert(entry.name.clone());
            }
            let names = vec![entry.name.clone()];
            let remote = match Remote::of(&context.home, &entry, &[], names) {
                Ok(remote) => remote,
                Err(error) => {
                    entries.add_other(&entry, SignInState::NotUsable, Some(error.to_string()));
                    continue;
                }
            };
            match session(context, &remote, Arc::new(NoBrowser), Arc::clone(&store)) {
                Ok(session) => {
                    let names = entries.accounts.entry(session.account()).or_default();
                    if !names.contains(&entry.name) {
                        names.push(entry.name);
                    }
                }
                Err(_) if entry.args.iter().any(|word| word == "--no-auth") => {
                    entries.add_other(&entry, SignInState::Off, None);
                }
                Err(_) => entries.add_other(&entry, SignInState::OwnToken, None),
            }
        }
        entries
    }

    fn add_other(&mut self, entry: &RemoteEntry, state: SignInState, problem: Option<String>) {
        let server = entry.url().map(|url| address(&url)).unwrap_or_default();
        let same = |other: &&mut SignInView| other.server == server && other.state == state;
        match self.others.iter_mut().find(same) {
            Some(other) if other.names.contains(&entry.name) => {}
            Some(other) => other.names.push(entry.name.clone()),
            None => {
                let account = Account { server, name: String::new() };
                let names = vec![entry.name.clone()];
                self.others.push(SignInView { problem, ..SignInView::of(&account, names, state) });
            }
        }
    }

    fn names(&self, account: &Account) -> Vec<ServerName> {
        self.accounts.get(account).cloned().unwrap_or_default()
    }

    /// The accounts of which nothing is kept. One address is shown once for each account, whatever its entries say.
    fn without_any(
        &self,
        kept: &[SignInView],
        wanted: impl FnOnce() -> BTreeSet<ServerName>,
    ) -> Vec<SignInView> {
        let is_kept = |server: &str, account: &str| {
            kept.iter().any(|kept| kept.server == server && kept.account == account)
        };
        let missing: Vec<_> =
            self.accounts.iter().filter(|(account, _)| !is_kept(&account.server, &account.name)).collect();
        let wanted = if missing.is_empty() { BTreeSet::new() } else { wanted() };
        let mut views: Vec<SignInView> = Vec::new();
        for (account, names) in missing {
            let asks = names.iter().any(|name| wanted.contains(name));
            let state = if asks { SignInState::Wanted } else { SignInState::Never };
            views.push(SignInView::of(account, names.clone(), state));
        }
        for other in &self.others {
            let is_there = views.iter().any(|view| view.server == other.server && view.account.is_empty());
            if !is_there && !is_kept(&other.server, "") {
                views.push(other.clone());
            }
        }
        views
    }

    fn not_moved(&self, sign_in: &SignInView) -> Vec<ServerName> {
        sign_in.names.iter().filter(|name| self.start_mcp_remote.contains(name)).cloned().collect()
    }
}

impl SignInView {
    const fn may_sign_in(&self) -> bool {
        !matches!(self.state, SignInState::OwnToken | SignInState::Off | SignInState::NotUsable)
    }
}
