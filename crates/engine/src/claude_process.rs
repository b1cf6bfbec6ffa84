//! Stopping a Claude Desktop that runs, whole, and starting it again in the way that its build wants.

use std::path::Path;
use std::time::Duration;

use bridgekeeper_machine::{Command, Machine, MachineError, Process, RunningClaude};
use bridgekeeper_model::Os;

/// How long Claude may take to quit. It closes its servers and writes its config then.
const TO_QUIT: Duration = Duration::from_secs(8);
/// How long the system may take to end what did not quit.
const TO_END: Duration = Duration::from_secs(3);

/// Asks Claude to quit, waits, and ends what is left of it and of its servers. Gives what still runs then.
pub(crate) fn stop(machine: &dyn Machine, claude: &RunningClaude) -> Vec<Process> {
    let mut all = vec![claude.main.clone()];
    all.extend(claude.below.iter().cloned());
    // Without an answer it is ended below: on Windows it may only have gone to the tray.
    let asked = machine.ask_to_quit(&claude.main).is_ok();
    let left = if asked { machine.wait(&all, TO_QUIT) } else { all };
    for process in &left {
        // One that ended meanwhile is what is wanted; one that cannot be ended is seen below.
        let _ = machine.end(process);
    }
    machine.wait(&left, TO_END)
}

/// Starts Claude as it ran before.
pub(crate) fn start(machine: &dyn Machine, claude: &RunningClaude, os: Os) -> Result<(), MachineError> {
    machine.start(&command(claude, os))
}

fn command(claude: &RunningClaude, os: Os) -> Command {
    let program = claude.program().unwrap_or(Path::new(&claude.main.name));
    match (os, &claude.package_family) {
        // A package is started by its name; its program may not be started by its path.
        (Os::Windows, Some(family)) => {
            Command::new("explorer.exe", [format!("shell:AppsFolder\\{family}!Claude").as_str()])
        }
        (Os::Windows, None) => Command::new(program, []),
        (Os::Macos, _) => Command::new("/usr/bin/open", ["-a", &bundle(program).to_string_lossy()]),
        (Os::Linux, _) => Command::new(program, claude.main.args.iter().map(String::as_str)),
    }
}

/// `Claude.app`, from the program in it.
fn bundle(program: &Path) -> &Path {
    let is_bundle = |path: &&Path| path.extension().is_some_and(|extension| extension == "app");
    program.ancestors().find(is_bundle).unwrap_or(program)
}

#[cfg(test)]
mod tests {
    use bridgekeeper_machine::running_claudes;
    use bridgekeeper_testkit::machine::{Deed, StandInMachine, process};

    use super::*;

    fn started(os: Os, exe: &str, args: &[&str]) -> String {
        let claude = process(10, None, exe, args);
        let machine = StandInMachine::default();
        let running = running_claudes(&[claude], os);
        start(&machine, &running[0], os).unwrap();
        match &machine.deeds()[..] {
            [Deed::Started(line)] => line.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_build_is_started_in_its_way() {
        let classic = r"C:\Users\ada\AppData\Local\AnthropicClaude\app-1.1.2998\claude.exe";
        assert_eq!(started(Os::Windows, classic, &[]), classic);
        let packaged = r"C:\Program Files\WindowsApps\Claude_1.5.0.0_x64__pzs8sxrjxfjjc\app\Claude.exe";
        assert_eq!(
            started(Os::Windows, packaged, &[]),
            r"explorer.exe shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude"
        );
        let app = "/Applications/Claude.app/Contents/MacOS/Claude";
        assert_eq!(started(Os::Macos, app, &[]), "/usr/bin/open -a /Applications/Claude.app");
        let electron = "/usr/lib/electron37/electron";
        let archive = "/usr/lib/claude-desktop/app.asar";
        assert_eq!(started(Os::Linux, electron, &[archive]), format!("{electron} {archive}"));
    }

    #[test]
    fn what_does_not_quit_is_ended_with_its_servers() {
        let main = process(10, None, "/usr/lib/claude-desktop/claude-desktop", &[]);
        let server = process(11, Some(10), "/usr/bin/node", &["/x/.bin/mcp-remote", "https://a.example"]);
        let other = process(12, None, "/usr/bin/node", &["/x/.bin/mcp-remote", "https://a.example"]);
        let machine = StandInMachine::default()
            .with_stubborn(main.clone())
            .with_process(server.clone())
            .with_process(other.clone());
        let running = running_claudes(&machine.processes().unwrap(), Os::Linux);
        assert_eq!(stop(&machine, &running[0]), []);
        assert_eq!(machine.deeds(), [Deed::Asked(main.id), Deed::Ended(main.id), Deed::Ended(server.id)]);
        assert_eq!(machine.processes().unwrap(), [other]);
    }
}
