//! The demo: a throwaway home with a broken set-up, a real MCP server on loopback, and the programs as a person
//! would use them. `cargo xtask demo` builds and starts it.
//!
//! It ends by itself, and neither its end nor Ctrl-C leaves anything behind. Nothing it prints is written in: the
//! reports come from `bridgekeeper`, the answers from the server through `mcp-bridge`.

mod entry;
mod screen;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_testkit::mcp::{McpServer, Options};
use serde_json::json;

use crate::entry::Entry;
use crate::screen::{Screen, say};

/// The header that the demo's server wants; the set-up carries it where guides put it, in `args`.
const TOKEN: &str = "demo-token-4fb1c2";
/// The server whose repaired entry is called.
const CALLED: &str = "team-notes";
/// What a person chooses after reading the report: move the remote entries that need no sign-in to the built-in
/// bridge, and give each of the others a callback port of its own.
const CHOSEN: &str = "use-bridge,callback-ports";

#[derive(Default)]
struct Arguments {
    step_by_step: bool,
    window: Option<PathBuf>,
    only_home: Option<PathBuf>,
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(code) => code,
        Err(error) => {
            let _ = say(&format!("\nthe demo failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments> {
    let mut arguments = Arguments::default();
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--step-by-step") => arguments.step_by_step = true,
            Some("--window") => {
                arguments.window = Some(words.next().context("--window needs a program")?.into());
            }
            // For whoever measures: the broken home, and nothing else.
            Some("--only-home") => {
                arguments.only_home = Some(words.next().context("--only-home needs a folder")?.into());
            }
            _ => bail!("unknown argument {}; start the demo with `cargo xtask demo`", word.display()),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(folder) = &arguments.only_home {
        BrokenSetup::default().write(&ClaudeHome::create(folder, Os::Windows)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let folder = tempfile::Builder::new().prefix("bridgekeeper-demo-").tempdir()?;
    leave_nothing_on_interrupt(folder.path().to_owned())?;
    let server = McpServer::start(Options {
        required_header: Some(("authorization".to_owned(), format!("Bearer {TOKEN}"))),
        ..Options::default()
    })?;
    let search = McpServer::start(Options::default())?;
    let home = ClaudeHome::create(folder.path(), Os::Windows)?;
    let setup = BrokenSetup {
        notes_url: server.url(),
        token: TOKEN.to_owned(),
        search_url: search.url(),
        ..BrokenSetup::default()
    };
    setup.write(&home)?;
    let demo = Demo { home, programs: beside_this_program()? };
    match &arguments.window {
        Some(window) => demo.open(window),
        None => demo.tell(&mut Screen::new(arguments.step_by_step)).map(|()| ExitCode::SUCCESS),
    }
}

/// A set-up to repair and the programs that do it.
struct Demo {
    home: ClaudeHome,
    programs: PathBuf,
}

impl Demo {
    /// Opens the app on the demo's home and waits until the person quits it.
    fn open(&self, window: &Path) -> Result<ExitCode> {
        say("Bridgekeeper opens on a throwaway home with six servers, five of them broken.")?;
        say("Quit it from its tray menu, or press Ctrl-C here; the home goes with it.")?;
        let status = Command::new(window)
            .arg("--home")
            .arg(self.home.root())
            .status()
            .with_context(|| format!("could not start {}", window.display()))?;
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Tells the story on the console.
    fn tell(&self, screen: &mut Screen) -> Result<()> {
        let config = self.home.config();
        let before = std::fs::read(&config)?;

        screen.scene("A set-up as people bring it")?;
        say("A throwaway home of a Windows machine. Claude Desktop lists six servers; one of them works.")?;
        say(&format!("Its config:\n\n{}", masked(&String::from_utf8_lossy(&before))))?;

        screen.scene("What is wrong")?;
        self.bridgekeeper(screen, &["doctor"], 1)?;

        screen.scene("The repair, shown before anything is written")?;
        let file = config.to_str().context("the throwaway home has an unusual name")?;
        self.bridgekeeper(screen, &["fix-config", file, "--only", CHOSEN, "--diff"], 0)?;

        screen.scene("The repair, made")?;
        self.bridgekeeper(screen, &["fix-config", file, "--only", CHOSEN, "--write"], 0)?;

        screen.scene("A tool call through the repaired entry")?;
        let entry = Entry::read(&config, CALLED)?;
        say(&format!("`{CALLED}` is started as its entry says, as Claude would start it:"))?;
        screen.command(&masked(&entry.command_line()))?;
        call_a_tool(screen, &entry, self.home.root())?;

        screen.scene("What is left")?;
        say("The logs still tell of the last start; the config no longer has these mistakes.")?;
        self.bridgekeeper(screen, &["doctor"], 0)?;

        screen.scene("Taken back")?;
        self.bridgekeeper(screen, &["undo", "--yes"], 0)?;
        if std::fs::read(&config)? != before {
            bail!("the undo did not bring the first bytes back");
        }
        say(&format!("\nThe config has its first {} bytes again, all of them.", before.len()))?;
        Ok(())
    }

    /// Runs `bridgekeeper` on the demo's home, with its output on this terminal, and expects an exit status.
    fn bridgekeeper(&self, screen: &Screen, arguments: &[&str], expected: i32) -> Result<()> {
        let words: Vec<String> = arguments
            .iter()
            .map(|word| word.replace(&self.home.root().display().to_string(), "DEMO"))
            .collect();
        screen.command(&format!("bridgekeeper {} --home DEMO", words.join(" ")))?;
        let program = self.programs.join(format!("bridgekeeper{}", std::env::consts::EXE_SUFFIX));
        let status = Command::new(&program)
            .args(arguments)
            .arg("--home")
            .arg(self.home.root())
            .status()
            .with_context(|| format!("could not start {}", program.display()))?;
        if status.code() != Some(expected) {
            bail!("`bridgekeeper {}` ended with {status}, not with {expected}", words.join(" "));
        }
        Ok(())
    }
}

fn call_a_tool(screen: &Screen, entry: &Entry, home: &Path) -> Result<()> {
    let mut host = StdioHost::start(entry.command(home));
    let result = host.initialize("2025-11-25");
    screen
        .exchange("initialize", result["serverInfo"]["name"].as_str().unwrap_or("a server without a name"))?;
    let answer = host.call(1, "tools/list", &json!({}));
    let tools = answer["result"]["tools"].as_array().context("the list of tools is no list")?;
    let names: Vec<&str> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    screen.exchange("tools/list", &names.join(", "))?;
    let sum = host.call_tool(2, "add", &json!({ "a": 20, "b": 22 }));
    screen.exchange("tools/call add 20 22", &sum)?;
    if sum != "42" {
        bail!("the server added 20 and 22 to {sum}");
    }
    let status = host.finish();
    if !status.success() {
        bail!("the bridge ended with {status}\n{}", host.log());
    }
    say("\nThe host closed the bridge's input, and the bridge ended by itself.")?;
    Ok(())
}

/// The text for the eye: the token masked, as everywhere.
fn masked(text: &str) -> String {
    text.replace(TOKEN, bridgekeeper_model::MASK)
}

/// Cargo puts all programs of one build beside each other.
fn beside_this_program() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    Ok(this.parent().context("this program has no folder")?.to_owned())
}

/// Ctrl-C reaches the started programs too, which end; this removes the home and ends with the usual status.
fn leave_nothing_on_interrupt(folder: PathBuf) -> Result<()> {
    Ok(ctrlc::set_handler(move || {
        let _ = std::fs::remove_dir_all(&folder);
        std::process::exit(130);
    })?)
}
