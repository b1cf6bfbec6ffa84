use std::fmt;

/// One step of the probe, in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The host's name has addresses.
    Dns,
    /// Something listens at them.
    Tcp,
    /// The connection is secured by a certificate that holds.
    Tls,
    /// What answers is no web page, no redirect, no error.
    Http,
    /// The server says who signs people in (RFC 9728).
    ResourceMetadata,
    /// That place describes itself (RFC 8414, OpenID Connect Discovery).
    AuthorizationServer,
    /// A client can become known there.
    Registration,
    /// PKCE with S256 is promised (RFC 7636).
    Pkce,
    /// The resource it names is this server (RFC 8707).
    ResourceIndicator,
    /// The MCP handshake, of both eras.
    Initialize,
    /// How messages travel.
    Transport,
    /// How the server tells clients apart.
    Session,
    /// Events arrive when they are sent.
    Streaming,
    /// The tools can be used by Claude.
    Tools,
    /// Who may call from a browser.
    Origin,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 15] = [
        Self::Dns,
        Self::Tcp,
        Self::Tls,
        Self::Http,
        Self::ResourceMetadata,
        Self::AuthorizationServer,
        Self::Registration,
        Self::Pkce,
        Self::ResourceIndicator,
        Self::Initialize,
        Self::Transport,
        Self::Session,
        Self::Streaming,
        Self::Tools,
        Self::Origin,
    ];

    /// The word for reports and `--json`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::ResourceMetadata => "resource-metadata",
            Self::AuthorizationServer => "authorization-server",
            Self::Registration => "registration",
            Self::Pkce => "pkce",
            Self::ResourceIndicator => "resource-indicator",
            Self::Initialize => "initialize",
            Self::Transport => "transport",
            Self::Session => "session",
            Self::Streaming => "streaming",
            Self::Tools => "tools",
            Self::Origin => "origin",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
