//! Each call: asks the engine, gives the answer in both forms and the exit status.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_engine::change::{Back, Copies, Entry, Way};
use bridgekeeper_engine::{ConfigFix, Context, Engine, Home, LogInput, Report, Secrets, guess_os};
use bridgekeeper_model::{Health, Os, ServerName, ServerStatus, Severity, Verdict};
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Arguments, Call, Diagnose, Everywhere, FixConfig, Undo};
use crate::closing::{self, Around, Meanwhile, refuse_beside_claude};
use crate::edit::Edits;
use crate::failure::Failure;
use crate::print::{self, Setting, shell_word};
use crate::progress::{Progress, print_now};
use crate::restart::Restarted;

/// How long the checks of the computer may take.
const COMPUTER: Duration = Duration::from_secs(5);
/// Names the bridge where it does not stand beside this program.
const BRIDGE_VARIABLE: &str = "BRIDGEKEEPER_BRIDGE";

/// Carries the call out.
pub(crate) fn answer(
    arguments: &Arguments,
    environment: &BTreeMap<String, String>,
) -> Result<Answer, Failure> {
    let everywhere = &arguments.everywhere;
    let bridge = bridge(environment);
    let home = home(everywhere, environment.clone())?;
    let engine = Engine::new(
        Context::new(home)
            .with_bridge(bridge)
            .with_keyring_opened_by(environment, Arc::new(crate::passphrase::ask)),
    );
    let options = options(everywhere);
    let caller = Caller {
        engine: &engine,
        everywhere,
        setting: Setting { home: &engine.context().home, options: &options },
    };
    match &arguments.call {
        Call::Doctor => caller.doctor(),
        Call::Servers => caller.servers(),
        Call::Diagnose(diagnose) => caller.diagnose(diagnose),
        Call::Logs(logs) if logs.follow => Ok(crate::stream::follow(&engine, logs, everywhere)),
        Call::Logs(logs) => crate::stream::logs(&engine, logs, everywhere, caller.setting),
        Call::Watch => Ok(crate::stream::watch(engine, everywhere)),
        Call::CheckConfig { file } => caller.check_config(file),
        Call::FixConfig(fix) => caller.fix_config(fix),
        Call::Add(add) => caller.edits().add(add),
        Call::Switch(switch) => caller.edits().switch(switch),
        Call::Merge { file, go } => caller.edits().merge(file.as_deref(), *go),
        Call::Restore(restore) => caller.edits().restore(restore),
        Call::Undo(undo) if undo.seal => caller.seal(),
        Call::Undo(undo) if undo.list => caller.undo_list(),
        Call::Undo(undo) if undo.all => crate::leave::answer(&engine, undo.go, caller.setting),
        Call::Undo(undo) => caller.undo(undo),
        Call::ResetAuth(reset) => crate::reset::answer(&engine, reset, everywhere, caller.setting),
        Call::SignIn(call) => crate::account::sign_in(&engine, call, everywhere),
        Call::SignOut(call) => crate::account::sign_out(&engine, call, caller.setting),
        Call::SignIns => crate::account::sign_ins(&engine, caller.setting),
        Call::Import(call) => crate::account::import(&engine, call, everywhere, caller.setting),
        Call::Probe(probe) => crate::probe::answer(&engine, probe, everywhere, environment),
        Call::Try(call) => crate::trial::answer(&engine, call, everywhere),
        Call::Report { out } => crate::report::answer(&engine, out.as_deref()),
        Call::RestartClaude(call) => crate::restart::restart(&engine, call, everywhere),
        Call::Firewall(call) => crate::restart::firewall(&engine, call),
        Call::Secrets { act } => crate::secret::answer(&engine, act, caller.setting),
        Call::Explain { id } => caller.explain(id),
    }
}

