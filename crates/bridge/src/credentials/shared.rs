//! A sign-in that mcp-remote goes on using: both programs renew the same tokens, so each takes over what the other got.
//!
//! It is only so where the person wanted it. What is written is one file of mcp-remote's, and only while it is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{SignIn, TokenKind, Tokens};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::folder;

/// A token is a few kilobytes at most.
const LIMIT: u64 = 256 * 1024;

/// Tokens as mcp-remote keeps them.
#[derive(Debug)]
pub struct StoredTokens {
    /// The tokens.
    pub tokens: Tokens,
    /// Who gave them out, where the release noted it.
    pub issuer: Option<String>,
}

impl StoredTokens {
    /// Reads the text of a file that was written at that time; `None` where it is damaged.
    pub fn read(text: &Secret, written: Timestamp) -> Option<Self> {
        let mut tokens = Tokens::read(text.expose().as_bytes(), written, None).ok()?;
        let stored: Value = serde_json::from_str(text.expose()).ok()?;
        // Newer releases note the end itself, in milliseconds.
        if let Some(end) = stored.get("expires_at").and_then(Value::as_f64) {
            #[expect(clippy::cast_possible_truncation, reason = "a number that is no time gives none")]
            let end = Timestamp::from_millisecond(end as i64);
            tokens.expires_at = end.ok().or(tokens.expires_at);
        }
        let issuer = stored.get("issuer").and_then(Value::as_str).map(str::to_owned);
        Some(Self { tokens, issuer })
    }
}

/// What is kept, with the tokens that mcp-remote got since; `None` where it got none that are newer.
pub(super) fn newer(kept: &Secret, file: &Path) -> Option<Secret> {
    let kept = SignIn::from_kept(kept).ok()?;
    let written = Timestamp::try_from(plain_file(file)?.modified().ok()?).ok()?;
    let text = Secret::new(fs::read_to_string(file).ok()?);
    let stored = StoredTokens::read(&text, written)?;
    let is_ours = |issuer: &String| issuer.trim_end_matches('/') == kept.issuer.trim_end_matches('/');
    let had = kept.tokens.as_ref().map(|tokens| &tokens.access_token);
    let is_newer =
        kept.refreshed_at.is_none_or(|at| at < written) && had != Some(&stored.tokens.access_token);
    let usable = stored.tokens.kind == TokenKind::Bearer && stored.issuer.as_ref().is_none_or(is_ours);
    (is_newer && usable).then(|| {
        let tokens = match &kept.tokens {
            Some(before) => stored.tokens.clone().after(before),
            None => stored.tokens.clone(),
        };
        SignIn { tokens: Some(tokens), refreshed_at: Some(written), ..kept }.to_kept()
    })
}

/// Puts the tokens that were got here where mcp-remote reads them, and leaves what else stands there. Tokens that
/// nothing renews would only take its own away.
pub(super) fn write_back(kept: &Secret, file: &Path) -> io::Result<()> {
    let tokens = SignIn::from_kept(kept).ok().and_then(|kept| kept.tokens);
    let Some((tokens, refresh_token)) = tokens.and_then(|tokens| {
        let refresh_token = tokens.refresh_token.clone()?;
        (tokens.kind == TokenKind::Bearer).then_some((tokens, refresh_token))
    }) else {
        return Ok(());
    };
    if plain_file(file).is_none() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let text = Zeroizing::new(fs::read_to_string(file)?);
    let mut stored: Map<String, Value> = serde_json::from_str(&text)?;
    stored.insert("access_token".to_owned(), json!(tokens.access_token.expose()));
    stored.insert("refresh_token".to_owned(), json!(refresh_token.expose()));
    let mut set = |name: &str, value: Option<Value>| match value {
        Some(value) => drop(stored.insert(name.to_owned(), value)),
        None => drop(stored.remove(name)),
    };
    set("expires_in", tokens.life.map(|life| json!(life.as_secs())));
    set("expires_at", tokens.expires_at.map(|end| json!(end.as_millisecond())));
    if let Some(id_token) = &tokens.id_token {
        set("id_token", Some(json!(id_token.expose())));
    }
    if let Some(scope) = &tokens.scope {
        set("scope", Some(json!(scope)));
    }
    let text = Zeroizing::new(serde_json::to_vec_pretty(&stored)?);
    folder::replace_patiently(file, &text)
}

/// The file beside these tokens by which mcp-remote says that it renews them.
pub(super) fn lease(tokens: &Path) -> Option<PathBuf> {
    let hash = tokens.file_name()?.to_str()?.strip_suffix("_tokens.json")?;
    Some(tokens.with_file_name(format!("{hash}_refresh_in_progress.json")))
}

/// An ordinary file of a size that tokens have. A link is not followed: it would be replaced.
fn plain_file(file: &Path) -> Option<fs::Metadata> {
    fs::symlink_metadata(file).ok().filter(|found| found.is_file() && found.len() <= LIMIT)
}
