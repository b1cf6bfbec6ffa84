//! Which rights are asked for (MCP 2026-07-28, *Scope Selection Strategy*).

/// The right to a token that can be renewed (OpenID Connect Core §11).
const OFFLINE_ACCESS: &str = "offline_access";

/// What the parties said about scopes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    /// What the user wants, whatever the others say.
    pub(crate) pinned: Option<&'a str>,
    /// `scope` of the server's challenge.
    pub(crate) challenge: Option<&'a str>,
    /// `scopes_supported` of the MCP server.
    pub(crate) resource: Option<&'a [String]>,
    /// `scopes_supported` of the authorization server.
    pub(crate) issuer: Option<&'a [String]>,
}

/// The scopes to ask for; `None` leaves the parameter out, and the server decides.
pub(crate) fn wanted(said: Said<'_>, offline: Offline) -> Option<String> {
    if let Some(pinned) = said.pinned {
        return Some(pinned.to_owned()).filter(|scope| !scope.is_empty());
    }
    let challenge = said.challenge.filter(|scope| !scope.trim().is_empty()).map(str::to_owned);
    let supported = || said.resource.filter(|scopes| !scopes.is_empty()).map(|scopes| scopes.join(" "));
    let scope = challenge.or_else(supported)?;
    let offered = said.issuer.is_some_and(|scopes| scopes.iter().any(|scope| scope == OFFLINE_ACCESS));
    Some(if offline == Offline::Wanted && offered { union(&scope, OFFLINE_ACCESS) } else { scope })
}

/// Whether a token that can be renewed without the person is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offline {
    /// The person would have to sign in again.
    Wanted,
    /// A new token can be had at any time.
    Pointless,
}

/// All scopes of both, each once, in order.
pub(crate) fn union(first: &str, second: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for scope in first.split_whitespace().chain(second.split_whitespace()) {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_comes_before_the_list_and_nothing_is_made_up() {
        let resource = ["a".to_owned(), "b".to_owned()];
        let issuer = ["openid".to_owned(), "offline_access".to_owned()];
        let said = Said { challenge: Some("c"), resource: Some(&resource), ..Said::default() };
        assert_eq!(wanted(said, Offline::Wanted).as_deref(), Some("c"));
        assert_eq!(wanted(Said { challenge: None, ..said }, Offline::Wanted).as_deref(), Some("a b"));
        assert_eq!(wanted(Said { pinned: Some("p"), ..said }, Offline::Wanted).as_deref(), Some("p"));
        let nothing = Said { issuer: Some(&issuer), resource: Some(&[]), ..Said::default() };
        assert_eq!(wanted(nothing, Offline::Wanted), None);
        let offered = Said { issuer: Some(&issuer), ..said };
        assert_eq!(wanted(offered, Offline::Wanted).as_deref(), Some("c offline_access"));
        assert_eq!(wanted(offered, Offline::Pointless).as_deref(), Some("c"));
    }

    #[test]
    fn a_union_has_each_scope_once() {
        assert_eq!(union("a b", " b  c"), "a b c");
        assert_eq!(union("", "c"), "c");
    }
}
