//! A program that could not be started because it was not found, in the words of every starter.

use crate::log_scan::LogLine;
use crate::signs::paths;

/// The start of lines that say so. Each occurs in one of the forms below.
pub(crate) const NEEDLES: &[&str] = &[
    // Node: child_process
    " enoent",
    // Claude Desktop on macOS
    "failed to spawn process",
    // env(1) and the shells
    "env: ",
    "command not found",
    ": not found",
    // cmd.exe in many languages; what a code page broke shows as U+FFFD
    "is not recognized",
    "is not recognised",
    "falsch geschrieben",
    "pas reconnu",
    "no se reconoce",
    "riconosciuto come comando",
    "reconhecido como um comando",
    "herkend als een interne",
    "nie jest rozpoznawan",
    "не является внутренней",
    "不是内部或外部命令",
    "不是內部或外部命令",
    "内部コマンドまたは外部コマンド",
    "내부 또는 외부 명령",
    "ya da dış komut",
    "nzevem vnit",
    "názvem vnit",
    "internt kommando",
    "intern eller ekstern",
    "\u{FFFD}",
    "²»ÊÇÄÚ²¿",
    // PowerShell
    "wurde nicht als name eines cmdlet",
    // Go, Java, .NET, Python
    "executable file not found",
    "not found on path",
    "not found in path",
    "not in your path",
    "python was not found",
    "invalid active developer path",
    "could not be found in this",
    "uvx not found",
    "uv not found",
    "npx not found",
    "node not found",
    "docker not found",
    "is not installed",
    "failed to spawn command",
    "cannot run program",
    "trying to start process",
    "filenotfounderror",
    // Version managers: asdf, mise
    "no version is set for",
];

/// What `cmd.exe` and PowerShell say of a name behind it. Each holds one of the needles.
const UNRECOGNISED: &[&str] = &[
    "is not recognized as",
    "is not recognised as",
    "falsch geschrieben oder",
    "pas reconnu en tant que",
    "pas reconnu comme",
    "no se reconoce como",
    "riconosciuto come comando",
    "reconhecido como um comando",
    "herkend als een interne",
    "nie jest rozpoznawan",
    "не является внутренней",
    "不是内部或外部命令",
    "不是內部或外部命令",
    "内部コマンドまたは外部コマンド",
    "내부 또는 외부 명령",
    "ya da dış komut",
    "názvem vnit",
    "nzevem vnit",
    "internt kommando",
    "intern eller ekstern",
    "wurde nicht als name eines cmdlet",
];

/// A program that was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing<'a> {
    /// As it was given: a name, a path, or a whole command line.
    pub(crate) program: &'a str,
    /// Who said so.
    pub(crate) by: By,
}

/// Who reports that a program was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The program that wanted to start it.
    Starter,
    /// A shell.
    Shell,
    /// Windows' `cmd.exe`, which splits an unquoted path at its first space.
    Cmd,
}

/// The programs that have a rule of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Node and what comes with it.
    Node,
    /// `uv`, `uvx`.
    Uv,
    /// Python and `pip`.
    Python,
    /// Docker's command line.
    Docker,
    /// Any other.
    Other,
}

/// The family of a program name.
pub(crate) fn family(program: &str) -> Family {
    let name = program.trim_matches(['"', '\'']).to_ascii_lowercase();
    let name =
        [".exe", ".cmd", ".bat", ".ps1"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    match name {
        "node" | "nodejs" | "npx" | "npm" | "pnpm" | "yarn" | "corepack" => Family::Node,
        "uv" | "uvx" => Family::Uv,
        "py" | "pip" | "pip3" | "pipx" => Family::Python,
        "docker" | "docker-compose" => Family::Docker,
        _ if name
            .strip_prefix("python")
            .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.')) =>
        {
            Family::Python
        }
        _ => Family::Other,
    }
}

/// The program that this line says was not found. Empty where the line does not name it.
pub(crate) fn missing<'a>(line: &LogLine<'a>) -> Option<Missing<'a>> {
    spawn(line)
        .or_else(|| by(By::Cmd, unrecognised(line.text)))
        .or_else(|| by(By::Shell, shell(line)))
        .or_else(|| by(By::Starter, starter(line)))
}

/// A bare name of this family that was not found. Where only the helper speaks, the session knows the program.
pub(crate) fn missing_of(line: &LogLine<'_>, wanted: Family) -> Option<String> {
    if let Some(name) = named_above(line) {
        return (!paths::is_path(&name) && family(&name) == wanted).then_some(name);
    }
    let named = missing(line)?.program;
    let program =
        if named.is_empty() { line.session().program.as_deref().unwrap_or_default() } else { named };
    let bare = !paths::is_path(program) && !program.contains(char::is_whitespace);
    let shown = if program.is_empty() { "the command" } else { program };
    (bare && family(program) == wanted).then(|| shown.to_owned())
}

fn by(by: By, program: Option<&str>) -> Option<Missing<'_>> {
    program.map(|program| Missing { program, by })
}

