//! Reference servers, installed under `target/fixtures` by `tests/fixtures/setup.sh`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bridgekeeper_testkit::host::StdioHost;
use bridgekeeper_tests::{fixture, program, python, workspace};
use tempfile::TempDir;

/// How long a server may take to listen. Python reads hundreds of files on a cold disk.
const START: Duration = Duration::from_mins(1);

/// A server that runs for as long as this lives.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// `@modelcontextprotocol/server-everything`; `transport` is `streamableHttp` or `sse`.
    pub(crate) fn everything(transport: &str) -> Self {
        let program = fixture("npm/node_modules/@modelcontextprotocol/server-everything/dist/index.js");
        let bounded = workspace().join("tests/fixtures/bounded.mjs");
        let mut node = Command::new("node");
        node.arg("--import").arg(bounded).arg(program).arg(transport);
        Self::start(node)
    }

    /// A FastMCP server; `flags` may be `--json`, for replies as one JSON document, or `--oauth`, for one that asks for
    /// sign-in and is its own authorization server.
    pub(crate) fn fastmcp(flags: &[&str]) -> Self {
        let mut python = Command::new(python());
        python.arg(workspace().join("tests/fixtures/fastmcp_server.py")).args(flags);
        Self::start(python)
    }

    /// An MCP server with `oidc-provider` as its authorization server. Its access tokens last two seconds.
    pub(crate) fn oidc() -> Self {
        let mut node = Command::new(bridgekeeper_tests::node());
        node.arg(workspace().join("tests/fixtures/oidc_server.mjs")).arg(fixture("npm"));
        Self::start(node)
    }

    /// The MCP endpoint at this path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let output = BufReader::new(child.stdout.take().expect("the pipe was asked for"));
        let (sender, port) = mpsc::channel();
        // Reads on to the end: a full pipe would stop the server.
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(port) = line.strip_prefix("listening on ") {
                    let _ = sender.send(port.parse::<u16>().expect("a port"));
                }
            }
        });
        let port = port.recv_timeout(START);
        let mut server = Self { child, port: 0 };
        server.port =
            port.unwrap_or_else(|_| panic!("{command:?} does not listen: {:?}", server.child.try_wait()));
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The built `mcp-bridge`, in a home of its own: what it remembers of a server is not for the next one on its port.
#[derive(Debug)]
pub(crate) struct Bridge {
    host: StdioHost,
    _home: TempDir,
}

impl Deref for Bridge {
    type Target = StdioHost;

    fn deref(&self) -> &StdioHost {
        &self.host
    }
}

impl DerefMut for Bridge {
    fn deref_mut(&mut self) -> &mut StdioHost {
        &mut self.host
    }
}

/// Starts the built `mcp-bridge` on a URL.
pub(crate) fn bridge(url: &str, flags: &[&str]) -> Bridge {
    let home = tempfile::tempdir().expect("a home");
    let mut command = Command::new(program("mcp-bridge"));
    command.arg(url).args(flags).arg("--home").arg(home.path());
    Bridge { host: StdioHost::start(command), _home: home }
}
