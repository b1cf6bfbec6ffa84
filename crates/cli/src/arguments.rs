//! The command line. Every call that exists is listed, and no other.

mod account;
mod edit;
mod secret;

use std::path::PathBuf;

use bridgekeeper_model::Os;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::account::{Import, SignIn, SignInWay, SignOut};
pub(crate) use self::edit::{AddServer, FixConfig, Go, Restore, SecretsTo, SwitchServer, Undo};
pub(crate) use self::secret::SecretAct;

const ABOUT: &str = "Says why Claude Desktop's MCP servers fail, and repairs their config with an undo.";

const EXAMPLES: &str = "\
Examples:
  bridgekeeper doctor                         What is wrong, and which command repairs it
  bridgekeeper fix-config FILE --diff         The repair as a diff; nothing is written
  bridgekeeper fix-config FILE --write        Make the repair; prints the id that takes it back
  bridgekeeper undo --yes                     Take the last change back

Keyring: the system's own. Where there is none, or it is not wanted:
  BRIDGEKEEPER_KEYRING=file:/whole/path       An encrypted file; BRIDGEKEEPER_KEYRING_PASSPHRASE
                                              opens it, else the terminal asks for the passphrase
  BRIDGEKEEPER_KEYRING=none                   None at all: nothing is kept
mcp-bridge needs the same variables in its entry's env, or where Claude is started.

Exit status: 0 clean or done; 1 a warning or an error is left, or it could not be decided;
2 the call could not be carried out.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "bridgekeeper", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) call: Call,
}

/// What every call takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Everywhere {
    /// Print one JSON object on standard output
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// Look in this folder in the place of your home
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(crate) home: Option<PathBuf>,
    /// Whose rules and paths hold: windows, macos or linux [default: what the home's shape says]
    #[arg(long, global = true, value_name = "OS", help_heading = "Everywhere")]
    pub(crate) os: Option<Os>,
    /// Show secrets in the place of ••••
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) reveal: bool,
}

/// One call.
#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// Look at the whole set-up: installs, configs, servers, and what is wrong
    #[command(after_help = "\
Examples:
  bridgekeeper doctor
  bridgekeeper doctor --json
  bridgekeeper doctor --home /mnt/backup/Users/ada     Somebody else's folder

It reads and writes nothing. What it could not look at is listed as not checked.")]
    Doctor,

    /// List the servers and how each one is doing
    #[command(after_help = "\
Examples:
  bridgekeeper servers
  bridgekeeper servers --json | jq '.servers[] | select(.state == \"failing\") | .name'")]
    Servers,

    /// Name the causes that stand in log files, the root cause first
    #[command(after_help = "\
Examples:
  bridgekeeper diagnose --log mcp-server-notes.log
  bridgekeeper diagnose --log mcp.log main.log --server notes
  bridgekeeper diagnose --log ~/Downloads/logs         Every log in a folder
  pbpaste | bridgekeeper diagnose --log -              A log that somebody sent you")]
    Diagnose(Diagnose),

    /// Show the last lines of Claude's logs, or every new one
    #[command(after_help = "\
Examples:
  bridgekeeper logs                            The last lines of every log
  bridgekeeper logs --server notes --lines 100
  bridgekeeper logs --search 401 --level warn
  bridgekeeper logs --follow --server notes    As they are written; Ctrl-C ends it

Logs are read from their ends, however large they are, and secrets are masked. What a server
prints itself carries no level, so --level leaves it out. With --follow and --json each line is
an object of its own.")]
    Logs(Logs),

    /// Tell what happens: changes of the config, of each server's state, and what is found
    #[command(after_help = "\
Examples:
  bridgekeeper watch
  bridgekeeper watch --json | jq -c 'select(.event == \"finding-appeared\")'

It begins with how things are and goes on until Ctrl-C. It changes nothing of Claude's, and costs
nothing while nothing happens. Each version of the config is kept under ~/.bridgekeeper, for your
user alone, so that `restore` can put back what Claude drops. With --json each event is an object
of its own.")]
    Watch,

    /// Check a config file: line, column and cause of each problem
    #[command(after_help = "\
