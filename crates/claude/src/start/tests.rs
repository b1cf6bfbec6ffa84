//! Starts of three systems, computed on any of them.

use super::*;

const NPX: &str = "C:\\Program Files\\nodejs\\npx.cmd";

struct Machine {
    os: Os,
    home: &'static str,
    environment: &'static [(&'static str, &'static str)],
    programs: &'static [&'static str],
    claude: Option<(Build, &'static str)>,
    path: PathFacts,
}

const WINDOWS: Machine = Machine {
    os: Os::Windows,
    home: "C:\\Users\\ada",
    environment: &[
        ("Path", "C:\\WINDOWS\\system32;C:\\Program Files\\nodejs\\"),
        ("SystemRoot", "C:\\WINDOWS"),
        ("APPDATA", "C:\\Users\\ada\\AppData\\Roaming"),
        ("OPENAI_API_KEY", "stays-with-claude"),
    ],
    programs: &[NPX, "C:\\tools\\node.exe"],
    claude: Some((
        Build::Classic,
        "C:\\Users\\ada\\AppData\\Local\\AnthropicClaude\\app-1.1.2998\\claude.exe",
    )),
    path: PathFacts { logged: None, environment: None, login_shell: None, nvm_versions: Vec::new() },
};

impl Machine {
    fn start(&self, command: &str, args: &[&str], env: &[(&str, &str)]) -> Start {
        let owned = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let (environment, env) = (owned(self.environment), owned(env));
        let path = environment::value(&environment, "PATH", self.os).map(str::to_owned);
        let facts = PathFacts { environment: path, ..self.path.clone() };
        let search_path = SearchPath::compose(self.os, self.home, &facts);
        Start::of(
            &StartEntry { command, args, env: &env },
            &StartFacts {
                os: self.os,
                home: self.home,
                environment: &environment,
                search_path: &search_path,
                claude: self.claude,
                is_program: &|path| self.programs.contains(&path),
            },
        )
    }
}

fn line(start: &Start) -> &CommandLine {
    start.command_line.as_ref().unwrap()
}

#[test]
fn a_batch_file_runs_in_the_command_shell_by_its_full_path() {
    let start = WINDOWS.start("npx", &["-y", "notes-mcp"], &[]);
    assert_eq!(start.found, Program::Found(NPX.to_owned()));
    assert_eq!(start.program, "C:\\WINDOWS\\System32\\cmd.exe");
    assert_eq!(start.args, ["/C", NPX, "-y", "notes-mcp"]);
    assert_eq!(
        line(&start).text,
        r#"C:\WINDOWS\System32\cmd.exe /C "C:\Program Files\nodejs\npx.cmd" -y notes-mcp"#
    );
    assert_eq!(line(&start).breaks, []);
    assert_eq!(start.folder, "C:\\Users\\ada\\AppData\\Local\\AnthropicClaude\\app-1.1.2998");
    assert_eq!(start.assumed, []);
}

#[test]
fn an_argument_with_a_space_takes_the_quotes_of_the_program_away() {
    let header = "Authorization: Bearer x";
    let start = WINDOWS.start("npx", &["mcp-remote", "https://a.example/mcp", "--header", header], &[]);
    assert_eq!(
        line(&start).breaks,
        [Break::ProgramCut { runs: "C:\\Program".to_owned(), argument: Some(4) }]
    );
    assert!(line(&start).refusal().unwrap().starts_with("'C:\\Program' is not recognized"));
    // The guide's repair: no space in any argument
    let start =
        WINDOWS.start("npx", &["mcp-remote", "https://a.example/mcp", "--header", "Authorization:${A}"], &[]);
    assert_eq!(line(&start).breaks, []);
}

#[test]
fn a_path_without_a_space_keeps_its_arguments_whole() {
    let start = WINDOWS.start("C:\\tools\\npx.cmd", &["--header", "Authorization: Bearer x"], &[]);
    assert_eq!(line(&start).breaks, []);
    // A folder with a bracket loses its quotes even alone
    let start = WINDOWS.start("C:\\Program Files (x86)\\nodejs\\npx.cmd", &["-y"], &[]);
    assert_eq!(line(&start).breaks, [Break::ProgramCut { runs: "C:\\Program".to_owned(), argument: None }]);
}

#[test]
fn the_shell_reads_its_own_signs_in_arguments() {
    let start = WINDOWS.start("npx", &["mcp-remote", "https://a.example/mcp?a=1&b=2", "%TOKEN%"], &[]);
    assert_eq!(
        line(&start).breaks,
        [Break::CommandEnds { argument: 2, at: '&' }, Break::Expanded { argument: 3 }]
    );
    let start = WINDOWS.start("npx", &["https://a.example/x%20y"], &[]);
    assert_eq!(line(&start).breaks, []);
}

