//! What mends a problem and is no edit of the config: what Bridgekeeper does beside the config when it is asked to,
//! and what only the person can do. Edits of the config are in [`crate::fixes`].

use bridgekeeper_model::{Applicability, Fix};

/// A remedy that is no edit of the config.
#[derive(Debug, Clone, Copy)]
pub struct Remedy {
    /// Stable id.
    pub id: &'static str,
    /// What to do, as an imperative sentence.
    pub title: &'static str,
    /// What Bridgekeeper does and by which command, as a paragraph; `None` where only the person can do it.
    pub act: Option<&'static str>,
    /// What the person should know before it is done.
    pub price: Option<&'static str>,
}

/// The remedy of this id as a fix that a finding lists.
pub fn describe(id: &str) -> Option<Fix> {
    ALL.iter().find(|remedy| remedy.id == id).map(|remedy| Fix {
        id: remedy.id.to_owned(),
        title: remedy.title.to_owned(),
        applicability: if remedy.act.is_some() { Applicability::Ask } else { Applicability::Manual },
        price: remedy.price.map(str::to_owned),
    })
}

/// What Bridgekeeper does for this id, as a paragraph; `None` for what only the person can do.
pub fn act(id: &str) -> Option<&'static str> {
    ALL.iter().find(|remedy| remedy.id == id)?.act
}

const fn manual(id: &'static str, title: &'static str) -> Remedy {
    Remedy { id, title, act: None, price: None }
}

const fn act_of(id: &'static str, title: &'static str, act: &'static str, price: &'static str) -> Remedy {
    Remedy { id, title, act: Some(act), price: Some(price) }
}

const RESET_AUTH: &str = "\
`bridgekeeper reset-auth --server NAME --dry-run` lists what is stored for the server, each thing with its size and age, \
and changes nothing: tokens, registration, locks and debug logs of every generation of `~/.mcp-auth`, the bridge in npx's \
cache, held callback ports, and bridges whose Claude is gone.

With `--yes` it stops Claude and those bridges, moves the files into quarantine, and starts Claude again. The next start \
asks for a new sign-in. `bridgekeeper undo` brings every file back; an ended process stays ended. Without `--server` it \
does so for every server.";

const CLEAR_NPX_CACHE: &str = "\
`bridgekeeper reset-auth --npx-cache --server NAME --dry-run` lists the folders of npx's cache that hold the package of \
the server, with size and age, and changes nothing. Sign-ins stay.

With `--yes` it stops Claude, moves those folders into quarantine, and starts Claude again: npx then fetches the package \
anew. `bridgekeeper undo` brings the folders back.";