Examples:
  bridgekeeper check-config claude_desktop_config.json
  bridgekeeper check-config pasted.json --os windows   As Windows would run it")]
    CheckConfig {
        /// The config file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },

    /// Repair a config file: show the diff, or write it
    #[command(after_help = "\
Examples:
  bridgekeeper fix-config claude_desktop_config.json --diff
  bridgekeeper fix-config claude_desktop_config.json --write
  bridgekeeper fix-config claude_desktop_config.json --only use-bridge --diff

--write alone makes the fixes whose intent is plain. --only names others, which may have a
price, such as a new sign-in; the diff says so. While Claude runs it may write its own copy over
the file: quit it before, or add --restart-claude, which quits it, writes, and starts it again.")]
    FixConfig(FixConfig),

    /// Take a change back, or list what can be taken back
    #[command(after_help = "\
Examples:
  bridgekeeper undo                           Show how the last change would be taken back
  bridgekeeper undo --yes                     Take it back
  bridgekeeper undo --list
  bridgekeeper undo 2026-11-21-3 --yes
  bridgekeeper undo --all                     List what of Claude's configs would go back
  bridgekeeper undo --all --yes               Put Claude's configs back as they were
  bridgekeeper undo --seal                    Encrypt the copies that undo needs

While the file is as Bridgekeeper left it, the old bytes come back exactly. After somebody
else's change only what Bridgekeeper had changed is taken out again. Changes are kept for 30
days, at most 1,000 of them with 512 MiB of copies. The copies are readable by your user alone,
and encrypted once --seal, or the app, has made a key in the system's keyring.")]
    Undo(Undo),

    /// Clear stored sign-ins, stale locks and stray bridges, with a way back
    #[command(after_help = "\
Examples:
  bridgekeeper reset-auth --dry-run           What there is, with sizes and ages; nothing changes
  bridgekeeper reset-auth --server notes --yes
  bridgekeeper reset-auth --yes --logs        Claude's logs of its servers, too
  bridgekeeper reset-auth --npx-cache --server notes --yes

Found are: Bridgekeeper's own sign-ins, every generation of ~/.mcp-auth and of
MCP_REMOTE_CONFIG_DIR, mcp-remote in npx's cache, held callback ports, and bridges whose Claude is
gone. --server takes only what belongs to that server by the hash of its address; what no server of
a config owns goes with all. The tokens of our own sign-ins stay in the keyring, where no bridge
uses them, until undo; `sign-out` has the server take them back.

Claude is stopped first and started again. Files move to quarantine, and `undo` brings them
back; an ended process stays ended. A link is never followed, and what a program has open is
reported and left. Exit status 1: something should have gone and is still there.")]
    ResetAuth(ResetAuth),

    /// Sign in to a remote server, and keep the sign-in where its bridge looks
    #[command(after_help = "\
Examples:
  bridgekeeper sign-in notes                   Opens the browser
  bridgekeeper sign-in https://mcp.example.com/mcp --no-browser
  bridgekeeper sign-in notes --account work    One of several accounts
  bridgekeeper sign-in notes --device-code     A code to enter on any device

The options of the server's entry hold: its client id, scopes, callback port. The tokens stand in
the system's keyring and in no file; every mcp-bridge of this user uses them. A running bridge
takes them at its next request. Where the keyring is locked or missing, nobody is asked.")]
    SignIn(SignIn),

    /// End a sign-in: the server takes the tokens back, and the keyring forgets them
    #[command(after_help = "\
Examples:
  bridgekeeper sign-out notes                  Show what would end
  bridgekeeper sign-out notes --yes
  bridgekeeper sign-out https://mcp.example.com/mcp --account work --yes

This cannot be undone: whoever wants to use the server signs in again. A server that offers no
revocation (RFC 7009) keeps taking copies of the token until it ends by itself. Exit status 1: the
server should have taken the tokens back and did not.")]
    SignOut(SignOut),

    /// List the sign-ins: who, at which server, good for what and until when
    #[command(after_help = "\
Examples:
  bridgekeeper sign-ins
  bridgekeeper sign-ins --json | jq '.sign_ins[] | select(.state == \"ended\") | .names'

It asks the keyring and no server. Servers of Claude's configs that nobody has signed in to are
listed as well. States: signed-in, ends (nothing renews it), renews (at the next request), ended,
registered (nobody is signed in yet), unreadable; pending (a page waits), wanted (the server asks
for it), never (nobody signed in, nothing asks for it), importable (mcp-remote keeps one), own-token
(the entry sends it), off (--no-auth), not-usable. Exit status 1: somebody has to act before a
server can be used.")]
    SignIns,

    /// Keep secrets in the system's keyring, so that they stand in no config
    #[command(after_help = "\
Examples:
  bridgekeeper secrets list                    Names, and which entries use them; never a value
  bridgekeeper secrets set notes.api_key       Asks for the value without showing it
  pass show notes | bridgekeeper secrets set notes.api_key
  bridgekeeper secrets remove notes.api_key
  bridgekeeper fix-config FILE --only move-secret --write   Move what a config holds already

mcp-bridge reads them back: ${secret:NAME} in headers, in variables that these name, and in a static
client's description. For a local server it is `mcp-bridge exec --env KEY=secret:NAME -- COMMAND`.
A name is made of letters, digits, dots, underscores and hyphens. Exit status 1 of list: an entry
refers to a secret that was not set.")]
    Secrets {
        #[command(subcommand)]
        act: SecretAct,
    },

    /// Take over the sign-ins that mcp-remote keeps, so that nobody has to sign in again
    #[command(after_help = "\
Examples:
  bridgekeeper import --dry-run                What there is, how old, and what becomes of it
  bridgekeeper import --server notes --yes
  bridgekeeper fix-config FILE --only use-bridge --write   Then move the entry to mcp-bridge

Found are the files of every mcp-remote release, by the hash of each entry's address. Of each server
the newest tokens are taken, with the registration that they were given to, into the keyring.

Refresh tokens change at every use, so that two programs with one sign-in log each other out. What
is taken over is therefore set aside where mcp-remote looks; `undo` puts the files back. With
--share they stay for whoever goes on using mcp-remote: mcp-bridge writes what it renews into them,
and takes over what mcp-remote renewed. Exit status 1: something was found and not taken over.")]
    Import(Import),

    /// Add a server: shows all of it, what to look at before, and what would change
    #[command(after_help = "\
Examples:
  bridgekeeper add https://mcp.linear.app/mcp             Show what would change
  bridgekeeper add https://mcp.linear.app/mcp --name work --yes
  bridgekeeper add 'npx -y @modelcontextprotocol/server-memory@2026.1.14' --yes
  bridgekeeper add mcp.json --server github --yes         One of several in a file
  pbpaste | bridgekeeper add -                            What a page gave you

Read are addresses, command lines (npx, uvx, docker, claude mcp add) and the JSON of Claude,
VS Code, Cursor, Windsurf, Zed and Gemini. A remote server is added with Bridgekeeper's own bridge.
Secrets go into the keyring, and the entry only names them; --secrets file leaves them in the
config. Nothing that was pasted is fetched or started.")]
    Add(AddServer),

    /// Switch a server off without losing its entry, or on again
    #[command(after_help = "\
Examples:
  bridgekeeper switch notes --off             Show what would change
  bridgekeeper switch notes --off --yes
  bridgekeeper switch notes --on --yes

The entry leaves Claude's config and is kept here, every byte of it, for as long as the server
is off. `servers` lists it as off. Claude notices at its next start.")]
    Switch(SwitchServer),

    /// Bring the entries of a file that Claude does not read into the one it does
    #[command(after_help = "\
Examples:
  bridgekeeper merge                          Show what would change
  bridgekeeper merge --yes
  bridgekeeper merge 'C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json' --yes

Entries that Claude's own config has already stay as they are there, and the other file is not
changed.")]
    Merge {
        /// The file that Claude does not read [default: the one that has such entries]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        #[command(flatten)]
        go: Go,
    },

    /// Put back what Claude lost of its config
    #[command(after_help = "\
Examples:
  bridgekeeper restore                        Show what is lost and how it would come back
  bridgekeeper restore --yes
  bridgekeeper restore --yes --restart-claude   Quit Claude, put it back, start Claude

Claude rewrites its whole config from memory and drops what was edited while it ran. `doctor`
and `watch` tell when that happened. What was written since stays. While Claude runs it would
write over it again: quit it first, or add --restart-claude.")]
    Restore(Restore),

    /// Ask a remote server from outside, stage by stage, and say who can use it
    #[command(after_help = "\
Examples:
  bridgekeeper probe https://mcp.example.com/mcp
  bridgekeeper probe https://mcp.example.com/mcp --header 'Authorization: Bearer TOKEN'
  bridgekeeper probe https://mcp.example.com/mcp --sign-in
  bridgekeeper probe http://127.0.0.1:8000/mcp --json | jq '.stages[] | select(.ok == false)'

Without --sign-in it registers nowhere and signs in nowhere; it never calls a tool. A header goes to
the named server alone. A server that asks for sign-in cannot be decided to the end without one:
exit status 1. --sign-in opens the browser, registers a client where the server wants one, and
forgets the token at the end; the client stays registered at the server.")]
    Probe(Probe),

    /// Start a server as Claude would, shake hands, list its tools, show what it prints
    #[command(after_help = "\
Examples:
  bridgekeeper try notes
  bridgekeeper try notes --os windows     The command line that Windows would get, and what breaks
  bridgekeeper try notes --json | jq .tools

The command, the folders searched for it, the environment and the working folder are Claude's. A
second copy is asked for its era of the protocol first, as Claude does. No tool is called, and
what was started is ended. A server that signs in may open the browser.")]
    Try(Try),

    /// Write a report without secrets, and say where to send it
    #[command(after_help = "\
Examples:
  bridgekeeper report                          Writes bridgekeeper-report-DATE.md here
  bridgekeeper report --out report.md
  bridgekeeper report --out - | less           Shows it; writes nothing

The report is one Markdown file to read before you send it: what was found, the config and the
ends of the logs, without secrets and names of people. It says whose fault the first cause is
and where they take reports, with a title and a text to paste. Nothing is ever sent.")]
    Report {
        /// The file to write; - is standard output [default: bridgekeeper-report-DATE.md]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },

    /// Quit Claude Desktop whole, start it again, and say what became of each server
    #[command(after_help = "\
Examples:
  bridgekeeper restart-claude
  bridgekeeper restart-claude --no-start      Before you edit the config by hand
  bridgekeeper restart-claude --dry-run       Show what would end

Claude is asked to quit first. What does not go is ended: its windows, the servers that it
started, and bridges whose starter is gone; Claude Code and other programs are left alone.
Ended processes cannot be brought back. At a terminal it asks before it begins.")]
    RestartClaude(RestartClaude),

    /// Say whether sign-ins need a firewall rule, and show, add or remove the one for Node
    #[command(after_help = "\
Examples:
  bridgekeeper firewall                       Sign-ins need no rule; shows those that there are
  bridgekeeper firewall --add                 Add one all the same; Windows asks for consent
  bridgekeeper firewall --remove              Take that one away again")]
    Firewall(FirewallCall),

    /// Explain a finding or a fix by its id
    #[command(after_help = "\
Examples:
  bridgekeeper explain windows-path-space
  bridgekeeper explain oauth-coordination-null-port --json")]
    Explain {
        /// The id, as `doctor` prints it
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// What `diagnose` takes.
#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// Log files or a folder of them; - is standard input
    #[arg(long = "log", value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) logs: Vec<PathBuf>,
    /// Leave out what concerns other servers
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
}

/// What `logs` takes.
#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Only this server's lines
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    /// Go on with every new line until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Only lines that hold this text, in whatever case
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Only lines at least so urgent
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<LogLevel>,
    /// How many of the last lines of each log
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 20)]
    pub(crate) lines: usize,
}