#[test]
fn a_program_of_its_own_is_started_directly_and_its_words_are_quoted_as_node_does() {
    let start = WINDOWS.start("C:\\tools\\node.exe", &["C:\\my server\\x.js", "a\"b", "", "tail\\ "], &[]);
    assert_eq!(line(&start).text, r#"C:\tools\node.exe "C:\my server\x.js" "a\"b" "" "tail\ ""#);
    assert_eq!(line(&start).breaks, []);
    let end = WINDOWS.start("C:\\tools\\node.exe", &["C:\\my server\\"], &[]);
    assert!(line(&end).text.ends_with(r#""C:\my server\\""#));
}

#[test]
fn a_server_inherits_a_few_variables_and_its_entrys_own() {
    let start = WINDOWS.start("npx", &[], &[("NOTES_TOKEN", "t"), ("appdata", "D:\\moved")]);
    let names: Vec<&str> = start.env.keys().map(String::as_str).collect();
    assert_eq!(names, ["NOTES_TOKEN", "PATH", "SystemRoot", "appdata"]);
    assert_eq!(start.search_path(), "C:\\WINDOWS\\system32;C:\\Program Files\\nodejs\\");
    assert!(!format!("{start:?}").contains("D:\\moved"));
}

#[test]
fn what_is_not_there_is_said() {
    let start = WINDOWS.start("uvx", &["x"], &[]);
    assert_eq!((start.found.clone(), start.program.as_str()), (Program::Missing, "uvx"));
    let start = WINDOWS.start("npx", &[], &[("PATH", "C:\\elsewhere")]);
    assert_eq!(start.found, Program::Missing);
}

#[test]
fn macos_starts_through_its_helper_with_a_short_path_and_the_oldest_node_first() {
    let machine = Machine {
        os: Os::Macos,
        home: "/Users/ada",
        environment: &[("HOME", "/Users/ada"), ("PATH", "/usr/bin:/bin")],
        programs: &["/opt/homebrew/bin/npx", "/Applications/Claude.app/Contents/Helpers/disclaimer"],
        claude: Some((Build::Macos, "/Applications/Claude.app")),
        path: PathFacts {
            nvm_versions: ["v20.19.6", "v16.20.2", "v9.1.0"].map(str::to_owned).to_vec(),
            ..PathFacts::default()
        },
    };
    let start = machine.start("npx", &["-y", "notes-mcp"], &[]);
    assert_eq!(start.program, "/Applications/Claude.app/Contents/Helpers/disclaimer");
    assert_eq!(start.args, ["--pgroup", "--", "npx", "-y", "notes-mcp"]);
    assert_eq!(start.found, Program::Found("/opt/homebrew/bin/npx".to_owned()));
    assert_eq!(start.folder, "/");
    let path: Vec<&str> = start.search_path().split(':').collect();
    let nvm = ["v9.1.0", "v16.20.2", "v20.19.6"].map(|v| format!("/Users/ada/.nvm/versions/node/{v}/bin"));
    assert_eq!(path[..3], nvm);
    assert_eq!(path[3..5], ["/usr/local/bin", "/opt/homebrew/bin"]);
    assert_eq!(start.assumed, [Assumption::SearchPath]);
    assert_eq!(start.command_line, None);
}

#[test]
fn what_a_log_shows_counts_before_what_is_usual() {
    let logged = Some(vec!["/opt/node/bin".to_owned(), "/usr/bin".to_owned(), "/usr/bin".to_owned()]);
    let path = SearchPath::compose(Os::Macos, "/Users/ada", &PathFacts { logged, ..PathFacts::default() });
    assert_eq!((path.folders.len(), path.source), (2, PathSource::Log));
}

#[test]
fn linux_searches_the_login_shells_folders_and_its_own() {
    let machine = Machine {
        os: Os::Linux,
        home: "/home/ada",
        environment: &[("PATH", "/usr/bin:/bin"), ("HTTPS_PROXY", "http://proxy:1"), ("LANG", "C")],
        programs: &["/home/ada/.local/bin/uvx", "/home/ada/run.sh"],
        claude: None,
        path: PathFacts {
            login_shell: Some("/home/ada/.local/bin:/usr/bin".to_owned()),
            ..PathFacts::default()
        },
    };
    let start = machine.start("uvx", &["x"], &[]);
    assert_eq!(start.program, "/home/ada/.local/bin/uvx");
    assert_eq!(start.search_path(), "/home/ada/.local/bin:/usr/bin:/bin");
    let names: Vec<&str> = start.env.keys().map(String::as_str).collect();
    assert_eq!(names, ["HTTPS_PROXY", "PATH"]);
    assert_eq!(start.assumed, [Assumption::Folder]);
    assert_eq!(machine.start("./run.sh", &[], &[]).program, "/home/ada/run.sh");
}
