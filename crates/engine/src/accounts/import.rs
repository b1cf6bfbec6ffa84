//! Sign-ins of mcp-remote, taken over: the newest set of each server, registration and tokens together.
//!
//! Refresh tokens rotate: of two programs that use one sign-in, the slower one loses it, and some issuers then end it
//! for both. So what is taken over is set aside where mcp-remote looks, and `undo` puts the files back. Whoever goes on
//! using mcp-remote leaves them: then each takes over what the other renews.

use std::path::PathBuf;
use std::sync::Arc;

use bridgekeeper_bridge::StoredTokens;
use bridgekeeper_mcp_remote::{CommandLine, Generation, ServerHash, StoredFile};
use bridgekeeper_model::{Secret, ServerName, chain};
use bridgekeeper_oauth::{Account, ClientInformation, SignIn, TokenKind, Tokens};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::server::{Remote, RemoteEntry, remote_entries};
use super::sign_in::refusal;
use super::{AccountError, NoBrowser, in_keyring, session, store, wait_for};
use crate::change::{Aside, Entry, Kind, Ledger, Note};
use crate::context::Context;
use crate::reset::{self, Item, ItemKind, Owner};

/// A token or a registration is a few kilobytes at most.
const LIMIT: u64 = 256 * 1024;

/// What there is to take over.
#[derive(Debug, Serialize)]
pub struct Import {
    /// By server and account.
    pub items: Vec<Importable>,
}

/// The newest sign-in that mcp-remote keeps for a server.
#[derive(Debug, Serialize)]
pub struct Importable {
    /// The server's address, without query.
    pub server: String,
    /// The account's name; empty for the only one.
    pub account: String,
    /// The entries that will use it.
    pub names: Vec<ServerName>,
    /// The tokens' file.
    pub path: PathBuf,
    /// Seconds since it was last written.
    pub age_s: Option<u64>,
    /// Every file that is set aside with it, in every generation's place.
    pub files: Vec<PathBuf>,
    /// Whether the tokens can be renewed.
    pub renewable: bool,
    /// Other programs that use the same files, and have to sign in again.
    pub shared_with: Vec<Owner>,
    /// The entries that start mcp-remote as yet, which will have to sign in again.
    pub not_moved: Vec<ServerName>,
    /// Why it cannot be taken over; `None` where it can.
    pub why_not: Option<String>,
    #[serde(skip)]
    found: Option<Found>,
}

/// What becomes of mcp-remote's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum OldFiles {
    /// They go into quarantine: mcp-remote has to sign in anew.
    Retire,
    /// They stay, and both programs use what one of them renews.
    Share,
}

/// What is taken over.
#[derive(Debug)]
struct Found {
    remote: Remote,
    client: ClientInformation,
    tokens: Tokens,
    issuer: Option<String>,
    asides: Vec<Aside>,
}

/// What came of an import.
#[derive(Debug)]
pub struct ImportDone {
    /// Of every item that could be taken over, in order.
    pub items: Vec<Imported>,
    /// The change that puts mcp-remote's files back; `None` where none was set aside.
    pub entry: Option<Entry>,
    /// Why the files in quarantine are not encrypted; `None` where they are, or where there are none.
    pub kept_plain: Option<String>,
}

/// What came of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The server's address, without query.
    pub server: String,
    /// The account's name.
    pub account: String,
    /// Why it was not taken over; `None` where it was.
    pub failed: Option<String>,
    /// Files that should have been set aside and were not: mcp-remote could use them still.
    pub left: Vec<PathBuf>,
}

pub(super) fn find(context: &Context, server: Option<&str>) -> Result<Import, AccountError> {
    let entries = remote_entries(&context.home);
    if let Some(server) = server
        && !entries.iter().any(|entry| entry.name.as_str() == server)
    {
        return Err(Remote::find(&context.home, server, &[])
            .err()
            .unwrap_or_else(|| AccountError::NoSuchServer(server.to_owned())));
    }
    let files = files(context);
    let mut items: Vec<Importable> = Vec::new();
    for entry in &entries {
        let Some(item) = importable(context, entry, &files)? else { continue };
        let same = items.iter_mut().find(|had| had.server == item.server && had.account == item.account);
        match same {
            // Two entries, one sign-in: the newer set wins.
            Some(had) => had.join(item),
            None => items.push(item),
        }
    }
    if let Some(server) = server {
        items.retain(|item| item.names.iter().any(|name| name.as_str() == server));
    }
    Ok(Import { items })
}