/// How urgent a line is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// What `probe` takes.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// The server's address
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Send this header to the server; more than one may be given
    // Taken apart later: what this library says of a wrong value would show it, and it may be a secret.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub(crate) headers: Vec<String>,
    /// Sign in where the server wants that, and go on with the token, which is kept nowhere
    #[arg(long)]
    pub(crate) sign_in: bool,
    /// With --sign-in: print the link in the place of opening it
    #[arg(long, requires = "sign_in")]
    pub(crate) no_browser: bool,
}

/// What `reset-auth` takes.
#[derive(Debug, Args)]
pub(crate) struct ResetAuth {
    /// Reset this server alone
    #[arg(long, value_name = "NAME")]
    pub(crate) server: Option<String>,
    #[command(flatten)]
    pub(crate) mode: ResetMode,
    #[command(flatten)]
    pub(crate) extent: ResetExtent,
}

/// Show or do; asks without either.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct ResetMode {
    /// Show what would go; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// How far a reset goes.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct ResetExtent {
    /// Set Claude's logs of its servers aside, too
    #[arg(long)]
    pub(crate) logs: bool,
    /// Clear only npx's copy of the package, and leave the sign-ins
    #[arg(long)]
    pub(crate) npx_cache: bool,
}

/// What `try` takes.
#[derive(Debug, Args)]
pub(crate) struct Try {
    /// The server, as the config names it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// How long its first answer may take; Claude waits 60 seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) timeout: u64,
}

/// What `restart-claude` takes.
#[derive(Debug, Args)]
pub(crate) struct RestartClaude {
    /// Quit it and leave it closed
    #[arg(long)]
    pub(crate) no_start: bool,
    /// Do not ask at a terminal
    #[arg(long)]
    pub(crate) yes: bool,
    /// Show what would end and what would be started; do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
}

/// What `firewall` takes.
#[derive(Debug, Args)]
pub(crate) struct FirewallCall {
    /// Add an inbound rule for Node
    #[arg(long, conflicts_with = "remove")]
    pub(crate) add: bool,
    /// Remove the rule that --add added
    #[arg(long)]
    pub(crate) remove: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_call_has_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for call in command.get_subcommands() {
            let help = call.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("bridgekeeper {}", call.get_name())), "{}", call.get_name());
        }
    }

    #[test]
    fn no_line_of_the_help_is_broken_by_the_terminal() {
        let command = Arguments::command();
        for call in command.get_subcommands().chain([&command]) {
            let help = call.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= 100, "{}: {line}", call.get_name());
            }
        }
    }
}