/// The home that was named, else the user's.
fn home(everywhere: &Everywhere, environment: BTreeMap<String, String>) -> Result<Home, Failure> {
    let Some(folder) = &everywhere.home else {
        let home = Home::of_user(Os::current(), environment).map_err(|error| {
            Failure::new("no-home", error.to_string(), Some("name one with --home DIR".to_owned()))
        })?;
        return Ok(home.under(everywhere.os));
    };
    if !folder.is_dir() {
        let message = format!("{} is no folder", folder.display());
        return Err(Failure::new("no-home", message, Some("--home takes an existing folder".to_owned())));
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let os = everywhere.os.or_else(|| guess_os(&folder)).unwrap_or(Os::current());
    Ok(Home::stand_in(folder, os))
}

/// The bridge that came with this program.
fn bridge(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    if let Some(named) = environment.get(BRIDGE_VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let beside =
        std::env::current_exe().ok()?.with_file_name(format!("mcp-bridge{}", std::env::consts::EXE_SUFFIX));
    beside.is_file().then_some(beside)
}

/// The options that a suggested command must repeat.
fn options(everywhere: &Everywhere) -> String {
    let mut options = String::new();
    if let Some(home) = &everywhere.home {
        options.push_str(" --home ");
        options.push_str(&shell_word(&home.to_string_lossy()));
    }
    if let Some(os) = everywhere.os {
        options.push_str(" --os ");
        options.push_str(os.as_str());
    }
    options
}

struct Caller<'a> {
    engine: &'a Engine,
    everywhere: &'a Everywhere,
    setting: Setting<'a>,
}

impl Caller<'_> {
    fn doctor(&self) -> Result<Answer, Failure> {
        let survey = self.engine.survey();
        let first = survey.report();
        if !self.everywhere.json {
            print_now(&print::report_of_files(&first, self.setting));
        }
        let progress = Progress::on_terminal();
        let mut looking = survey.look_at_computer(COMPUTER);
        while let Some(check) = looking.waits_for() {
            progress.show(&format!("Waiting for {} …", check.waits_for()));
            if looking.next().is_none() {
                break;
            }
        }
        drop(progress);
        let report = survey.report();
        let text = print::report_of_computer(&first, &report, self.setting);
        Ok(Answer::new(&report, text, Left::when(!is_clean(&report)))?)
    }

    fn servers(&self) -> Result<Answer, Failure> {
        #[derive(Serialize)]
        struct Servers {
            servers: Vec<ServerStatus>,
        }
        let servers = self.engine.servers();
        let text = print::servers(&servers);
        let left = servers.iter().any(|server| matches!(server.state, Health::Failing | Health::NeedsSignIn));
        Ok(Answer::new(&Servers { servers }, text, Left::when(left))?)
    }

    fn diagnose(&self, diagnose: &Diagnose) -> Result<Answer, Failure> {
        let inputs =
            diagnose.logs.iter().map(|path| log_inputs(path)).collect::<Result<Vec<_>, Failure>>()?;
        let inputs = inputs.into_iter().flatten().collect();
        let said = self.engine.diagnose(inputs, diagnose.server.as_deref().map(ServerName::from))?;
        let text = print::diagnosis(said.verdict, &said.findings, self.setting);
        Ok(Answer::new(&said, text, Left::when(said.verdict != Verdict::Ok))?)
    }

    fn check_config(&self, file: &Path) -> Result<Answer, Failure> {
        self.engine.look_for_fixes(file, COMPUTER);
        let check = self.engine.check_config(file, self.rules_for(file))?;
        let text = print::check(file, &check, self.setting);
        let left = check.findings.iter().any(|finding| finding.severity != Severity::Info);
        Ok(Answer::new(&check, text, Left::when(left))?)
    }

    /// Whose rules hold in a file: those that were asked for, else those of the home it stands in. Nothing tells
    /// for a file that somebody sent, so that what fails on any system is a finding there.
    fn rules_for(&self, file: &Path) -> Option<Os> {
        let home = &self.engine.context().home;
        let asked = self.everywhere.os.is_some() || self.everywhere.home.is_some();
        let is_claudes = || {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            file.starts_with(home.root()) && file.ends_with("claude_desktop_config.json")
        };
        (asked || is_claudes()).then(|| home.os())
    }

    fn fix_config(&self, call: &FixConfig) -> Result<Answer, Failure> {
        self.engine.look_for_fixes(&call.file, COMPUTER);
        let rules = self.rules_for(&call.file);
        let plan = || self.engine.plan_fixes(&call.file, &call.only, rules, self.secrets());
        let fix = plan()?;
        let is_first = self.engine.changes().is_empty();
        let ((fix, entry), around) = if call.mode.write && fix.changes() {
            let make = || {
                let fix = plan()?;
                let entry = self.engine.write_fixes(&fix)?;
                Ok((fix, entry))
            };
            closing::make(self.engine, Meanwhile::closed_if(call.restart_claude), make)?
        } else {
            ((fix, None), Around::nothing(self.engine))
        };
        let left = fix.leaves.iter().any(|finding| finding.severity != Severity::Info);
        let copies = self.engine.copies();
        let text = match &entry {
            Some(entry) => {
                let note = if is_first && copies == Copies::Plain {
                    print::plain_copies(self.setting)
                } else {
                    String::new()
                };
                print::fixed(&fix, entry, &around, self.setting) + &note
            }
            None if fix.changes() => print::proposed(&fix, around.running, self.setting),
            None => print::no_fix(&fix, self.setting),
        };
        let fixed = Fixed::new(&fix, entry.as_ref(), copies, &around);
        Ok(Answer::new(&fixed, text, Left::when(left || around.leaves_something()))?)
    }

    fn edits(&self) -> Edits<'_> {
        Edits { engine: self.engine, everywhere: self.everywhere, setting: self.setting }
    }

    fn seal(&self) -> Result<Answer, Failure> {
        #[derive(Serialize)]
        struct Sealed {
            copies: &'static str,
        }
        self.engine.seal_copies()?;
        let copies = word(self.engine.copies());
        Ok(Answer::new(&Sealed { copies }, print::sealed(), Left::Nothing)?)
    }

    fn undo_list(&self) -> Result<Answer, Failure> {
        #[derive(Serialize)]
        struct Changes {
            changes: Vec<Entry>,
        }
        let changes = self.engine.undo_list();
        let text = print::changes(&changes, self.setting);
        Ok(Answer::new(&Changes { changes }, text, Left::Nothing)?)
    }

    fn undo(&self, undo: &Undo) -> Result<Answer, Failure> {
        #[derive(Serialize)]
        struct Undone<'a> {
            change: Option<&'a str>,
            paths: Vec<&'a Path>,
            exact: bool,
            diff: &'a str,
            masked: bool,
            written: bool,
            undo: Option<&'a str>,
            claude_running: Option<bool>,
            #[serde(skip_serializing_if = "Option::is_none")]
            restarted: Option<&'a Restarted>,
        }
        let (way, diff) = match self.engine.way_back(undo.id.as_deref(), self.secrets()) {
            Ok(found) => found,
            Err(error) if error.says_nothing_is_to_do() => {
                let nothing = Undone {
                    change: None,
                    paths: vec![],
                    exact: true,
                    diff: "",
                    masked: false,
                    written: false,
                    undo: None,
                    claude_running: None,
                    restarted: None,
                };
                return Ok(Answer::new(&nothing, print::nothing_to_do(&error), Left::Nothing)?);
            }
            Err(error) => return Err(error.into()),
        };
        let meanwhile = Meanwhile::closed_if(undo.go.restart_claude);
        let ((way, diff, entry), around) = if undo.go.yes {
            if matches!(way.back, Back::Files(_)) {
                refuse_beside_claude(self.engine, meanwhile, "its bridges would write over what comes back")?;
            }
            let id = way.entry.id.as_str();
            let take_back = || {
                let (way, diff) = self.engine.way_back(Some(id), self.secrets())?;
                let entry = self.engine.take_back(&way)?;
                Ok((way, diff, Some(entry)))
            };
            closing::make(self.engine, meanwhile, take_back)?
        } else {
            ((way, diff, None), Around::nothing(self.engine))
        };
        let text = match &entry {
            Some(entry) => print::taken_back(&way, entry, &around, self.setting),
            None => print::way_back(&way, &diff, around.running, self.setting),
        };
        let undone = Undone {
            change: Some(way.entry.id.as_str()),
            paths: way.entry.paths(),
            exact: way.way == Way::Exact,
            diff: &diff.text,
            masked: diff.masked,
            written: entry.is_some(),
            undo: entry.as_ref().map(|entry| entry.id.as_str()),
            claude_running: around.running,
            restarted: around.restarted.as_ref(),
        };
        Ok(Answer::new(&undone, text, Left::when(around.leaves_something()))?)
    }

    fn explain(&self, id: &str) -> Result<Answer, Failure> {
        let page = self.engine.explain(id).map_err(|error| match self.engine.most_like(id) {
            Some(like) => Failure::from(error).with_next(format!("did you mean `{like}`?")),
            None => error.into(),
        })?;
        let text = print::explain(&page);
        Ok(Answer::new(&page, text, Left::Nothing)?)
    }

    fn secrets(&self) -> Secrets {
        if self.everywhere.reveal { Secrets::Shown } else { Secrets::Masked }
    }
}

