//! The program on a throwaway home.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use bridgekeeper_model::Os;
use bridgekeeper_testkit::files::put;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use serde_json::Value;

/// A home and the program that looks at it.
pub(crate) struct Console {
    folder: tempfile::TempDir,
    pub(crate) home: ClaudeHome,
}

/// What one call came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Console {
    /// A home with Claude and nothing else.
    pub(crate) fn new(os: Os) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = ClaudeHome::create(folder.path().join("home"), os).unwrap();
        Self { folder, home }
    }

    /// A home with Claude and this config.
    pub(crate) fn with_config(os: Os, config: &str) -> Self {
        let console = Self::new(os);
        console.home.write_config(config).unwrap();
        console
    }

    /// The broken set-up of the demo.
    pub(crate) fn broken(os: Os) -> Self {
        let console = Self::new(os);
        BrokenSetup::default().write(&console.home).unwrap();
        console
    }

    /// A home without Claude.
    pub(crate) fn empty(os: Os) -> Self {
        let console = Self::new(os);
        std::fs::remove_dir_all(console.home.root()).unwrap();
        std::fs::create_dir_all(console.home.root()).unwrap();
        console
    }

    pub(crate) fn config(&self) -> String {
        self.home.config().display().to_string()
    }

    /// What stands in the config.
    pub(crate) fn config_text(&self) -> String {
        std::fs::read_to_string(self.home.config()).unwrap()
    }

    /// A file beside the home.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        put(&path, text);
        path.display().to_string()
    }

    pub(crate) fn run(&self, words: &[&str]) -> Outcome {
        self.run_with(words, "")
    }

    /// Starts it with `--home` and `--os`, and an environment of its own.
    pub(crate) fn begin(&self, words: &[&str]) -> Child {
        self.command(words).spawn().unwrap()
    }

    /// The same, about to start.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bridgekeeper"));
        command.args(words);
        command.arg("--home").arg(self.home.root()).args(["--os", self.home.os().as_str()]);
        command
            .env("BRIDGEKEEPER_BRIDGE", self.bridge())
            .env("BRIDGEKEEPER_KEYRING", "none")
            .env("TZ", "UTC")
            .env("COLUMNS", "100");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run_with(&self, words: &[&str], stdin: &str) -> Outcome {
        let mut child = self.begin(words);
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        Outcome {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The whole interaction as text, with what differs from run to run named.
    pub(crate) fn shown(&self, words: &[&str]) -> String {
        let outcome = self.run(words);
        let mut text = format!("$ bridgekeeper {}\n", words.join(" "));
        text.push_str(&outcome.stdout);
        if !outcome.stderr.is_empty() {
            let _ = write!(text, "--- standard error\n{}", outcome.stderr);
        }
        let _ = writeln!(text, "--- exit {}", outcome.status);
        self.named(&text)
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let outcome = self.run(&[words, &["--json"]].concat());
        assert_eq!(outcome.stderr, "", "{words:?}");
        serde_json::from_str(&outcome.stdout).unwrap()
    }

    fn named(&self, text: &str) -> String {
        let home = self.home.root().display().to_string();
        let text = text.replace(&home, "HOME").replace(&self.folder.path().display().to_string(), "FOLDER");
        let text = text.replace(&home.replace('\\', "\\\\"), "HOME").replace("HOME\\", "HOME/");
        // The day of an id and of a time is today's.
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
        let text = text.replace(&today, "TODAY");
        let minute = |line: &str| match line.split_once("TODAY ") {
            Some((before, after)) if after.get(5..9) == Some(" UTC") => {
                format!("{before}TODAY HH:MM{}", &after[5..])
            }
            _ => line.to_owned(),
        };
        text.split_inclusive('\n').map(minute).collect()
    }

    /// Something to publish; no test here starts it.
    fn bridge(&self) -> PathBuf {
        let path = self.folder.path().join(format!("mcp-bridge{}", std::env::consts::EXE_SUFFIX));
        put(&path, "the bridge");
        path
    }
}
