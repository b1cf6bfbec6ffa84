//! Recognises an entry of Claude's config that starts mcp-remote, whatever stands around it.

use crate::command_line::{CommandLine, Positioned};

/// An entry that starts mcp-remote. Every index counts in the entry's own `args`, so that an edit can be made
/// exactly there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// What starts it.
    pub launcher: Launcher,
    /// The entry goes through `cmd /c`.
    pub through_cmd: bool,
    /// Which of the package's two programs.
    pub program: Program,
    /// The package as npm is asked for it; `None` where no launcher fetches one.
    pub package: Option<PackageSpec>,
    /// Index of the first argument that is the bridge's own. `args[first..]` is what another bridge would take.
    pub first: usize,
    /// The bridge's own arguments.
    pub line: CommandLine,
}

/// What starts mcp-remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launcher {
    /// `npx`, `npm exec`, `npm x`.
    Npx,
    /// `bunx`, `bun x`.
    Bunx,
    /// `pnpm dlx`, `pnpx`.
    PnpmDlx,
    /// `yarn dlx`.
    YarnDlx,
    /// `deno run npm:mcp-remote`.
    Deno,
    /// `node` with the path of the script, as in Claude's own copy under `McpRuntime`.
    Node,
    /// The installed program itself.
    Installed,
}

/// One of the two programs in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `mcp-remote`: the bridge.
    Bridge,
    /// `mcp-remote-client`: signs in, lists the tools and ends.
    Client,
}

/// `mcp-remote`, `mcp-remote@0.1.29`, `mcp-remote@latest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageSpec {
    /// Index of the argument that holds it.
    pub index: usize,
    /// What follows the `@`: a version, a range or a tag.
    pub version: Option<String>,
}

impl PackageSpec {
    /// The version, where it names exactly one: `0.1.29`, not `latest`, `^0.1` or nothing.
    pub fn pinned(&self) -> Option<(u32, u32, u32)> {
        let mut numbers = self.version.as_deref()?.trim_start_matches(['v', '=']).split('.');
        let mut next = || numbers.next()?.parse().ok();
        let version = (next()?, next()?, next()?);
        numbers.next().is_none().then_some(version)
    }
}

impl Invocation {
    /// Recognises the entry; `None` when it starts something else.
    ///
    /// A command line inside one string (`sh -c "npx mcp-remote …"`, or everything in `command`) is not taken
    /// apart: its parts have no place of their own that could be edited.
    pub fn recognise<S: AsRef<str>>(command: &str, args: &[S]) -> Option<Self> {
        let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
        let name = program_name(command);
        if name == "cmd" {
            let switch = args.iter().position(|arg| arg.eq_ignore_ascii_case("/c"))?;
            let only_switches = args[..switch].iter().all(|arg| arg.starts_with('/'));
            let launched = args.get(switch + 1).filter(|_| only_switches)?;
            let found = Self::launched(&program_name(launched), &args, switch + 2)?;
            return Some(Self { through_cmd: true, ..found });
        }
        Self::launched(&name, &args, 0)
    }

    fn launched(name: &str, args: &[&str], from: usize) -> Option<Self> {
        match name {
            "npx" => Self::fetched(Launcher::Npx, args, from),
            "bunx" => Self::fetched(Launcher::Bunx, args, from),
            "pnpx" => Self::fetched(Launcher::PnpmDlx, args, from),
            "npm" => Self::fetched(Launcher::Npx, args, after_word(args, from, &["exec", "x"])?),
            "bun" => Self::fetched(Launcher::Bunx, args, after_word(args, from, &["x"])?),
            "pnpm" => Self::fetched(Launcher::PnpmDlx, args, after_word(args, from, &["dlx"])?),
            "yarn" => Self::fetched(Launcher::YarnDlx, args, after_word(args, from, &["dlx"])?),
            "deno" => Self::fetched(Launcher::Deno, args, after_word(args, from, &["run"])?),
            "node" => Self::script(args, from),
            "mcp-remote" => Some(Self::new(Launcher::Installed, Program::Bridge, None, args, from)),
            "mcp-remote-client" => Some(Self::new(Launcher::Installed, Program::Client, None, args, from)),
            _ => None,
        }
    }

