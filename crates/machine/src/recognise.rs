//! What a process is, by its program's place and its command line. Names alone say little: Claude Code's program
//! is called `claude` as well, and every bridge of npm is called `node`.

use bridgekeeper_model::Os;

use crate::process::Process;

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Claude Desktop: the one process that starts all others.
    Claude,
    /// A process of Claude Desktop's own: a window, the GPU, a helper that starts servers.
    ClaudePart,
    /// mcp-remote, or the npm that starts it.
    McpRemote,
    /// Bridgekeeper's own bridge.
    McpBridge,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether it carries messages between Claude and a remote server.
    pub const fn is_bridge(self) -> bool {
        matches!(self, Self::McpRemote | Self::McpBridge)
    }
}

/// What a process of that system is.
pub fn role(process: &Process, os: Os) -> Role {
    let exe = process.exe.as_ref().map(|exe| parts(&exe.to_string_lossy()));
    let exe = exe.as_deref().unwrap_or_default();
    if is_claude(exe, process, os) {
        return if is_part(exe, process) { Role::ClaudePart } else { Role::Claude };
    }
    let program = exe.last().cloned().unwrap_or_else(|| process.name.to_lowercase());
    let program = program.strip_suffix(".exe").unwrap_or(&program);
    if matches!(program, "mcp-bridge" | "mcp-bridge (deleted)") {
        return Role::McpBridge;
    }
    let runs_packages =
        matches!(program, "node" | "npx" | "npm" | "bun" | "bunx" | "deno" | "cmd" | "sh" | "dash");
    if runs_packages && process.args.iter().any(|arg| names_mcp_remote(arg)) {
        return Role::McpRemote;
    }
    Role::Other
}

/// The package family that a program of a Windows package belongs to, from the name of its folder:
/// `…\WindowsApps\Claude_1.2.3.0_x64__pzs8sxrjxfjjc\app\Claude.exe` is of `Claude_pzs8sxrjxfjjc`.
pub fn package_family(exe: &str) -> Option<String> {
    let mut folders = exe.split(['\\', '/']).skip_while(|folder| !folder.eq_ignore_ascii_case("WindowsApps"));
    let package = folders.nth(1)?;
    let (name, rest) = package.split_once('_')?;
    let (_, publisher) = rest.rsplit_once("__")?;
    Some(format!("{name}_{publisher}"))
}

