//! What the probe can find. Where a cause is also seen in logs it has the same id there.

use bridgekeeper_model::Severity;

/// One cause: its name, its weight, and what to do about it.
#[derive(Debug)]
pub struct Cause {
    /// Stable id in kebab case.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The next step, as a sentence.
    pub advice: &'static str,
    /// Ids of what mends it, best first. The probe changes nothing: whoever shows them knows what they say.
    pub fixes: &'static [&'static str],
}

macro_rules! causes {
    ($($name:ident = $id:literal, $severity:ident, $advice:literal, $fixes:tt;)+) => {
        $(pub(crate) static $name: Cause = Cause { id: $id, severity: Severity::$severity, advice: $advice, fixes: &$fixes };)+

        impl Cause {
            /// Every cause the probe can find.
            pub const ALL: &'static [&'static Self] = &[$(&$name),+];
        }
    };
}

causes! {
    DNS_FAILURE = "dns-failure", Error,
        "Check the host name in the URL; a private name needs its VPN or DNS server.", ["correct-url", "check-network"];
    CONNECTION_REFUSED = "connection-refused", Error,
        "Start the server, or correct the port.", ["start-remote-server", "correct-url"];
    CONNECTION_RESET = "connection-reset", Error,
        "Look at the firewalls and proxies on the way, and at the server's log.", ["check-network", "ask-operator"];
    CONNECT_TIMEOUT = "connect-timeout", Error,
        "A firewall may drop the packets: check VPN, firewall and address.", ["check-network", "correct-url"];
    PROXY_REQUIRED = "proxy-required", Error,
        "Check the proxy's address and its sign-in; where a script (PAC) chooses it, name it as HTTPS_PROXY.", ["check-proxy"];
    TLS_UNTRUSTED_CA = "tls-untrusted-ca", Error,
        "Where a company's gateway stands between, name its CA file in NODE_EXTRA_CA_CERTS or --ca-file; else the server must send a complete chain from a public authority.", ["trust-authority", "complete-chain"];
    TLS_PRIVATE_CA = "tls-private-ca", Warning,
        "Programs with a list of their own, such as Node, refuse it: name the CA file in NODE_EXTRA_CA_CERTS for them.", ["trust-authority"];
    TLS_CERT_EXPIRED = "tls-cert-expired", Error,
        "Renew the server's certificate; if its dates look right, set this machine's clock.", ["renew-certificate", "check-clock"];
    TLS_CERT_ENDS_SOON = "tls-cert-ends-soon", Warning,
        "Renew the server's certificate in time.", ["renew-certificate"];
    TLS_WRONG_NAME = "tls-wrong-name", Error,
        "Use one of the names that the certificate is for, or get a certificate for this one.", ["correct-url", "renew-certificate"];
    TLS_FAILURE = "tls-failure", Error,
        "Check that the port speaks TLS, and that http and https are not mixed up in the URL.", ["correct-url", "ask-operator"];
    CLOCK_SKEW = "clock-skew", Warning,
        "Set this machine's date and time; with another time than the server's, tokens end early or are refused.", ["check-clock"];
    HTTP_URL = "http-url", Warning,
        "Use https: over http everybody on the way can read tokens and answers.", ["serve-https"];
    HTTP_REDIRECT = "http-redirect", Error,
        "Use the address it leads to: clients do not take tokens to another host.", ["correct-url"];
    HTML_PAGE = "html-page", Error,
        "This is an address for people. Look up the MCP endpoint in the server's documentation; it often ends in /mcp.", ["correct-url"];
    HTTP_400 = "http-400", Error,
        "Look at the server's log for what it misses in the request.", ["ask-operator"];
    HTTP_401 = "http-401", Error,
        "Give a valid token: --header 'Authorization: Bearer TOKEN'.", ["correct-token"];
    HTTP_403 = "http-403", Error,
        "The server or a gateway before it refuses this caller: check rights, allow-lists and bot protection.", ["check-rights", "ask-operator"];
    HTTP_404 = "http-404", Error,
        "Correct the path of the URL; it often ends in /mcp or /sse.", ["correct-url"];
    HTTP_405 = "http-405", Error,
        "Correct the path of the URL: this one takes no MCP messages.", ["correct-url"];
    HTTP_406 = "http-406", Error,
        "The server refuses JSON and event streams alike; it is no MCP endpoint or needs an update.", ["update-server"];
    HTTP_421 = "http-421", Error,
        "Add this host name to the server's allowed hosts.", ["allow-host"];
    HTTP_429 = "http-429", Error,
        "Wait, and start fewer clients at once.", ["wait"];
    HTTP_5XX = "http-5xx", Error,
        "The fault is on the server's side: look at its log, or wait.", ["ask-operator", "wait"];
    HTTP_TIMEOUT = "http-timeout", Error,
        "The connection stands but nothing answers on it: look at the server and at gateways before it.", ["ask-operator"];
    OAUTH_METADATA_MISSING = "oauth-metadata-missing", Warning,
        "The server should publish /.well-known/oauth-protected-resource (RFC 9728); newer clients look nowhere else.", ["publish-metadata"];
    OAUTH_SERVER_MISSING = "oauth-server-missing", Error,
        "The authorization server must publish its metadata (RFC 8414); without it no client can sign in.", ["publish-metadata"];
    OAUTH_ISSUER_MISMATCH = "oauth-issuer-mismatch", Error,
        "The issuer must be the same text in both documents; clients refuse to sign in otherwise.", ["publish-metadata"];
    OAUTH_ISSUER_SLASH = "oauth-issuer-slash", Warning,
        "Strict clients compare the issuer character by character: write it alike in both documents.", ["publish-metadata"];
    OAUTH_DCR_UNSUPPORTED = "oauth-dcr-unsupported", Warning,
        "Ask the operator for a client id, and give it to the client as static OAuth client information.", ["ask-for-client-id", "use-api-key-header"];
    OAUTH_PKCE_UNSUPPORTED = "oauth-pkce-unsupported", Error,
        "The metadata must list S256 under code_challenge_methods_supported; MCP clients refuse to sign in without.", ["publish-metadata"];
    OAUTH_RESOURCE_MISMATCH = "oauth-resource-mismatch", Error,
        "The published resource must be this server's URL, or a parent of it; clients refuse to sign in otherwise.", ["publish-metadata", "correct-url"];
    INITIALIZE_FAILED = "initialize-failed", Error,
        "Look at the server's log for the handshake.", ["ask-operator"];
    INITIALIZE_TIMEOUT = "initialize-timeout", Error,
        "Find what the server waits for at the handshake: a login, a download, another server.", ["ask-operator"];
    INVALID_MESSAGE = "invalid-jsonrpc-message", Error,
        "The server must answer with JSON-RPC 2.0; update it.", ["update-server"];
    PROTOCOL_VERSION_MISMATCH = "protocol-version-mismatch", Error,
        "Update the server or the client so that they share a protocol revision.", ["update-server", "update-bridge"];
    NEEDS_TRANSLATION = "protocol-modern-only", Info,
        "Clients of the 2025 revisions reach it through a bridge that translates.", ["update-bridge"];
    TRANSPORT_DEPRECATED = "transport-deprecated", Info,
        "HTTP+SSE is deprecated: the server should offer Streamable HTTP too.", ["update-server"];
    TRANSPORT_MISMATCH = "transport-mismatch", Error,
        "The address takes another transport than it was asked with: try /mcp instead of /sse, or the reverse.", ["correct-url"];
    SESSION_INVALID = "session-invalid", Error,
        "A session id may hold visible ASCII only.", ["update-server"];
    SESSION_EXPIRED = "session-expired", Info,
        "After a restart of the server, clients that wait for 404 do not begin anew: reconnect them by hand.", ["update-server"];
    SSE_BUFFERED = "sse-buffered", Warning,
        "Switch buffering off in the proxy (nginx: proxy_buffering off), or send X-Accel-Buffering: no.", ["stop-buffering"];
    TOOL_CALL_TIMEOUT = "tool-call-timeout", Error,
        "The server or what stands behind it is too slow to list its tools.", ["ask-operator"];
    TOOLS_FAILED = "tools-failed", Error,
        "Look at the server's log for tools/list.", ["ask-operator"];
    TOOL_SCHEMA_INVALID = "tool-schema-invalid", Error,
        "Claude takes tool names of 1 to 64 letters, digits, - and _, each once, with an object as input schema.", ["shorten-names", "update-server"];
    ORIGIN_UNCHECKED = "origin-unchecked", Info,
        "The server should refuse foreign Origin and Host headers: a web page could reach it by DNS rebinding.", ["refuse-foreign-origins"];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_advice_is_a_sentence() {
        let ids: BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.id).collect();
        assert_eq!(ids.len(), Cause::ALL.len());
        for cause in Cause::ALL {
            assert!(cause.advice.ends_with('.') && !cause.fixes.is_empty(), "{}", cause.id);
            assert!(cause.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }
}
