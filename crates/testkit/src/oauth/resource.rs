//! The guard before the MCP server: RFC 6750, and the step-up of MCP's authorization.

use super::authority::Turn;
use crate::scripted::{Reply, Request};

/// `None` where the request may go on to the server.
pub(super) fn guard(turn: &mut Turn<'_>, asked: &Request) -> Option<Reply> {
    let resource = turn.resource();
    let grant = bearer(asked)
        .and_then(|token| turn.state.tokens.allowed(token, turn.now))
        // A token for another server is nobody's here.
        .filter(|grant| grant.resource == resource);
    let Some(grant) = grant else {
        turn.state.counts.unauthorized += 1;
        let refused = Reply::status(401);
        return Some(match &turn.options.challenge {
            Some(challenge) => refused.with("WWW-Authenticate", turn.here(challenge)),
            None => refused,
        });
    };
    let missing = called_tool(asked)
        .and_then(|tool| turn.options.tool_scopes.get(&tool))
        .filter(|scope| !grant.scopes.contains(*scope));
    if let Some(scope) = missing {
        let challenge = format!(
            r#"Bearer error="insufficient_scope", scope="{scope}", resource_metadata="{}/.well-known/oauth-protected-resource/mcp""#,
            turn.origin
        );
        turn.state.counts.refusals.push("insufficient_scope".into());
        return Some(Reply::status(403).with("WWW-Authenticate", challenge));
    }
    turn.state.counts.admitted += 1;
    None
}

/// The token of a request.
pub(super) fn bearer(asked: &Request) -> Option<&str> {
    let (scheme, token) = asked.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn called_tool(asked: &Request) -> Option<String> {
    let name = asked.message()["params"]["name"].as_str();
    name.filter(|_| asked.rpc_method() == "tools/call").map(str::to_owned)
}
