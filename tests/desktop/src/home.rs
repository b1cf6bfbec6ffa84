//! The demo's home: a Windows machine's Claude with six servers, five of them broken.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::{BrokenSetup, ClaudeHome};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

/// As the settings name what was found at first.
const FIRST_RUN: &str = "first-run";

/// A throwaway home. It is removed when this is dropped.
#[derive(Debug)]
pub struct Home {
    claude: ClaudeHome,
    _folder: TempDir,
}

impl Home {
    /// The broken set-up, started a quarter of an hour ago, of somebody who has used the app before.
    pub fn broken() -> Result<Self> {
        let home = Self::of_somebody_new()?;
        home.choose(json!({ "shown": [FIRST_RUN] }))?;
        Ok(home)
    }

    /// The broken set-up of somebody who starts the app for the first time.
    pub fn of_somebody_new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("bridgekeeper-").tempdir()?;
        let claude = ClaudeHome::create(folder.path(), Os::Windows)?;
        let started = Timestamp::now() - SignedDuration::from_mins(15);
        BrokenSetup { started, ..BrokenSetup::default() }.write(&claude)?;
        Ok(Self { claude, _folder: folder })
    }

    /// A home with so many servers more, of which Claude has started none.
    pub fn with_servers(count: u32) -> Result<Self> {
        let home = Self::broken()?;
        let mut config: Value = serde_json::from_str(&home.config()?)?;
        let Some(servers) = config["mcpServers"].as_object_mut() else { bail!("the config has servers") };
        servers.extend((1..=count).map(|number| {
            let entry = json!({ "command": "node", "args": [format!("C:\\tools\\{number}\\index.js")] });
            (format!("server {number:04}"), entry)
        }));
        home.claude.write_config(&serde_json::to_string_pretty(&config)?)?;
        Ok(home)
    }

    /// Adds a server behind the bridge, whose log says that nobody is signed in to it.
    pub fn add_guarded(&self, server: &str, url: &str) -> Result<()> {
        let mut config: Value = serde_json::from_str(&self.config()?)?;
        let Some(servers) = config["mcpServers"].as_object_mut() else { bail!("the config has servers") };
        let bridge = "C:\\Users\\ada\\.bridgekeeper\\bin\\mcp-bridge.exe";
        servers.insert(server.to_owned(), json!({ "command": bridge, "args": [url] }));
        self.claude.write_config(&serde_json::to_string_pretty(&config)?)?;
        let now = Timestamp::now();
        let log = format!(
            "{now:.3} [{server}] [info] Initializing server...\n\
             {now:.3} [{server}] [info] Server started and connected successfully\n\
             [7] Authentication required. Waiting for authorization...\n"
        );
        Ok(self.claude.write_server_log(server, &log)?)
    }

    /// Makes a server's log so many bytes longer, before what it holds already.
    pub fn lengthen_log(&self, server: &str, bytes: usize) -> Result<()> {
        let path = self.log_file(server);
        let last = std::fs::read(&path)?;
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut written = 0;
        let mut number: u64 = 0;
        while written < bytes {
            number += 1;
            let line = format!(
                "2026-01-01T08:00:00.000Z [{server}] [info] Message from client: \
                 {{\"jsonrpc\":\"2.0\",\"id\":{number},\"method\":\"tools/list\"}} {{ metadata: undefined }}\n"
            );
            file.write_all(line.as_bytes())?;
            written += line.len();
        }
        file.write_all(&last)?;
        Ok(file.flush()?)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.claude.root()
    }

    /// The config, which is UTF-8.
    pub fn config(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.claude.config())?)
    }

    /// Writes these of Bridgekeeper's own settings; the others stay.
    pub fn choose(&self, settings: Value) -> Result<()> {
        let mut all = self.settings()?;
        let (Some(had), Value::Object(new)) = (all.as_object_mut(), settings) else {
            bail!("settings are an object");
        };
        had.extend(new);
        let file = self.settings_file();
        std::fs::create_dir_all(file.parent().unwrap_or(self.path()))?;
        Ok(std::fs::File::create(file)?.write_all(all.to_string().as_bytes())?)
    }

    /// Whether the app knows that it has shown what it found at first.
    pub fn has_seen_first_run(&self) -> Result<bool> {
        let settings = self.settings()?;
        let shown = settings.get("shown").and_then(Value::as_array);
        Ok(shown.is_some_and(|shown| shown.iter().any(|once| once == FIRST_RUN)))
    }

    fn settings(&self) -> Result<Value> {
        match std::fs::read_to_string(self.settings_file()) {
            Ok(text) => Ok(serde_json::from_str(&text)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(json!({})),
            Err(error) => Err(error.into()),
        }
    }

    fn settings_file(&self) -> PathBuf {
        self.path().join(".bridgekeeper/settings.json")
    }

    /// Keeps a sign-in as mcp-remote does: its tokens and the client they were given to.
    pub fn keep_sign_in(&self) -> Result<()> {
        let folder = self.path().join(".mcp-auth/mcp-remote-0.1.37");
        std::fs::create_dir_all(&folder)?;
        for what in ["tokens", "client_info"] {
            let name = format!("5d41402abc4b2a76b9719d911017c592_{what}.json");
            std::fs::File::create(folder.join(name))?.write_all(b"{}")?;
        }
        Ok(())
    }

    /// Keeps the sign-in to `crm` as the mcp-remote of its entry does, good for a week, so that it can be taken over.
    pub fn keep_sign_in_to_crm(&self) -> Result<()> {
        // MD5 of the entry's URL, by which this release names its files
        let stem = ".mcp-auth/mcp-remote-0.1.29/08490ba00f77d99ffe3532454cb7566c";
        let tokens = r#"{"access_token":"demo-access-1","refresh_token":"demo-refresh-1","token_type":"Bearer","expires_in":604800}"#;
        let client =
            r#"{"client_id":"demo-client","redirect_uris":["http://127.0.0.1:21371/oauth/callback"]}"#;
        self.claude.file(&format!("{stem}_tokens.json"), tokens)?;
        Ok(self.claude.file(&format!("{stem}_client_info.json"), client)?)
    }

    /// The reports that were saved at their usual place: names and texts.
    pub fn reports(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let mut reports = Vec::new();
        for entry in std::fs::read_dir(self.path())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.contains("report") && path.is_file() {
                reports.push((name, std::fs::read(path)?));
            }
        }
        Ok(reports)
    }

    /// What is kept of sign-ins, by its path from the home.
    pub fn sign_in_files(&self) -> Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::new();
        let mut folders = vec![self.path().join(".mcp-auth")];
        while let Some(folder) = folders.pop() {
            // A reset takes the folder too when nothing is left in it
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(path);
                }
            }
        }
        Ok(files)
    }

    /// Appends a line to a server's log, as Claude writes it.
    pub fn log(&self, server: &str, text: &str) -> Result<()> {
        let path = self.log_file(server);
        let now = Timestamp::now();
        let line = format!("{now:.3} [{server}] [info] {text}\n");
        Ok(OpenOptions::new().append(true).open(path)?.write_all(line.as_bytes())?)
    }

    fn log_file(&self, server: &str) -> PathBuf {
        self.claude.log_folder().join(format!("mcp-server-{server}.log"))
    }
}