    /// The launcher's own options, then the package or, after `-p PACKAGE`, the program in it.
    fn fetched(launcher: Launcher, args: &[&str], from: usize) -> Option<Self> {
        let mut package = None;
        let mut index = from;
        while let Some(&argument) = args.get(index) {
            match argument {
                "-p" | "--package" => {
                    package = package.or_else(|| package_spec(args.get(index + 1)?, index + 1));
                    index += 2;
                }
                _ if argument.starts_with("--package=") => {
                    package = package.or_else(|| package_spec(&argument["--package=".len()..], index));
                    index += 1;
                }
                _ if TAKES_A_VALUE.contains(&argument) => index += 2,
                _ if argument.starts_with('-') => index += 1,
                _ => break,
            }
        }
        let word = *args.get(index)?;
        let program = match &package {
            Some(_) => program_of(word)?,
            None => Program::Bridge,
        };
        let package = match package {
            Some(package) => package,
            None => package_spec(word, index)?,
        };
        // npx passes a `--` after the package on to nobody: it only ends its own options.
        let first = if args.get(index + 1) == Some(&"--") { index + 2 } else { index + 1 };
        Some(Self::new(launcher, program, Some(package), args, first))
    }

    /// `node [options] …/mcp-remote/dist/proxy.js`
    fn script(args: &[&str], from: usize) -> Option<Self> {
        let index = (from..args.len()).find(|&index| script_program(args[index]).is_some())?;
        let before_are_options = args[from..index].iter().all(|arg| !arg.ends_with("js"));
        let program = script_program(args[index]).filter(|_| before_are_options)?;
        Some(Self::new(Launcher::Node, program, None, args, index + 1))
    }

    fn new(
        launcher: Launcher,
        program: Program,
        package: Option<PackageSpec>,
        args: &[&str],
        first: usize,
    ) -> Self {
        let line = CommandLine::parse_from(args, first);
        Self { launcher, through_cmd: false, program, package, first, line }
    }

    /// The remote server's URL, where what stands in its place is one.
    pub fn server_url(&self) -> Option<&Positioned<String>> {
        self.line.server_url.as_ref().filter(|url| url::Url::parse(&url.value).is_ok())
    }
}

/// Options of the launchers whose value is the next argument.
const TAKES_A_VALUE: &[&str] = &[
    "--registry",
    "--cache",
    "--userconfig",
    "--prefix",
    "-w",
    "--workspace",
    "--loglevel",
    "--node-options",
];

