//! What was issued, and whether it still counts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::authority::Turn;
use super::identity;
use super::options::{RefreshTokens, TokenEndpoint};

/// What somebody may do.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client_id: String,
    /// The person; `None` where a client acts for itself.
    pub(super) subject: Option<String>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) resource: String,
    pub(super) nonce: Option<String>,
}

impl Grant {
    pub(super) fn scope(&self) -> String {
        self.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Tokens of every sign-in. The tokens of one sign-in are a family: they end together.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
    families: usize,
}

#[derive(Debug, Clone)]
struct Access {
    grant: Grant,
    family: usize,
    ends: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) grant: Grant,
    pub(super) family: usize,
    pub(super) replaced: bool,
}

impl Tokens {
    pub(super) fn new_family(&mut self) -> usize {
        self.families += 1;
        self.families
    }

    /// What an access token allows, if it counts now.
    pub(super) fn allowed(&self, token: &str, now: u64) -> Option<&Grant> {
        self.access.get(token).filter(|access| now < access.ends).map(|access| &access.grant)
    }

    pub(super) fn refresh(&self, token: &str) -> Option<&Refresh> {
        self.refresh.get(token)
    }

    pub(super) fn replace(&mut self, token: &str) {
        if let Some(refresh) = self.refresh.get_mut(token) {
            refresh.replaced = true;
        }
    }

    pub(super) fn end_family(&mut self, family: usize) {
        self.access.retain(|_, access| access.family != family);
        self.refresh.retain(|_, refresh| refresh.family != family);
    }

    pub(super) fn forget_access(&mut self) {
        self.access.clear();
    }

    /// Takes a token back, and with a refresh token its whole family (RFC 7009 §2.1). Whether it was there.
    pub(super) fn revoke(&mut self, token: &str, client_id: &str) -> bool {
        if let Some(refresh) = self.refresh.get(token).filter(|refresh| refresh.grant.client_id == client_id)
        {
            let family = refresh.family;
            self.end_family(family);
            return true;
        }
        let owned = self.access.get(token).is_some_and(|access| access.grant.client_id == client_id);
        owned && self.access.remove(token).is_some()
    }
}

/// The answer of the token endpoint for a grant (RFC 6749 §5.1).
pub(super) fn issue(turn: &mut Turn<'_>, grant: Grant, family: usize) -> Value {
    let access = turn.fresh();
    let life = turn.options.access_token_life.as_secs();
    turn.gives_out("access token", &access);
    let mut answer = json!({"access_token": access, "token_type": "Bearer", "scope": grant.scope()});
    if turn.options.token_endpoint != TokenEndpoint::NoLife {
        answer["expires_in"] = json!(life);
    }
    if grant.scopes.contains("openid") {
        let id_token = identity::id_token(turn, &grant);
        turn.gives_out("ID token", &id_token);
        answer["id_token"] = json!(id_token);
    }
    let refreshable = grant.subject.is_some() && turn.options.refresh_tokens != RefreshTokens::Absent;
    if refreshable {
        let refresh = turn.fresh();
        turn.gives_out("refresh token", &refresh);
        answer["refresh_token"] = json!(refresh);
        turn.state.tokens.refresh.insert(refresh, Refresh { grant: grant.clone(), family, replaced: false });
    }
    turn.state.tokens.access.insert(access, Access { grant, family, ends: turn.now + life });
    answer
}
