//! How Claude is started, by build: as the system's own icon for it would.

use std::path::Path;

use bridgekeeper_claude::{Build, Home, Install};
use bridgekeeper_machine::{Command, RunningClaude, package_family};
use bridgekeeper_model::Os;

/// The command that starts the Claude which runs, else the one that is installed; `None` where there is none.
pub(super) fn launch(home: &Home, running: &[RunningClaude]) -> Option<Command> {
    // The one that was started last is the one that the person uses
    let again = running.iter().rev().find_map(|claude| again(claude, home.os()));
    let command = again.or_else(|| home.installs().found.iter().find_map(installed))?;
    // A stand-in's Claude must not meet the user's own files
    let is_moved = home.stands_in() && home.os() != Os::Windows;
    let root = home.root().to_string_lossy();
    Some(if is_moved { command.with("HOME", root) } else { command })
}

/// The same program that runs.
fn again(claude: &RunningClaude, os: Os) -> Option<Command> {
    let program = claude.program()?;
    let path = program.to_string_lossy();
    match os {
        Os::Windows => Some(match &claude.package_family {
            Some(family) => packaged(family),
            None => Command::new(program, []),
        }),
        Os::Macos => {
            let (app, _) = path.split_once(".app/")?;
            Some(opened(&format!("{app}.app")))
        }
        // An AppImage is mounted anew at each start
        Os::Linux if path.contains("/.mount_") => None,
        Os::Linux => {
            let program = path.strip_suffix(" (deleted)").unwrap_or(&path);
            Some(Command::new(program, claude.main.args.iter().map(String::as_str)))
        }
    }
}

fn installed(install: &Install) -> Option<Command> {
    let path = &install.path;
    match install.build {
        Build::Classic => Some(Command::new(path.clone(), [])),
        Build::Msix => {
            let name = path.file_name()?.to_string_lossy();
            // The program's folder, where it could be listed, else the folder of its data, named like the family
            let family = package_family(&format!("WindowsApps\\{name}")).unwrap_or(name.into_owned());
            Some(packaged(&family))
        }
        Build::Macos => Some(opened(&path.to_string_lossy())),
        Build::Linux | Build::LinuxUnofficial => {
            let below = path.join("claude-desktop");
            let program = if path.is_dir() { below.as_path() } else { path.as_path() };
            program.is_file().then(|| Command::new(program, []))
        }
    }
}

/// A package has no program that everybody may start; Explorer starts it by its name.
fn packaged(family: &str) -> Command {
    Command::new("explorer.exe", [format!("shell:AppsFolder\\{family}!Claude").as_str()])
}

fn opened(app: &str) -> Command {
    Command::new(Path::new("/usr/bin/open"), [app])
}

#[cfg(test)]
mod tests {
    use bridgekeeper_machine::running_claudes;
    use bridgekeeper_testkit::machine::process;

    use super::*;

    fn started(os: Os, exe: &str, args: &[&str]) -> Option<String> {
        let running = running_claudes(&[process(7, None, exe, args)], os);
        assert_eq!(running.len(), 1, "{exe}");
        let command = again(&running[0], os)?;
        let program = command.program.display().to_string();
        Some([program].into_iter().chain(command.args).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn each_build_is_started_in_its_own_way() {
        let packaged = r"C:\Program Files\WindowsApps\Claude_1.52386.2.0_x64__pzs8sxrjxfjjc\app\Claude.exe";
        let classic = r"C:\Users\ada\AppData\Local\AnthropicClaude\app-1.1.2998\claude.exe";
        assert_eq!(
            started(Os::Windows, packaged, &[]).as_deref(),
            Some(r"explorer.exe shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude")
        );
        assert_eq!(started(Os::Windows, classic, &[]).as_deref(), Some(classic));
        assert_eq!(
            started(Os::Macos, "/Applications/Claude.app/Contents/MacOS/Claude", &[]).as_deref(),
            Some("/usr/bin/open /Applications/Claude.app")
        );
        assert_eq!(
            started(Os::Linux, "/usr/lib/electron/electron", &["/usr/lib/claude-desktop/app.asar"])
                .as_deref(),
            Some("/usr/lib/electron/electron /usr/lib/claude-desktop/app.asar")
        );
        assert_eq!(started(Os::Linux, "/tmp/.mount_ClaudeAb/electron", &[]), None);
    }

    #[test]
    fn a_package_that_does_not_run_is_started_by_its_family() {
        let install = |path: &str| Install { build: Build::Msix, version: None, path: path.into() };
        for path in ["Packages/Claude_pzs8sxrjxfjjc", "WindowsApps/Claude_1.2.0.0_x64__pzs8sxrjxfjjc"] {
            let command = installed(&install(path)).unwrap();
            assert_eq!(command.args, [r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude"], "{path}");
        }
    }
}
