//! Plays Claude Desktop for one server: starts the command of an entry with its arguments and environment, shakes
//! hands, lists the tools and calls one.
//!
//! It reads the entry from the config file itself, so what is shown is what the file says and not what the demo
//! would like it to say.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What Claude hands on of its own environment on Unix and on Windows; everything else comes from the entry.
const INHERITED: &[&str] = &["PATH", "LOGNAME", "SHELL", "TERM", "USER", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP"];

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "mcpServers")]
    servers: std::collections::BTreeMap<String, Entry>,
}

/// One entry under `mcpServers`.
#[derive(Deserialize)]
pub(crate) struct Entry {
    command: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: std::collections::BTreeMap<String, String>,
}

impl Entry {
    /// Reads the entry of that name from the config file.
    pub(crate) fn read(config: &Path, server: &str) -> Result<Self> {
        let text = std::fs::read_to_string(config).with_context(|| format!("could not read {}", config.display()))?;
        let mut config: Config = serde_json::from_str(&text).context("the config is not what Claude accepts")?;
        config.servers.remove(server).with_context(|| format!("the config has no entry `{server}`"))
    }

    /// The command line as the entry gives it.
    pub(crate) fn command_line(&self) -> String {
        std::iter::once(&self.command).chain(&self.args).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// A server that this host has started.
pub(crate) struct Connection {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    next_id: u64,
}

impl Connection {
    /// Starts the entry's command in that home.
    pub(crate) fn start(entry: &Entry, home: &Path) -> Result<Self> {
        let mut command = Command::new(&entry.command);
        command.args(&entry.args).env_clear().kill_on_drop(true);
        command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("HOME", home).env("USERPROFILE", home).envs(&entry.env);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(|| format!("could not start {}", entry.command))?;
        let stdin = child.stdin.take().context("the server has no stdin")?;
        let stdout = child.stdout.take().context("the server has no stdout")?;
        Ok(Self { child, stdin, lines: BufReader::new(stdout).lines(), next_id: 0 })
    }

    /// Shakes hands as Claude does and returns the name of the server that answered.
    pub(crate) async fn initialize(&mut self) -> Result<String> {
        let result = self
            .request(
                "initialize",
                json!({
                    "protocolVersion": "2025-11-25",
                    "capabilities": {},
                    "clientInfo": { "name": "bridgekeeper-demo", "version": env!("CARGO_PKG_VERSION") },
                }),
            )
            .await?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
        Ok(result["serverInfo"]["name"].as_str().unwrap_or("a server without a name").to_owned())
    }

    /// The names of the tools.
    pub(crate) async fn tools(&mut self) -> Result<Vec<String>> {
        let result = self.request("tools/list", json!({})).await?;
        let tools = result["tools"].as_array().context("the tool list is no list")?;
        Ok(tools.iter().filter_map(|tool| Some(tool["name"].as_str()?.to_owned())).collect())
    }

    /// Calls a tool and returns the text of its answer.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Result<String> {
        let result = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        if result["isError"] == json!(true) {
            bail!("the tool `{tool}` answered with an error: {result}");
        }
        Ok(result["content"][0]["text"].as_str().unwrap_or_default().to_owned())
    }

    /// Closes the server's stdin, as Claude does when it quits, and waits for it to end by itself.
    pub(crate) async fn close(mut self) -> Result<()> {
        drop(self.stdin);
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.context("the bridge did not end")??;
        if !status.success() {
            bail!("the bridge ended with {status}");
        }
        Ok(())
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await?;
        let answer = tokio::time::timeout(PATIENCE, self.answer_to(id));
        let mut message = answer.await.with_context(|| format!("no answer to {method}"))??;
        if let Some(error) = message.get("error") {
            bail!("{method} was answered with an error: {error}");
        }
        Ok(message["result"].take())
    }

    async fn send(&mut self, message: &Value) -> Result<()> {
        self.stdin.write_all(format!("{message}\n").as_bytes()).await?;
        Ok(self.stdin.flush().await?)
    }

    async fn answer_to(&mut self, id: u64) -> Result<Value> {
        while let Some(line) = self.lines.next_line().await? {
            let message: Value = serde_json::from_str(&line).context("stdout carried something else than JSON")?;
            if message["id"] == json!(id) {
                return Ok(message);
            }
        }
        bail!("the bridge closed its stdout")
    }
}
