//! What is known of the clients that could use a remote MCP server: data with a date, from their vendors' help pages.

/// One client, or several that behave alike.
#[derive(Debug)]
pub struct Client {
    /// As its vendor calls it.
    pub name: &'static str,
    /// Who has it; empty where everybody has.
    pub plans: &'static str,
    /// Where its connection comes from.
    pub runs_in: RunsIn,
    /// How to set the server up in it.
    pub how: &'static str,
    /// The redirect URI that the authorization server must allow, where it is fixed.
    pub callback: Option<&'static str>,
    /// Whether it accepts a client id that somebody made by hand.
    pub own_client_id: Support,
    /// Whether it shows a client id metadata document.
    pub client_id_document: Support,
    /// The month of this knowledge, `YYYY-MM`.
    pub as_of: &'static str,
}

/// Where a client's connection to the server comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsIn {
    /// This company's cloud: it needs public https with a certificate that everybody trusts, and sends no headers of
    /// one's own.
    CloudOf(&'static str),
    /// The person's machine: VPN, LAN and localhost work, and any header can be sent.
    OwnMachine,
}

/// Whether a client can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot, or nobody says that it could.
    No,
}

const NOVEMBER: &str = "2026-11";
const CLAUDE_CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";
const CLAUDE_PLANS: &str =
    "Free (one connector), Pro, Max, Team, Enterprise; on Team and Enterprise an owner adds it first";

/// Every client that the probe speaks of.
pub static CLIENTS: &[Client] = &[
    Client {
        name: "Claude.ai, Claude Desktop and Cowork, custom connector",
        plans: CLAUDE_PLANS,
        runs_in: RunsIn::CloudOf("Anthropic"),
        how: "add it under Settings > Connectors",
        callback: Some(CLAUDE_CALLBACK),
        own_client_id: Support::Yes,
        client_id_document: Support::Yes,
        as_of: NOVEMBER,
    },
    Client {
        name: "Claude mobile",
        plans: CLAUDE_PLANS,
        runs_in: RunsIn::CloudOf("Anthropic"),
        how: "add the connector on the web or the desktop; the phone then has it",
        callback: Some(CLAUDE_CALLBACK),
        own_client_id: Support::Yes,
        client_id_document: Support::Yes,
        as_of: NOVEMBER,
    },
    Client {
        name: "Claude Desktop, claude_desktop_config.json",
        plans: "",
        runs_in: RunsIn::OwnMachine,
        how: "through a bridge such as mcp-bridge; entries with url are skipped",
        callback: None,
        own_client_id: Support::Yes,
        client_id_document: Support::Yes,
        as_of: NOVEMBER,
    },
    Client {
        name: "ChatGPT, developer mode",
        plans: "Business, Enterprise, Edu (an admin switches it on); Plus and Pro with read-only tools; web only",
        runs_in: RunsIn::CloudOf("OpenAI"),
        how: "add it as a connector in developer mode",
        callback: Some("https://chatgpt.com/connector_platform_oauth_redirect"),
        own_client_id: Support::No,
        client_id_document: Support::No,
        as_of: NOVEMBER,
    },
    Client {
        name: "Claude Code, Cursor, VS Code and other MCP clients",
        plans: "",
        runs_in: RunsIn::OwnMachine,
        how: "add its URL",
        callback: None,
        own_client_id: Support::Yes,
        client_id_document: Support::Yes,
        as_of: NOVEMBER,
    },
];