/// Where the message box broke the line: the quoted name alone, and what a code page left of the words below it.
pub(crate) fn named_above(line: &LogLine<'_>) -> Option<String> {
    let letters = line.text.chars().filter(|c| !c.is_whitespace()).count();
    let broken = line.text.chars().filter(|c| *c == '\u{FFFD}').count();
    if letters < 6 || broken * 3 < letters {
        return None;
    }
    let above = line.before().next()?;
    let name = above.trim().strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
    (!name.is_empty() && name.len() < 80).then(|| name.to_owned())
}

/// Node: `spawn npx ENOENT`, `spawnSync npx ENOENT`.
fn spawn<'a>(line: &LogLine<'a>) -> Option<Missing<'a>> {
    let program = line.between("spawn ", " enoent").or_else(|| line.between("spawnsync ", " enoent"))?;
    let last = program.to_ascii_lowercase().rfind("spawn ").map_or(program, |at| &program[at + 6..]);
    Some(Missing { program: last.trim(), by: By::Starter })
}

/// The name that `cmd.exe` or PowerShell did not recognise, in any language.
pub(crate) fn unrecognised(text: &str) -> Option<&str> {
    // Other quoted words may stand before it; then the words that say so must follow at once.
    let opens = text.match_indices(['\'', '"', '«', '“', '‘', '„']).map(|(at, _)| at).take(8);
    opens.into_iter().find_map(|open| unrecognised_at(text, open))
}

fn unrecognised_at(text: &str, open: usize) -> Option<&str> {
    let quote = text[open..].chars().next()?;
    let close = match quote {
        '«' => '»',
        '“' | '„' => '”',
        '‘' => '’',
        same => same,
    };
    let inner = &text[open + quote.len_utf8()..];
    // A quoted path may itself begin with a quote: '"C:\Program Files\…"'.
    let skip = usize::from(inner.starts_with(['"', '\\']));
    let end = skip + inner[skip..].find(close)?;
    let (name, rest) = (&inner[..end], &inner[end + close.len_utf8()..]);
    (!name.is_empty() && name.len() < 260 && says_unrecognised(rest)).then(|| name.trim())
}

fn says_unrecognised(rest: &str) -> bool {
    let lower = rest.to_lowercase();
    if UNRECOGNISED.iter().any(|words| lower.contains(words)) {
        return true;
    }
    // A code page that nobody decoded: what is left is a short line that is mostly replacement characters, or, where
    // the bytes were taken for CP1252, mostly accented letters.
    let letters = rest.chars().filter(|c| !c.is_whitespace()).count();
    let broken = rest.chars().filter(|c| *c == '\u{FFFD}').count();
    let high = rest
        .chars()
        .filter(|c| ('\u{80}'..='\u{FF}').contains(c) || ('\u{152}'..='\u{192}').contains(c))
        .count();
    (6..200).contains(&letters) && (broken >= 4 && broken * 4 >= letters || high * 10 >= letters * 6)
}

/// `sh: npx: command not found`, `zsh: command not found: npx`, `sh: 1: npx: not found`, `env: node: No such file`.
fn shell<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    if let Some(after) = line.after("command not found: ") {
        return after.split_whitespace().next();
    }
    let before = ["command not found", ": not found"].iter().find_map(|mark| {
        let at = line.lower.find(mark)?;
        let whole = line.text[..at].trim_end_matches([' ', ':']);
        let shells = ["sh:", "zsh:", "exec:", ": line ", "fish:"];
        (shells.iter().any(|shell| line.lower.contains(shell)) || *mark == "command not found")
            .then_some(whole)
    });
    if let Some(before) = before {
        let name = before.rsplit(": ").next()?.trim_matches(['\'', '"', '`', '‘', '’']);
        return (!name.is_empty() && name.len() < 80).then_some(name);
    }
    let at = line.lower.rfind("env: ")?;
    let alone = at == 0 || line.lower[..at].ends_with([' ', '/', '\t']);
    let env = alone.then(|| &line.text[at + "env: ".len()..])?;
    let (name, said) = env.rsplit_once(": ")?;
    let quotes = ['\'', '"', '‘', '’', '„', '“', '«', '»', ' ', '\u{A0}', '\u{FFFD}'];
    let name = name.trim().trim_matches(quotes).trim_end_matches("\\r");
    let said = said.to_lowercase();
    NO_SUCH_FILE.iter().any(|words| said.starts_with(words)).then_some(name)
}

/// ENOENT in the words of the C library, in many languages.
const NO_SUCH_FILE: &[&str] = &[
    "no such file",
    "datei oder verzeichnis nicht gefunden",
    "aucun fichier ou dossier",
    "no existe el",
    "file o directory non esistente",
    "arquivo ou diretório inexistente",
    "bestand of map bestaat niet",
    "nie ma takiego pliku",
    "нет такого файла",
    "没有那个文件或目录",
    "そのようなファイルやディレクトリ",
    "그런 파일이나 디렉터리가 없습니다",
];

