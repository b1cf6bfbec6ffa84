use std::fmt::Write as _;
use std::io;

use bridgekeeper_model::Os;
use jiff::{SignedDuration, Timestamp};

use super::ClaudeHome;

/// A set-up as a person brings it who has followed three guides: six servers, one of which works.
///
/// | server | what is wrong |
/// | --- | --- |
/// | `team-notes` | a header with a space in `args`, which `cmd.exe` takes apart on Windows |
/// | `calendar`, `tickets` | one OAuth callback port for both |
/// | `search` | a `url` entry, which Claude skips |
/// | `crm` | an old `mcp-remote` that reads the port of a listener that is not there |
/// | `files` | nothing |
#[derive(Debug, Clone)]
pub struct BrokenSetup {
    /// URL of a server that answers and wants the header; `team-notes` names it.
    pub notes_url: String,
    /// The token in that header.
    pub token: String,
    /// URL of a server that answers; the `url` entry names it.
    pub search_url: String,
    /// When Claude was started last.
    pub started: Timestamp,
}

impl Default for BrokenSetup {
    fn default() -> Self {
        Self {
            notes_url: "https://notes.example/mcp".to_owned(),
            token: "demo-token-4fb1c2".to_owned(),
            search_url: "https://search.example/mcp".to_owned(),
            started: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_795_163_400),
        }
    }
}

impl BrokenSetup {
    /// Writes the config and the logs.
    pub fn write(&self, home: &ClaudeHome) -> io::Result<()> {
        home.write_config(&self.config(home))?;
        home.write_server_log("team-notes", &self.notes_log(home.os()))?;
        home.write_server_log("calendar", &self.calendar_log())?;
        home.write_server_log("tickets", &self.tickets_log())?;
        home.write_server_log("crm", &self.crm_log(home.os()))?;
        home.write_server_log("files", &self.files_log())?;
        home.write_log("main.log", &self.main_log(home.os()))
    }

    /// In the style in which Claude itself writes the file.
    fn config(&self, home: &ClaudeHome) -> String {
        let documents = match home.os() {
            Os::Windows => "C:\\Users\\ada\\Documents",
            Os::Macos => "/Users/ada/Documents",
            Os::Linux => "/home/ada/Documents",
        };
        let header = format!("Authorization: Bearer {}", self.token);
        let port = "3334";
        let servers = [
            ("files", npx(&["-y", "@modelcontextprotocol/server-filesystem", documents])),
            ("team-notes", npx(&["-y", "mcp-remote@latest", &self.notes_url, "--header", &header])),
            ("calendar", npx(&["-y", "mcp-remote@latest", "https://calendar.example/mcp", port])),
            ("tickets", npx(&["-y", "mcp-remote@latest", "https://tickets.example/mcp", port])),
            ("search", format!("\"type\": \"http\",\n      \"url\": {}", quoted(&self.search_url))),
            ("crm", npx(&["-y", "mcp-remote@0.1.29", "https://crm.example/mcp"])),
        ];
        let servers = servers.map(|(name, entry)| format!("    \"{name}\": {{\n      {entry}\n    }}"));
        format!(
            "{{\n  \"globalShortcut\": \"Alt+Space\",\n  \"mcpServers\": {{\n{}\n  }},\n  \"preferences\": {{\n    \
             \"menuBarEnabled\": true\n  }}\n}}\n",
            servers.join(",\n")
        )
    }

    fn notes_log(&self, os: Os) -> String {
        let mut log = self.log("team-notes");
        log.start();
        if os == Os::Windows {
            log.raw("'C:\\Program' is not recognized as an internal or external command,");
            log.raw("operable program or batch file.");
            log.ends_by_itself();
        } else {
            log.raw(&format!("[5120] Connecting to remote server: {}", self.notes_url));
            log.raw("[5120] Using transport strategy: http-first");
            log.raw("[5120] Connected to remote server using StreamableHTTPClientTransport");
            log.raw("[5120] Proxy established successfully between local STDIO and remote StreamableHTTPClientTransport");
            log.answer("notes");
        }
        log.text
    }

    fn calendar_log(&self) -> String {
        let mut log = self.log("calendar");
        log.start();
        log.raw("[6004] Using specified callback port: 3334");
        log.raw("[6004] Connecting to remote server: https://calendar.example/mcp");
        log.raw("[6004] Using transport strategy: http-first");
        log.raw("[6004] Authentication required. Initializing auth...");
        log.raw("[6004] Please authorize this client by visiting:");
        log.raw("https://sign.example/authorize?response_type=code&client_id=c-71&code_challenge=q2&redirect_uri=http%3A%2F%2F127.0.0.1%3A3334%2Foauth%2Fcallback");
        log.text
    }

    fn tickets_log(&self) -> String {
        let mut log = self.log("tickets");
        log.start();
        log.raw("[6012] Using specified callback port: 3334");
        log.raw("[6012] Connecting to remote server: https://tickets.example/mcp");
        log.raw("node:events:486");
        log.raw("      throw er; // Unhandled 'error' event");
        log.raw("Error: listen EADDRINUSE: address already in use 127.0.0.1:3334");
        log.ends_by_itself();
        log.text
    }