pub(super) fn take_over(
    context: &Context,
    ledger: &Ledger,
    import: &Import,
    old_files: OldFiles,
) -> Result<ImportDone, AccountError> {
    let wanted: Vec<(&Importable, &Found)> =
        import.items.iter().filter_map(|item| Some((item, item.found.as_ref()?))).collect();
    let mut done = ImportDone { items: vec![], entry: None, kept_plain: None };
    let (mut asides, mut names): (Vec<Aside>, Vec<ServerName>) = (vec![], vec![]);
    for (item, found) in wanted {
        let kept = keep(context, found).and_then(|account| match old_files {
            OldFiles::Retire => Ok(()),
            OldFiles::Share => in_keyring(context).share(&account, &item.path).map_err(AccountError::NotKept),
        });
        let failed = kept.err().map(|error| chain(&error));
        if failed.is_none() && old_files == OldFiles::Retire {
            asides.extend(found.asides.iter().cloned());
            names.extend(item.names.iter().cloned());
        }
        let (server, account) = (item.server.clone(), item.account.clone());
        done.items.push(Imported { server, account, failed, left: vec![] });
    }
    if asides.is_empty() {
        return Ok(done);
    }
    let note = Note::new(Kind::Reset, "Take over the sign-ins of mcp-remote").about(names);
    let set_aside = ledger.set_aside(&asides, &note, (context.now)())?;
    for (imported, item) in done.items.iter_mut().zip(import.items.iter().filter(|item| item.found.is_some()))
    {
        let stays = set_aside.left.iter().filter(|left| item.files.contains(&left.path));
        imported.left = stays.map(|left| left.path.clone()).collect();
    }
    done.entry = set_aside.entry;
    done.kept_plain = ledger.seal().err().map(|error| error.to_string());
    Ok(done)
}

fn keep(context: &Context, found: &Found) -> Result<Account, AccountError> {
    let session = session(context, &found.remote, Arc::new(NoBrowser), store(context))?;
    wait_for(async {
        let refused = refusal(&found.remote.options).await?.unwrap_or_default();
        let (client, tokens) = (found.client.clone(), found.tokens.clone());
        Ok(session.adopt(client, tokens, found.issuer.as_deref(), &refused).await?)
    })?;
    Ok(session.account())
}

impl Import {
    /// Whether an entry of what is taken over starts mcp-remote as yet: while Claude runs, it uses the same tokens.
    pub(super) fn is_in_use(&self) -> bool {
        self.items.iter().any(|item| item.found.is_some() && !item.not_moved.is_empty())
    }
}

impl Importable {
    fn join(&mut self, other: Self) {
        let (mut kept, given_up) =
            if other.is_better_than(self) { (other, &*self) } else { return self.note(&other) };
        kept.note(given_up);
        *self = kept;
    }

    fn is_better_than(&self, other: &Self) -> bool {
        match (self.found.is_some(), other.found.is_some()) {
            (true, false) => true,
            (false, true) => false,
            _ => self.age_s < other.age_s,
        }
    }

    /// Takes over whom the other one stands for, and what is set aside with it.
    fn note(&mut self, other: &Self) {
        add(&mut self.names, &other.names);
        add(&mut self.not_moved, &other.not_moved);
        add(&mut self.shared_with, &other.shared_with);
        add(&mut self.files, &other.files);
        if let (Some(found), Some(more)) = (&mut self.found, &other.found) {
            let new =
                more.asides.iter().filter(|aside| !found.asides.iter().any(|had| had.path == aside.path));
            let new: Vec<Aside> = new.cloned().collect();
            found.asides.extend(new);
        }
    }
}