/// The names of folders and file on a path, in lower case.
fn parts(path: &str) -> Vec<String> {
    path.split(['\\', '/']).filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

fn is_claude(exe: &[String], process: &Process, os: Os) -> bool {
    let Some((program, folders)) = exe.split_last() else { return false };
    let has = |folder: &str| folders.iter().any(|part| part == folder);
    match os {
        Os::Windows => {
            let packaged = folders.iter().any(|part| part.starts_with("claude_") && part.contains("__"));
            program == "claude.exe" && (has("anthropicclaude") || has("windowsapps") && packaged)
        }
        // Its helpers are apps inside the app; what else it brings along, such as Claude Code, lies elsewhere
        Os::Macos => {
            has("claude.app") && has("contents") && (has("macos") || has("frameworks") || has("helpers"))
        }
        Os::Linux => {
            let program = program.strip_suffix(" (deleted)").unwrap_or(program);
            let own = |part: &String| part.starts_with("claude-desktop") || part.starts_with(".mount_claude");
            let in_own_folder = folders.iter().any(own) && is_electron(program);
            // A distribution's Electron with Claude's archive
            let archive = |arg: &String| arg.contains("app.asar") && parts(arg).iter().any(own);
            in_own_folder
                || program == "claude-desktop"
                || is_electron(program) && process.args.iter().any(archive)
        }
    }
}

fn is_electron(program: &str) -> bool {
    matches!(program, "electron" | "claude" | "claude-desktop" | "claude-desktop-bin" | "claude.bin")
        || program.starts_with("chrome_crashpad")
}

/// Electron says with `--type=` what each of its other processes is.
fn is_part(exe: &[String], process: &Process) -> bool {
    let helper = exe.iter().any(|part| part == "helpers" || part == "frameworks")
        || exe.last().is_some_and(|program| program.starts_with("chrome_crashpad"));
    helper || process.args.iter().any(|arg| arg.starts_with("--type="))
}

/// The package itself, or a file of it.
fn names_mcp_remote(arg: &str) -> bool {
    arg.split([' ', '"']).any(|word| {
        let word = word.to_lowercase();
        let mut names = word.split(['\\', '/']);
        names.any(|name| {
            let name = name.split_once('@').map_or(name, |(name, _)| name);
            matches!(name, "mcp-remote" | "mcp-remote.cmd" | "mcp-remote-client")
        }) && !word.starts_with("http")
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::process::ProcessId;

    pub(crate) fn process(exe: &str, args: &[&str]) -> Process {
        Process {
            id: ProcessId(7),
            parent: None,
            name: exe.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
            exe: Some(exe.into()),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            started: Timestamp::UNIX_EPOCH,
        }
    }

    fn told(os: Os, exe: &str, args: &[&str]) -> Role {
        role(&process(exe, args), os)
    }

    #[test]
    fn claude_desktop_is_known_by_its_place() {
        let windows = |exe| told(Os::Windows, exe, &[]);
        assert_eq!(
            windows(r"C:\Users\ada\AppData\Local\AnthropicClaude\app-1.1.2998\claude.exe"),
            Role::Claude
        );
        assert_eq!(
            windows(r"C:\Program Files\WindowsApps\Claude_1.52386.2.0_x64__pzs8sxrjxfjjc\app\Claude.exe"),
            Role::Claude
        );
        assert_eq!(told(Os::Macos, "/Applications/Claude.app/Contents/MacOS/Claude", &[]), Role::Claude);
        assert_eq!(
            told(Os::Macos, "/Users/ada/Applications/Claude.app/Contents/MacOS/Claude", &[]),
            Role::Claude
        );
        let linux = |exe, args: &[&str]| told(Os::Linux, exe, args);
        assert_eq!(linux("/usr/lib/claude-desktop/claude-desktop", &[]), Role::Claude);
        assert_eq!(linux("/opt/claude-desktop/electron", &["/opt/claude-desktop/app.asar"]), Role::Claude);
        assert_eq!(linux("/tmp/.mount_ClaudeAbC/usr/lib/electron", &[]), Role::Claude);
        assert_eq!(
            linux("/usr/lib/electron37/electron", &["/usr/lib/claude-desktop/app.asar"]),
            Role::Claude
        );
        assert_eq!(linux("/home/ada/.local/share/claude-desktop/claude-desktop", &[]), Role::Claude);
    }

    #[test]
    fn its_windows_and_helpers_are_parts_of_it() {
        let exe = r"C:\Users\ada\AppData\Local\AnthropicClaude\app-1.1.2998\claude.exe";
        assert_eq!(told(Os::Windows, exe, &["--type=renderer"]), Role::ClaudePart);
        assert_eq!(
            told(Os::Macos, "/Applications/Claude.app/Contents/Helpers/disclaimer", &["--", "npx"]),
            Role::ClaudePart
        );
        assert_eq!(told(Os::Linux, "/usr/lib/claude-desktop/chrome_crashpad_handler", &[]), Role::ClaudePart);
    }

    #[test]
    fn claude_code_is_not_claude_desktop() {
        assert_eq!(told(Os::Windows, r"C:\Users\ada\.local\bin\claude.exe", &[]), Role::Other);
        assert_eq!(
            told(
                Os::Windows,
                r"C:\Users\ada\AppData\Roaming\Claude\claude-code\2.1.0\claude.exe",
                &["--resume"]
            ),
            Role::Other
        );
        let below = "/Users/ada/Library/Application Support/Claude/claude-code/2.1.0/claude";
        assert_eq!(told(Os::Macos, below, &[]), Role::Other);
        assert_eq!(told(Os::Linux, "/home/ada/.local/bin/claude", &[]), Role::Other);
        assert_eq!(
            told(Os::Linux, "/usr/bin/node", &["/usr/lib/node_modules/@anthropic-ai/claude-code/cli.js"]),
            Role::Other
        );
        assert_eq!(told(Os::Linux, "/usr/bin/bash", &["/home/ada/claude-desktop/build.sh"]), Role::Other);
        assert_eq!(told(Os::Linux, "/usr/bin/vim", &["/home/ada/src/claude-desktop/electron"]), Role::Other);
        assert_eq!(told(Os::Linux, "/home/ada/src/claude-desktop/target/debug/tests", &[]), Role::Other);
    }

    #[test]
    fn bridges_are_known_by_what_they_run() {
        let linux = |exe, args: &[&str]| told(Os::Linux, exe, args);
        assert_eq!(
            linux("/usr/bin/node", &["/x/_npx/1/node_modules/.bin/mcp-remote", "https://a.example"]),
            Role::McpRemote
        );
        assert_eq!(
            linux("/usr/bin/node", &["/usr/bin/npx", "-y", "mcp-remote@0.1.37", "https://a.example"]),
            Role::McpRemote
        );
        assert_eq!(
            told(
                Os::Windows,
                r"C:\Windows\System32\cmd.exe",
                &["/C", r"C:\Program Files\nodejs\npx.cmd", "mcp-remote@latest", "https://a.example"]
            ),
            Role::McpRemote
        );
        assert_eq!(told(Os::Windows, r"C:\Users\ada\.bridgekeeper\bin\mcp-bridge.exe", &[]), Role::McpBridge);
        assert_eq!(
            linux("/usr/bin/node", &["/srv/server.js", "https://host.example/mcp-remote"]),
            Role::Other
        );
        assert_eq!(linux("/usr/bin/node", &["/home/ada/mcp-remote-notes/index.js"]), Role::Other);
        assert_eq!(linux("/usr/bin/grep", &["mcp-remote"]), Role::Other);
    }

    #[test]
    fn a_package_family_stands_in_the_programs_path() {
        let exe = r"C:\Program Files\WindowsApps\Claude_1.52386.2.0_x64__pzs8sxrjxfjjc\app\Claude.exe";
        assert_eq!(package_family(exe).as_deref(), Some("Claude_pzs8sxrjxfjjc"));
        assert_eq!(package_family(r"C:\Users\ada\AppData\Local\AnthropicClaude\claude.exe"), None);
    }
}
