//! What the entries' commands lead to, and which Node runs them.

use std::path::{Path, PathBuf};

use bridgekeeper_claude::start::{PATHEXT, PathSource, SearchPath, find_program, is_program};
use bridgekeeper_doctor::fixes::NodeForNpx;
use bridgekeeper_machine::{
    Command, DockerEngine, Territory, docker_engine, folders_of_programs, node_version, program_version,
    version_in_path,
};
use bridgekeeper_model::Os;
use bridgekeeper_model::machine::{Docker, MachineFacts, Node, StartedProgram};

use super::Told;
use super::entries::{EntryFacts, Subject};

/// Below this a newer Node is looked for.
const OLD: u32 = 20;
/// Programs that Node runs.
const RUN_BY_NODE: [&str; 7] = ["node", "npx", "npm", "pnpm", "pnpx", "yarn", "mcp-remote"];

pub(super) fn look(subject: &Subject) -> Result<Told, String> {
    if subject.context.home.os() != Os::current() {
        return Err("the home is another system's, whose programs are not here".to_owned());
    }
    let place = Place { subject, search_path: subject.search_path() };
    let mut told = Told::default();
    for entry in &subject.entries {
        let Some(program) = place.program(entry) else {
            told.left_out =
                Some("the home is a stand-in; programs outside it were not looked for".to_owned());
            continue;
        };
        if let (None, Some(elsewhere)) = (&program.found, &program.elsewhere) {
            told.for_fixes.programs.insert(program.command.clone(), elsewhere.clone());
        }
        if let Some(node) = program.node.as_ref().filter(|_| told.for_fixes.node.is_none()) {
            told.for_fixes.node = place.node_for_npx(node);
        }
        if let Some(short) = place.short_path(&program.command) {
            told.for_fixes.short_paths.insert(program.command.clone(), short);
        }
        told.facts.programs.push(program);
    }
    Ok(told)
}

/// Asks the first `docker` that an entry starts whether its engine answers. Nothing is asked where none does.
pub(super) fn look_at_docker(subject: &Subject) -> Result<Told, String> {
    let started: Vec<&EntryFacts> =
        subject.entries.iter().filter(|entry| name_of(&entry.command) == "docker").collect();
    let Some(first) = started.first() else { return Ok(Told::default()) };
    if subject.context.home.os() != Os::current() {
        return Err("the home is another system's, whose programs are not here".to_owned());
    }
    let place = Place { subject, search_path: subject.search_path() };
    let path = place.search_path.under(&first.env, place.os());
    // One that is not found is told by the programs
    let Some(program) = place.find(&first.command, &path.folders) else { return Ok(Told::default()) };
    let mut docker = Docker {
        servers: started.iter().map(|entry| entry.name.clone()).collect(),
        program: program.clone(),
        ..Docker::default()
    };
    match docker_engine(&*subject.context.machine, &program).map_err(|error| error.to_string())? {
        DockerEngine::Answers(version) => docker.engine = Some(version),
        DockerEngine::Silent(said) => docker.trouble = Some(said),
    }
    Ok(Told { facts: MachineFacts { docker: Some(docker), ..MachineFacts::default() }, ..Told::default() })
}

/// A program's name without its folder and its ending, in lower case.
fn name_of(program: &str) -> String {
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// The Node that Claude finds, else one that stands elsewhere.
pub(crate) fn find_node(subject: &Subject) -> Option<String> {
    let place = Place { subject, search_path: subject.search_path() };
    place.find("node", &place.search_path.folders).or_else(|| place.find("node", &place.other_folders()))
}

struct Place<'a> {
    subject: &'a Subject,
    search_path: SearchPath,
}