/// Claude's helper, Go, Java, .NET, Python's subprocess.
fn starter<'a>(line: &LogLine<'a>) -> Option<&'a str> {
    if line.has_any(&["failed to spawn process", "failed to spawn command"]) && line.has("no such file") {
        return Some("");
    }
    if line.has("executable file not found")
        && !line.has_any(&["oci runtime", "runc", "starting container process"])
    {
        return line.between("exec: \"", "\"");
    }
    if line.has_any(&["python was not found; run without", "xcrun: error: invalid active developer path"]) {
        return Some("python3");
    }
    if line.has_any(&[
        "not found on path",
        "not found in path",
        "not in your path",
        "not in path",
        "could not be found in this",
        "is not installed",
        " not found",
    ]) {
        let known = |word: &&str| family(word) != Family::Other;
        let words = line.text.split([' ', '\'', '"', '`', ':', ',', '(', ')']);
        let named = words.into_iter().find(known)?;
        let said = [format!("{named} not found"), format!("{named}' could not be found")];
        let plain = said.iter().any(|said| line.has(&said.to_ascii_lowercase()));
        return (plain || line.has("path") || line.has("not installed")).then_some(named);
    }
    if line.has("cannot run program") && line.has_any(&["error=2", "no such file", "cannot find the file"]) {
        return line.between("cannot run program \"", "\"");
    }
    if let Some(name) =
        line.after("no version is set for command ").or_else(|| line.after("no version is set for shim: "))
    {
        return name.split_whitespace().next();
    }
    if line.has("trying to start process") {
        return line.between("start process '", "'");
    }
    if line.has("filenotfounderror") && line.has("errno 2]") {
        let name = line.quoted_after("directory")?;
        let known = family(name) != Family::Other && !paths::is_path(name);
        return known.then_some(name);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_scan::line_for_tests;

    #[track_caller]
    fn finds(text: &str, program: &str) {
        line_for_tests(text, |line| {
            assert_eq!(missing(line).map(|found| found.program), Some(program), "{text}");
        });
    }

    #[test]
    fn no_line_is_passed_over_that_would_be_understood() {
        for words in UNRECOGNISED {
            assert!(NEEDLES.iter().any(|needle| words.contains(needle)), "{words}");
        }
    }

    #[test]
    fn every_starter_names_its_program() {
        finds("spawn npx ENOENT", "npx");
        finds("Error: spawn npx ENOENT spawn npx ENOENT", "npx");
        finds("Error: spawnSync pnpm ENOENT", "pnpm");
        finds("env: node: No such file or directory", "node");
        finds("/usr/bin/env: ‘node’: No such file or directory", "node");
        finds("env: node: Datei oder Verzeichnis nicht gefunden", "node");
        finds("/usr/bin/env: «\u{A0}node\u{A0}»: Aucun fichier ou dossier de ce type", "node");
        finds("sh: 1: npx: not found", "npx");
        finds("No version is set for command npx", "npx");
        finds("mise ERROR No version is set for shim: npx", "npx");
        finds("zsh:1: command not found: uvx", "uvx");
        finds("bash: line 1: docker: command not found", "docker");
        finds(r#"exec: "uvx": executable file not found in $PATH"#, "uvx");
        finds("FileNotFoundError: [Errno 2] No such file or directory: 'npx'", "npx");
        finds(r#"java.io.IOException: Cannot run program "npx": error=2, No such file or directory"#, "npx");
    }

    #[test]
    fn windows_says_it_in_many_languages_and_broken_pages() {
        for text in [
            "'npx' is not recognized as an internal or external command,",
            "Der Befehl \"npx\" ist entweder falsch geschrieben oder",
            "'npx' n'est pas reconnu en tant que commande interne",
            "\"npx\" no se reconoce como un comando interno o externo,",
            "\"npx\" non è riconosciuto come comando interno o esterno,",
            "'npx' não é reconhecido como um comando interno",
            "'npx' wordt niet herkend als een interne of externe opdracht,",
            "Nazwa 'npx' nie jest rozpoznawana jako polecenie wewnętrzne",
            "\"npx\" не является внутренней или внешней",
            "'npx' 不是内部或外部命令，也不是可运行的程序",
            "'npx' は、内部コマンドまたは外部コマンド、",
            "'npx' \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{6B8}\u{FFFD}\u{FFFD}\u{FFFD}ⲿ\u{FFFD}\u{FFFD}\u{FFFD}",
            "'npx' ²»ÊÇÄÚ²¿»òÍâ²¿ÃüÁî£¬Ò²²»ÊÇ",
        ] {
            finds(text, "npx");
        }
        line_for_tests("'npx' is the tool to run packages", |line| assert_eq!(missing(line), None));
    }

    #[test]
    fn names_have_families() {
        assert_eq!(family("npx.cmd"), Family::Node);
        assert_eq!(family("\"node\""), Family::Node);
        assert_eq!(family("python3.12"), Family::Python);
        assert_eq!(family("uvx.exe"), Family::Uv);
        assert_eq!(family("pythonista"), Family::Other);
    }
}