/// The last part of a path, without a Windows extension, in lower case.
fn program_name(command: &str) -> String {
    let name = last_part(command.trim()).to_ascii_lowercase();
    [".cmd", ".exe", ".bat", ".ps1"]
        .iter()
        .find_map(|extension| name.strip_suffix(extension).map(str::to_owned))
        .unwrap_or(name)
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Index behind the launcher's sub-command; its options may stand before it.
fn after_word(args: &[&str], from: usize, words: &[&str]) -> Option<usize> {
    let index = (from..args.len()).find(|&index| !args[index].starts_with('-'))?;
    words.contains(&args[index]).then_some(index + 1)
}

fn package_spec(text: &str, index: usize) -> Option<PackageSpec> {
    let rest = text.strip_prefix("npm:").unwrap_or(text).strip_prefix("mcp-remote")?;
    match rest.strip_prefix('@') {
        Some(version) => Some(PackageSpec { index, version: Some(version.to_owned()) }),
        None if rest.is_empty() => Some(PackageSpec { index, version: None }),
        None => None,
    }
}

fn program_of(word: &str) -> Option<Program> {
    match word {
        "mcp-remote" => Some(Program::Bridge),
        "mcp-remote-client" => Some(Program::Client),
        _ => None,
    }
}

fn script_program(path: &str) -> Option<Program> {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next()?;
    let folder = parts.next()?;
    if folder == ".bin" {
        return program_of(file);
    }
    if folder != "dist" || parts.next() != Some("mcp-remote") {
        return None;
    }
    match file {
        "proxy.js" => Some(Program::Bridge),
        "client.js" => Some(Program::Client),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://notes.example/mcp";

    fn recognise(command: &str, args: &[&str]) -> Option<Invocation> {
        Invocation::recognise(command, args)
    }

    /// Launcher and index of the bridge's first argument, which must be the URL.
    fn found(command: &str, args: &[&str]) -> (Launcher, usize, Option<String>) {
        let invocation = recognise(command, args).unwrap_or_else(|| panic!("{command} {args:?}"));
        let url = invocation.server_url().unwrap_or_else(|| panic!("no URL in {command} {args:?}"));
        assert_eq!(url.value, URL);
        assert_eq!(url.index, invocation.first);
        (invocation.launcher, invocation.first, invocation.package.and_then(|package| package.version))
    }

    #[test]
    fn every_launcher() {
        let none = None::<String>;
        assert_eq!(found("npx", &["mcp-remote", URL]), (Launcher::Npx, 1, none.clone()));
        assert_eq!(
            found("npx", &["-y", "mcp-remote@latest", URL]),
            (Launcher::Npx, 2, Some("latest".into()))
        );
        assert_eq!(found("npm", &["exec", "--yes", "mcp-remote", "--", URL]).0, Launcher::Npx);
        assert_eq!(found("bunx", &["mcp-remote", URL]).0, Launcher::Bunx);
        assert_eq!(found("bun", &["x", "mcp-remote", URL]).0, Launcher::Bunx);
        assert_eq!(found("pnpm", &["dlx", "mcp-remote@0.1.29", URL]).2, Some("0.1.29".into()));
        assert_eq!(found("pnpx", &["mcp-remote", URL]).0, Launcher::PnpmDlx);
        assert_eq!(found("yarn", &["dlx", "-q", "mcp-remote", URL]).0, Launcher::YarnDlx);
        assert_eq!(found("deno", &["run", "-A", "npm:mcp-remote@0.1.30", URL]).2, Some("0.1.30".into()));
        assert_eq!(found("mcp-remote", &[URL]), (Launcher::Installed, 0, None));
    }

    #[test]
    fn windows_forms() {
        assert_eq!(found(r"C:\Program Files\nodejs\npx.cmd", &["-y", "mcp-remote", URL]).0, Launcher::Npx);
        assert_eq!(found("NPX.CMD", &["mcp-remote", URL]).0, Launcher::Npx);
        assert_eq!(found(r"C:\Users\ada\AppData\Roaming\npm\mcp-remote.cmd", &[URL]).0, Launcher::Installed);

        let wrapped = recognise("cmd", &["/c", "npx", "-y", "mcp-remote", URL]).unwrap();
        assert!(wrapped.through_cmd);
        assert_eq!((wrapped.first, wrapped.package.map(|package| package.index)), (4, Some(3)));
        let wrapped =
            recognise(r"C:\Windows\System32\cmd.exe", &["/d", "/s", "/C", "npx", "mcp-remote", URL]);
        assert_eq!(wrapped.map(|found| found.first), Some(5));
    }

    #[test]
    fn a_node_script_and_claudes_own_copy() {
        assert_eq!(found("node", &["/opt/lib/node_modules/mcp-remote/dist/proxy.js", URL]).0, Launcher::Node);
        let copy = r"C:\Users\ada\AppData\Local\Claude\McpRuntime\mcp-remote-0.8.3-20260916\node_modules\mcp-remote\dist\proxy.js";
        assert_eq!(found(r"C:\x\node.exe", &["--use-system-ca", copy, URL]).1, 2);
        assert_eq!(found("/usr/bin/node", &["/w/node_modules/.bin/mcp-remote", URL]).0, Launcher::Node);
    }

    #[test]
    fn the_package_may_stand_before_the_program() {
        let client = recognise("npx", &["-p", "mcp-remote@latest", "mcp-remote-client", URL]).unwrap();
        assert_eq!(client.program, Program::Client);
        assert_eq!(client.package, Some(PackageSpec { index: 1, version: Some("latest".into()) }));
        assert_eq!(client.first, 3);
        assert_eq!(
            found("npx", &["--package=mcp-remote@0.2.0", "mcp-remote", URL]),
            (Launcher::Npx, 2, Some("0.2.0".into()))
        );
    }

    #[test]
    fn what_starts_something_else_is_left_alone() {
        assert_eq!(recognise("npx", &["-y", "@modelcontextprotocol/server-everything"]), None);
        assert_eq!(recognise("npx", &["mcp-remote-extra", URL]), None);
        assert_eq!(recognise("npx", &["-p", "other", "mcp-remote-client"]), None);
        assert_eq!(recognise("npx", &[]), None);
        assert_eq!(recognise("node", &["server.js", "/x/mcp-remote/dist/proxy.js"]), None);
        assert_eq!(recognise("cmd", &["/c"]), None);
        assert_eq!(recognise("cmd", &["start", "/c", "npx", "mcp-remote"]), None);
        assert_eq!(recognise("python", &["mcp-remote", URL]), None);
        assert_eq!(recognise("", &["mcp-remote"]), None);
        assert_eq!(recognise("npm", &["install", "mcp-remote"]), None);
    }

    #[test]
    fn without_a_url_it_is_still_recognised() {
        let bare = recognise("npx", &["mcp-remote"]).unwrap();
        assert_eq!(bare.server_url(), None);
        assert_eq!(bare.first, 1);
    }

    #[test]
    fn only_an_exact_version_is_pinned() {
        let pinned = |version: &str| PackageSpec { index: 0, version: Some(version.into()) }.pinned();
        assert_eq!(pinned("0.1.29"), Some((0, 1, 29)));
        assert_eq!(pinned("latest"), None);
        assert_eq!(pinned("^0.1.29"), None);
        assert_eq!(pinned("0.1"), None);
        assert_eq!(PackageSpec { index: 0, version: None }.pinned(), None);
    }
}