impl Place<'_> {
    fn os(&self) -> Os {
        self.subject.context.home.os()
    }

    /// Whether a program stands there that belongs to the home.
    fn has(&self, path: &str) -> bool {
        let path = Path::new(path);
        self.may_look(path) && is_program(path)
    }

    fn may_look(&self, path: &Path) -> bool {
        match self.subject.context.machine.territory() {
            Territory::User => true,
            Territory::Folder(folder) => path.starts_with(folder),
        }
    }

    fn find(&self, command: &str, folders: &[String]) -> Option<String> {
        let home = self.subject.context.home.root().to_string_lossy();
        let extensions =
            self.subject.context.home.environment().get("PATHEXT").map_or(PATHEXT, String::as_str);
        let is_program = |path: &str| self.has(path);
        find_program(command, folders, self.os(), &home, extensions, &is_program).path().map(str::to_owned)
    }

    /// What the entry starts; `None` where it cannot be known for a stand-in.
    fn program(&self, entry: &EntryFacts) -> Option<StartedProgram> {
        let path = self.search_path.under(&entry.env, self.os());
        let found = self.find(&entry.command, &path.folders);
        let is_stand_in = *self.subject.context.machine.territory() != Territory::User;
        if found.is_none() && is_stand_in && !self.may_look(Path::new(&entry.command)) {
            return None;
        }
        // What a path names and is not there may have moved
        let elsewhere = if found.is_some() || entry.command.contains(['/', '\\']) {
            None
        } else {
            self.find(&entry.command, &self.other_folders())
        };
        Some(StartedProgram {
            server: entry.name.clone(),
            command: entry.command.clone(),
            version: found.as_ref().and_then(|found| self.version_by_name(found)),
            node: found.as_ref().and_then(|found| self.node(found, &path.folders)),
            assumed: path.source == PathSource::Usual,
            found,
            elsewhere,
        })
    }

    /// Where programs stand that Claude may not search, the folders of the user's terminal among them.
    fn other_folders(&self) -> Vec<String> {
        let environment = self.subject.context.home.environment();
        let path = environment.get("PATH").or_else(|| environment.get("Path"));
        let terminal =
            path.map(|path| std::env::split_paths(path).collect::<Vec<PathBuf>>()).unwrap_or_default();
        let known = folders_of_programs(self.os(), self.subject.context.home.root());
        known.into_iter().chain(terminal).map(|folder| folder.to_string_lossy().into_owned()).collect()
    }

    /// The Node that runs a program: itself, on Windows the one beside it, else the first that is found.
    fn node(&self, program: &str, folders: &[String]) -> Option<Node> {
        let name = name_of(program);
        if !RUN_BY_NODE.contains(&name.as_str()) {
            return None;
        }
        let beside = Path::new(program).with_file_name("node.exe").to_string_lossy().into_owned();
        let path = if name == "node" {
            program.to_owned()
        } else if self.os() == Os::Windows && self.has(&beside) {
            beside
        } else {
            self.find("node", folders)?
        };
        let version = self.version(&path);
        let mut node = Node { path, version, newer: None };
        if node.major().is_some_and(|major| major < OLD) {
            node.newer = self.newer();
        }
        Some(node)
    }

    /// The version of a Python or a uv, as it says itself.
    fn version_by_name(&self, program: &str) -> Option<String> {
        let name = name_of(program);
        let is_known = name.starts_with("python") || ["py", "uv", "uvx"].contains(&name.as_str());
        // On macOS it is Apple's stand-in, which offers to install a compiler
        let offers_more = self.os() == Os::Macos && program.starts_with("/usr/bin/");
        let ask = || program_version(&*self.subject.context.machine, program).ok().flatten();
        (is_known && !offers_more).then(ask).flatten()
    }

    /// As its path tells, else as it says itself.
    fn version(&self, node: &str) -> Option<String> {
        version_in_path(node).or_else(|| node_version(&*self.subject.context.machine, node).ok().flatten())
    }

    /// The first Node elsewhere that is not old.
    fn newer(&self) -> Option<(String, String)> {
        self.other_folders().into_iter().find_map(|folder| {
            let path = self.find("node", &[folder])?;
            let version = self.version(&path)?;
            let major: u32 = version.split('.').next()?.parse().ok()?;
            (major >= OLD).then_some((path, version))
        })
    }

    /// A Node with the script of its npx: a newer one, or on Windows the same one, which needs no `cmd.exe` then.
    fn node_for_npx(&self, node: &Node) -> Option<NodeForNpx> {
        let program = match (&node.newer, self.os()) {
            (Some((newer, _)), _) => newer.clone(),
            (None, Os::Windows) => node.path.clone(),
            (None, Os::Macos | Os::Linux) => return None,
        };
        let folder = Path::new(&program).parent()?;
        let modules = match self.os() {
            Os::Windows => folder.join("node_modules"),
            Os::Macos | Os::Linux => folder.parent()?.join("lib/node_modules"),
        };
        let script = modules.join("npm").join("bin").join("npx-cli.js");
        let npx_script = script.to_string_lossy().into_owned();
        (self.may_look(&script) && script.is_file()).then_some(NodeForNpx { program, npx_script })
    }

    /// The 8.3 form of a path with a space, where Windows keeps one.
    fn short_path(&self, command: &str) -> Option<String> {
        if self.os() != Os::Windows || !(command.contains(' ') && command.contains('\\')) {
            return None;
        }
        // The path goes by a variable, so that nothing in it is read as script
        let script = "(New-Object -ComObject Scripting.FileSystemObject).GetFile($env:LONG_PATH).ShortPath";
        let powershell =
            Command::new("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", script]);
        let output = self.subject.context.machine.run(&powershell.with("LONG_PATH", command)).ok()?;
        let short = output.text().trim().to_owned();
        (!short.is_empty() && !short.contains(' ')).then_some(short)
    }
}