    fn crm_log(&self, os: Os) -> String {
        let cache = match os {
            Os::Windows => "file:///C:/Users/ada/AppData/Local/npm-cache/_npx/705d23756ff7dacc",
            Os::Macos | Os::Linux => "file:///home/ada/.npm/_npx/705d23756ff7dacc",
        };
        let mut log = self.log("crm");
        log.start();
        log.raw("[6020] Using automatically selected callback port: 21371");
        log.raw("[6020] Discovering OAuth server configuration...");
        log.raw("[6020] Fatal error: TypeError: Cannot read properties of null (reading 'port')");
        log.raw(&format!(
            "    at coordinateAuth ({cache}/node_modules/mcp-remote/dist/chunk-OYJDTRDQ.js:14570:30)"
        ));
        log.ends_by_itself();
        log.text
    }

    fn files_log(&self) -> String {
        let mut log = self.log("files");
        log.start();
        log.raw("Secure MCP Filesystem Server running on stdio");
        log.answer("secure-filesystem-server");
        log.text
    }

    /// Claude's own log, in local time without a zone.
    fn main_log(&self, os: Os) -> String {
        let platform = match os {
            Os::Windows => "win32",
            Os::Macos => "darwin",
            Os::Linux => "linux",
        };
        let mut text = String::new();
        let lines = [
            format!(
                "[info] Starting app {{ appVersion: '1.34493.1', isPackaged: true, platform: '{platform}', arch: 'x64', nodeVersion: '22.18.0' }}"
            ),
            "[warn] Skipped invalid MCP server config entries: { invalidServers: [ 'search', [length]: 1 ] }"
                .to_owned(),
            "[info] Launching MCP Server: files".to_owned(),
            "[info] Launching MCP Server: team-notes".to_owned(),
            "[info] Config file written".to_owned(),
        ];
        for line in lines {
            let _ = writeln!(text, "{} {line}", self.started.strftime("%Y-%m-%d %H:%M:%S"));
        }
        text
    }

    fn log(&self, server: &'static str) -> ServerLog {
        ServerLog { server, time: self.started, text: String::new() }
    }
}

/// The members of an entry that starts `npx`.
fn npx(args: &[&str]) -> String {
    let args: Vec<String> = args.iter().map(|arg| format!("        {}", quoted(arg))).collect();
    format!("\"command\": \"npx\",\n      \"args\": [\n{}\n      ]", args.join(",\n"))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `mcp-server-NAME.log` as it grows.
struct ServerLog {
    server: &'static str,
    time: Timestamp,
    text: String,
}

impl ServerLog {
    fn line(&mut self, level: &str, text: &str) {
        self.time += SignedDuration::from_millis(137);
        let time = self.time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let _ = writeln!(self.text, "{time} [{}] [{level}] {text} {{ metadata: undefined }}", self.server);
    }

    /// What the server itself prints carries no time and no name.
    fn raw(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn start(&mut self) {
        self.line("info", "Initializing server...");
        self.line("info", "Server started and connected successfully");
        self.line(
            "info",
            r#"Message from client: {"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"claude-ai","version":"0.1.0"}},"jsonrpc":"2.0","id":0}"#,
        );
    }

    fn answer(&mut self, name: &str) {
        self.line(
            "info",
            &format!(
                r#"Message from server: {{"jsonrpc":"2.0","id":0,"result":{{"protocolVersion":"2025-11-25","capabilities":{{"tools":{{}}}},"serverInfo":{{"name":"{name}","version":"1.0.0"}}}}}}"#
            ),
        );
        self.line(
            "info",
            r#"Message from client: {"method":"tools/list","params":{},"jsonrpc":"2.0","id":1}"#,
        );
        self.line(
            "info",
            r#"Message from server: {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"search","inputSchema":{"type":"object"}}]}}"#,
        );
    }

    fn ends_by_itself(&mut self) {
        self.line("info", "Server transport closed");
        self.line("info", "Client transport closed");
        self.line(
            "info",
            "Server transport closed unexpectedly, this is likely due to the process exiting early. If you are \
             developing this MCP server you can add output to stderr (i.e. `console.error('...')` in JavaScript, \
             `print('...', file=sys.stderr)` in python) and it will appear in this log.",
        );
        self.line(
            "error",
            "Server disconnected. For troubleshooting guidance, please visit our [debugging \
             documentation](https://modelcontextprotocol.io/docs/tools/debugging)",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_is_strict_json_in_every_system() {
        let folder = tempfile::tempdir().unwrap();
        for os in [Os::Windows, Os::Macos, Os::Linux] {
            let home = ClaudeHome::create(folder.path().join(os.as_str()), os).unwrap();
            BrokenSetup::default().write(&home).unwrap();
            let config = std::fs::read_to_string(home.config()).unwrap();
            let value: serde_json::Value = serde_json::from_str(&config).unwrap();
            assert_eq!(value["mcpServers"].as_object().unwrap().len(), 6);
            assert_eq!(std::fs::read_dir(home.log_folder()).unwrap().count(), 6);
        }
    }
}
