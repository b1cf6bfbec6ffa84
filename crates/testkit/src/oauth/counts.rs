/// What was asked for, granted and refused. Refusals stand by their OAuth error code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients registered (RFC 7591).
    pub registrations: usize,
    /// Requests at the authorization endpoint that were right, whoever decided on them.
    pub authorizations: usize,
    /// Codes turned into tokens.
    pub exchanges: usize,
    /// Refresh tokens turned into new tokens.
    pub refreshes: usize,
    /// Refresh tokens that came a second time after they had been replaced.
    pub reuses: usize,
    /// Tokens given to clients for themselves.
    pub client_credentials: usize,
    /// Questions of devices, answered or not.
    pub device_polls: usize,
    /// Tokens taken back (RFC 7009).
    pub revocations: usize,
    /// MCP requests that were let through.
    pub admitted: usize,
    /// MCP requests answered with 401.
    pub unauthorized: usize,
    /// Error codes of every refusal, oldest first.
    pub refusals: Vec<String>,
}
