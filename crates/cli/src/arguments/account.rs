//! Signing in and out, and taking sign-ins over.

use clap::Args;

use super::ResetMode;

/// What `sign-in` takes.
#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// The server's name in Claude's config, or its address
    #[arg(value_name = "NAME|URL")]
    pub(crate) server: String,
    /// One of several accounts [default: the one that the entry names]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) way: SignInWay,
    /// How long it may take altogether
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(crate) timeout: u64,
}

/// How the person gets to the page.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct SignInWay {
    /// Print the link in the place of opening it
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Print a code that is entered on any device
    #[arg(long)]
    pub(crate) device_code: bool,
}

/// What `sign-out` takes.
#[derive(Debug, Args)]
pub(crate) struct SignOut {
    /// The server's name in Claude's config, or its address
    #[arg(value_name = "NAME|URL")]
    pub(crate) server: String,
    /// One of several accounts [default: the one that the entry names]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Do it; without this it is only shown
    #[arg(long)]
    pub(crate) yes: bool,
}

/// What `import` takes.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The sign-in of this server alone
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// Leave mcp-remote's files, and keep both in step: what one renews, the other uses
    #[arg(long)]
    pub(crate) share: bool,
    #[command(flatten)]
    pub(crate) mode: ResetMode,
}