/// Every remedy.
pub static ALL: &[Remedy] = &[
    manual("restart-claude", "Restart Claude with its servers: `bridgekeeper restart-claude`"),
    act_of(
        "reset-auth",
        "Stop Claude, set the stored sign-ins aside, start Claude again",
        RESET_AUTH,
        "You sign in once more.",
    ),
    act_of(
        "clear-npx-cache",
        "Stop Claude, set npx's copy of the package aside, start Claude again",
        CLEAR_NPX_CACHE,
        "npx fetches the package anew; sign-ins stay.",
    ),
    manual("end-other-copies", "End the copies that are left over: `bridgekeeper restart-claude`"),
    manual("merge-configs", "Bring the entries into the config file that Claude reads"),
    manual("sign-in-again", "Sign in to the server again"),
    manual("absolute-data-path", "Give the server an absolute path for its logs and data"),
    manual("add-connector", "Add the address in Claude under Settings > Connectors"),
    manual("allow-host", "Let the server's operator add this host name to its allowed hosts"),
    manual("ask-for-client-id", "Ask the operator for a client id and give it to the client"),
    manual("check-proxy", "Check the proxy's address and its sign-in"),
    manual("complete-chain", "Let the server send its whole chain of certificates"),
    manual("publish-metadata", "Let the server's operator correct the OAuth metadata that it publishes"),
    manual("refuse-foreign-origins", "Let the server refuse foreign `Origin` and `Host` headers"),
    manual("renew-certificate", "Let the server's operator renew its certificate, for this name"),
    manual("serve-https", "Serve it over https, and use that address"),
    manual(
        "stop-buffering",
        "Switch buffering off in the proxy before the server: nginx `proxy_buffering off`",
    ),
    manual(
        "trust-authority",
        "Name the authority's certificate file in `NODE_EXTRA_CA_CERTS` or with `--ca-file`",
    ),
    manual("add-env", "Add the variable under `env` in the entry"),
    manual("ask-operator", "Ask the server's operator; the evidence shows what to send"),
    manual("build-project", "Run the project's build, or make its virtual environment"),
    manual("check-clock", "Check this computer's date and time"),
    manual("check-network", "Check the network, the VPN and the firewall"),
    manual("check-rights", "Check the rights of the account and the scopes of the token"),
    manual("clear-quarantine", "Clear the quarantine mark: `xattr -d com.apple.quarantine FILE`"),
    manual("correct-header", "Correct the headers in the entry"),
    manual("correct-image-name", "Correct the name of the image, or build it"),
    manual("correct-package-name", "Correct the name or version of the package in `args`"),
    manual("correct-path", "Correct the path in the entry"),
    manual("correct-token", "Correct the token; the header is `Authorization: Bearer TOKEN`"),
    manual("correct-url", "Correct the address in the entry"),
    manual("edit-config", "Open the config at the entry and correct it"),
    manual("grant-full-disk-access", "Give the program Full Disk Access in System Settings"),
    manual("grant-local-network", "Allow the program under Privacy & Security > Local Network"),
    manual("install-docker", "Install Docker Desktop and start it"),
    manual("install-node", "Install Node 20 or newer"),
    manual("install-node-packages", "Run `npm install` in the server's folder"),
    manual("install-outside-appdata", "Install the server in a folder outside AppData"),
    manual("install-package-globally", "Install the package with `npm install -g` and start it by its name"),
    manual("install-python", "Install Python 3, or name `python3` as the command"),
    manual("install-python-packages", "Install the package into the Python that runs the server"),
    manual("install-uv", "Install uv"),
    manual("join-docker-group", "Add yourself to the group `docker` and sign in again"),
    manual("keep-alive", "Let the bridge or the server send keep-alive messages"),
    manual("log-to-stderr", "Let the server log to standard error, or switch its messages off"),
    manual("make-executable", "Make the file executable: `chmod +x FILE`"),
    manual("move-out-of-protected-folder", "Move the server out of the protected folder"),
    manual("new-api-key", "Make a new key at the service and put it into the entry"),
    manual("newer-python", "Name a newer Python: `uvx --python 3.12 …`"),
    manual("node-full-path", "Start the full path of a newer `node` with the script as its argument"),
    manual("own-npm-folder", "Take npm's folder back: `sudo chown -R $(id -u) ~/.npm`"),
    manual("pin-version", "Name a version that is known to work"),
    manual("python-utf8", "Add `PYTHONUTF8=1` to the entry's `env`"),
    manual("register-redirect-uri", "Register the return address with the sign-in service"),
    manual("reinstall-extension", "Fill in the extension's settings, or install it again"),
    manual("reinstall-package", "Install the package again"),
    manual("run-in-terminal", "Run the same command in a terminal and read what it prints"),
    manual("set-transport", "Name the transport: `--transport sse-only` or `http-only`"),
    manual("shorten-names", "Shorten the server's name in the config"),
    manual("sign-in-in-terminal", "Run the bridge once in a terminal and finish the sign-in there"),
    manual("start-docker", "Start Docker Desktop and wait until it is ready"),
    manual("start-remote-server", "Start the server, and compare its port with the entry"),
    manual("update-bridge", "Use the newest version of the bridge"),
    manual("update-server", "Update the server"),
    manual("use-api-key-header", "Send an API key in a header instead of signing in"),
    manual("use-wsl-exe", "Start the server through `wsl.exe -d DISTRIBUTION`"),
    manual("venv-python", "Name the Python of the virtual environment as the command"),
    manual("wait", "Wait some minutes and try again"),
];