/// What `fix-config` prints.
#[derive(Serialize)]
struct Fixed<'a> {
    #[serde(flatten)]
    fix: &'a ConfigFix,
    diff: &'a str,
    masked: bool,
    claude_running: Option<bool>,
    written: bool,
    undo: Option<&'a str>,
    copies: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    restarted: Option<&'a Restarted>,
}

/// How copies are kept, in a word.
const fn word(copies: Copies) -> &'static str {
    match copies {
        Copies::Sealed => "sealed",
        Copies::Plain => "plain",
    }
}

impl<'a> Fixed<'a> {
    fn new(fix: &'a ConfigFix, entry: Option<&'a Entry>, copies: Copies, around: &'a Around) -> Self {
        Self {
            fix,
            claude_running: around.running,
            restarted: around.restarted.as_ref(),
            copies: word(copies),
            diff: &fix.diff.text,
            masked: fix.diff.masked,
            written: entry.is_some(),
            undo: entry.map(|entry| entry.id.as_str()),
        }
    }
}

fn is_clean(report: &Report) -> bool {
    let nothing_there = report.installs.is_empty() && report.configs.is_empty();
    let undecided = report.configs.iter().any(|config| config.live.is_none());
    let wrong = report.findings.iter().any(|finding| finding.severity != Severity::Info);
    !(nothing_there || undecided || wrong)
}

fn log_inputs(path: &Path) -> Result<Vec<LogInput<'static>>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(vec![LogInput { name: "-".to_owned(), input: Box::new(std::io::stdin().lock()) }]);
    }
    if path.is_dir() {
        return Ok(LogInput::open_folder(path)?);
    }
    Ok(vec![LogInput::open(path.to_owned())?])
}
