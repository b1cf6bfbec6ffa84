//! The guard before the MCP server: RFC 6750, and the step-up of MCP's authorization.

use serde_json::Value;

use super::authority::Turn;
use crate::stages::{Answer, Asked};

/// `None` where the request may go on to the server.
pub(super) fn guard(turn: &mut Turn<'_>, asked: &Asked) -> Option<Answer> {
    let resource = turn.resource();
    let grant = bearer(asked)
        .and_then(|token| turn.state.tokens.allowed(token, turn.now))
        // A token for another server is nobody's here.
        .filter(|grant| grant.resource == resource);
    let Some(grant) = grant else {
        turn.state.counts.unauthorized += 1;
        let refused = Answer::status(401);
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
        return Some(Answer::status(403).with("WWW-Authenticate", challenge));
    }
    turn.state.counts.admitted += 1;
    None
}

/// The token of a request.
pub(super) fn bearer(asked: &Asked) -> Option<&str> {
    let (scheme, token) = asked.headers.get("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn called_tool(asked: &Asked) -> Option<String> {
    let message: Value = serde_json::from_slice(&asked.body).ok()?;
    (message["method"] == "tools/call").then(|| message["params"]["name"].as_str().map(str::to_owned))?
}