fn add<T: Clone + PartialEq>(to: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// A file of mcp-remote's and what its name says.
struct File {
    item: Item,
    hash: ServerHash,
    generation: Generation,
}

fn files(context: &Context) -> Vec<File> {
    let parsed = reset::stored_sign_ins(context, None).into_iter().filter_map(|item| {
        // A log says what happened; it stays until somebody resets.
        if !item.goes() || matches!(item.kind, ItemKind::Folder | ItemKind::DebugLog) {
            return None;
        }
        let name = item.path.file_name()?.to_str()?;
        let folder = item.path.parent()?.file_name()?.to_str()?;
        let stored = StoredFile::parse(&format!("{folder}/{name}")).or_else(|| StoredFile::parse(name))?;
        Some(File { item, hash: stored.hash, generation: stored.generation })
    });
    parsed.collect()
}

/// What there is for an entry; `None` where there are no tokens, or where it does not sign in.
fn importable(
    context: &Context,
    entry: &RemoteEntry,
    files: &[File],
) -> Result<Option<Importable>, AccountError> {
    let hashes = CommandLine::parse(&entry.args).server_hashes();
    let own: Vec<&File> = files.iter().filter(|file| hashes.contains(&file.hash)).collect();
    let tokens = own.iter().filter(|file| file.item.kind == ItemKind::Tokens);
    let Some(newest) =
        tokens.min_by_key(|file| (file.item.age_s.unwrap_or(u64::MAX), rank(&file.generation)))
    else {
        return Ok(None);
    };
    let Ok(remote) = Remote::of(&context.home, entry, &[], vec![entry.name.clone()]) else { return Ok(None) };
    let store = store(context);
    let Ok(session) = session(context, &remote, Arc::new(NoBrowser), Arc::clone(&store)) else {
        return Ok(None);
    };
    let account = session.account();
    let written = written(context, &newest.item);
    let read = read(newest, &own, &remote, written);
    let kept = match store.read(&account) {
        Err(bridgekeeper_oauth::StoreError::Damaged) => None,
        kept => kept.map_err(AccountError::Keyring)?.and_then(|kept| SignIn::from_kept(&kept).ok()),
    };
    let is_newer = kept
        .filter(|kept| kept.tokens.is_some())
        .and_then(|kept| kept.refreshed_at)
        .is_some_and(|at| at >= written);
    let mut item = Importable {
        server: account.server,
        account: account.name,
        names: remote.names.clone(),
        path: newest.item.path.clone(),
        age_s: newest.item.age_s,
        files: own.iter().map(|file| file.item.path.clone()).collect(),
        renewable: read.as_ref().is_ok_and(|read| read.tokens.refresh_token.is_some()),
        shared_with: vec![],
        not_moved: if entry.starts_mcp_remote { remote.names.clone() } else { vec![] },
        why_not: None,
        found: None,
    };
    for file in &own {
        let others: Vec<Owner> =
            file.item.servers.iter().filter(|owner| owner.host.is_some()).cloned().collect();
        add(&mut item.shared_with, &others);
    }
    match read {
        _ if is_newer => item.why_not = Some("the keyring has a newer sign-in".to_owned()),
        Err(why) => item.why_not = Some(why.to_owned()),
        Ok(Read { tokens, .. }) if tokens.has_expired((context.now)()) && tokens.refresh_token.is_none() => {
            item.why_not = Some("it has ended, and nothing renews it".to_owned());
        }
        Ok(Read { client, tokens, issuer }) => {
            let asides = own.iter().filter_map(|file| reset::aside(&file.item)).collect();
            item.found = Some(Found { remote, client, tokens, issuer, asides });
        }
    }
    Ok(Some(item))
}

/// Newer layouts first, where two files are equally old.
const fn rank(generation: &Generation) -> u8 {
    match generation {
        Generation::V1 => 0,
        Generation::PerVersion(_) => 1,
        Generation::Flat => 2,
    }
}

/// When a file was last written, at the earliest: ages are whole seconds.
fn written(context: &Context, item: &Item) -> Timestamp {
    let age = item.age_s.and_then(|age| i64::try_from(age).ok()).unwrap_or(0);
    let now = (context.now)();
    now.saturating_sub(SignedDuration::from_secs(age.saturating_add(1))).unwrap_or(now)
}

/// A registration and the tokens that were given to it.
struct Read {
    client: ClientInformation,
    tokens: Tokens,
    issuer: Option<String>,
}

fn read(newest: &File, own: &[&File], remote: &Remote, written: Timestamp) -> Result<Read, &'static str> {
    const DAMAGED: &str = "its file is damaged";
    let text = Secret::new(newest.item.read_text(LIMIT).ok_or(DAMAGED)?);
    let StoredTokens { tokens, issuer } = StoredTokens::read(&text, written).ok_or(DAMAGED)?;
    if tokens.kind == TokenKind::DPoP {
        return Err("its tokens are bound to a key that mcp-remote does not keep");
    }
    let beside = own.iter().find(|file| {
        let together = file.hash == newest.hash && file.item.path.parent() == newest.item.path.parent();
        file.item.kind == ItemKind::ClientInfo && together
    });
    let registration = beside.and_then(|file| file.item.read_text(LIMIT)).map(Secret::new);
    let given =
        remote.options.sign_in.as_ref().and_then(|options| options.settings.client.pre_registered.clone());
    let client = match (&registration, given) {
        (_, Some(given)) => given,
        (Some(text), None) => {
            ClientInformation::from_registration(text.expose().as_bytes()).map_err(|_| DAMAGED)?
        }
        (None, None) => return Err("its registration is missing, and tokens are good for that one alone"),
    };
    let registered_at = registration.and_then(|text| {
        let registration: Value = serde_json::from_str(text.expose()).ok()?;
        registration.get("issuer").and_then(Value::as_str).map(str::to_owned)
    });
    Ok(Read { client, tokens, issuer: issuer.or(registered_at) })
}
