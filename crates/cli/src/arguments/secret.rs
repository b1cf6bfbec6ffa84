//! What `secrets` takes.

use clap::{Args, Subcommand};

/// What `secrets` does.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretAct {
    /// List the names, and which entries use them
    List,
    /// Keep a value, in the place of what was there: from standard input, or typed unseen
    Set {
        /// The secret's name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Remove a value; this cannot be undone
    Remove {
        /// The secret's name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        go: AllTheSame,
    },
}

/// Whether to do what something stands against.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct AllTheSame {
    /// Do it although entries need it
    #[arg(long)]
    pub(crate) yes: bool,
}
