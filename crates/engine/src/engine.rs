use std::path::Path;
use std::time::Duration;

use bridgekeeper_doctor::fixes::Moved;
use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_model::{Os, SecretName, ServerName, ServerStatus};

use crate::bundle::{self, Bundle};
use crate::change::{Back, Copies, Entry, Kind, Ledger, Proposed, WayBack};
use crate::check;
use crate::computer::{self, Subject};
use crate::context::Context;
use crate::diff::{Diff, Secrets};
use crate::doctor::{self, Kept};
use crate::edits;
use crate::error::EngineError;
use crate::explain::{self, Page};
use crate::firewall::{self, Firewall, FirewallChange};
use crate::fix::{self, ConfigFix};
use crate::guardian::Guardian;
use crate::history::History;
use crate::log_lines::{self, Follow, Logs, Wanted};
use crate::logs::{self, HomeLogs, LogDiagnosis, LogInput};
use crate::offers::Offers;
use crate::policy::{self, Policy};
use crate::publish::{self, PublishError, Published};
use crate::report::{ConfigCheck, Report};
use crate::reset::{self, Reset, ResetDone, Scope};
use crate::restart::{Ended, Moment, Restart, Then, Watching};
use crate::settings::SettingsFile;
use crate::survey::Survey;
use crate::trial::{self, Patience, Progress, Trial};

/// How long the checks of the computer may take for a bundle.
const FOR_A_BUNDLE: Duration = Duration::from_secs(5);

/// Bridgekeeper without a window, for one home.
#[derive(Debug)]
pub struct Engine {
    pub(crate) context: Context,
    pub(crate) ledger: Ledger,
    pub(crate) guardian: Guardian,
    settings: SettingsFile,
}

impl Engine {
    /// An engine for that world. Only the settings are read, and nothing is written yet.
    pub fn new(context: Context) -> Self {
        let folder = context.home.bridgekeeper_folder();
        let ledger = Ledger::sealed_by(context.keyring.clone(), &folder);
        let guardian = Guardian::in_folder(&folder, ledger.sealer());
        let settings = SettingsFile::in_folder(&folder).under(context.policy.clone());
        Self { context, ledger, guardian, settings }
    }

    /// The world it was given.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// What the person has chosen for Bridgekeeper itself.
    pub fn settings(&self) -> &SettingsFile {
        &self.settings
    }

    /// What an organisation has set for this computer and person, as it stands now.
    pub fn policy(&self) -> Policy {
        self.context.policy()
    }

    /// What the files say of the whole set-up, with what was learned of the computer so far. Writes nothing.
    pub fn doctor(&self) -> Report {
        self.survey().report()
    }

    /// Reads the files once, for a report at once and another when the computer was looked at. Writes nothing.
    pub fn survey(&self) -> Survey<'_> {
        Survey::of(self)
    }

    /// Asks what fixes of Claude's own config must know of the computer. Nothing for any other file.
    pub fn look_for_fixes(&self, path: &Path, limit: Duration) {
        let home = &self.context.home;
        if home.configs().iter().any(|candidate| candidate.path == path) {
            computer::begin(&self.context, Subject::of(&self.context), limit, || {}).for_each(drop);
        }
    }

    /// The whole set-up, with the journal and the logs at hand.
    pub(crate) fn report(&self, journal: &[Entry], logs: &HomeLogs) -> Report {
        let kept =
            Kept { switched_off: &edits::names_of_switched_off(journal), losses: self.findings_of_losses() };
        doctor::doctor(&self.context, &History::of(journal), logs, kept)
    }

    /// Every server with its state.
    pub fn servers(&self) -> Vec<ServerStatus> {
        self.doctor().servers
    }

    /// The firewall's rules for Node, and why a sign-in needs none.
    pub fn firewall(&self) -> Result<Firewall, EngineError> {
        firewall::look(&self.context)
    }

    /// Adds the rule or takes it away; the system asks for an administrator's consent. Does nothing where the system
    /// is not Windows.
    pub fn change_firewall(&self, change: FirewallChange) -> Result<Firewall, EngineError> {
        firewall::change(&self.context, change)
    }

    /// Looks at what a restart of Claude will end and how it will be started.
    pub fn plan_restart(&self, then: Then) -> Result<Restart, EngineError> {
        Restart::plan(&self.context, then)
    }

    /// Looks at what ends of the Claude that runs, to be closed for a change; `None` where none runs.
    pub fn plan_closing(&self) -> Result<Option<Restart>, EngineError> {
        Restart::of_running(&self.context)
    }

    /// Quits Claude with its servers, and ends what does not go.
    pub fn quit_claude(
        &self,
        restart: &Restart,
        tell: impl FnMut(Moment),
    ) -> Result<Vec<Ended>, EngineError> {
        Ok(restart.quit(&*self.context.machine, tell)?)
    }

    /// Starts Claude and watches, for `limit` at most, until each server is up or its failure is known.
    pub fn start_claude(
        &self,
        restart: &Restart,
        limit: Duration,
        tell: impl FnMut(Moment),
    ) -> Result<Watching<'_>, EngineError> {
        let watching = Watching::begin(&self.context, History::of(&self.ledger.entries()), limit);
        restart.start(&*self.context.machine, tell)?;
        Ok(watching)
    }

    /// Names the causes in logs that are handed in, for one server or all.
    pub fn diagnose(
        &self,
        inputs: Vec<LogInput<'_>>,
        server: Option<ServerName>,
    ) -> Result<LogDiagnosis, EngineError> {
        logs::diagnose(inputs, server, self.context.zone.clone())
    }

    /// Starts an entry as Claude would start it here, shakes hands, lists its tools, and ends it. A time limit is
    /// how long its first answer may take.
    pub fn try_server(
        &self,
        name: &str,
        patience: impl Into<Patience>,
        observe: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Trial, EngineError> {
        trial::try_server(&self.context, name, &patience.into(), observe)
    }

    /// What a report tells of this set-up, without secrets. Nothing is written or sent.
    pub fn bundle(&self) -> Bundle {
        let survey = self.survey();
        survey.look_at_computer(FOR_A_BUNDLE).for_each(drop);
        bundle::gather(&self.context, &survey.report())
    }

    /// The last lines of Claude's logs, read from their ends.
    pub fn logs(&self, wanted: &Wanted) -> Logs {
        log_lines::page(&self.context, wanted)
    }

    /// Every new line of Claude's logs.
    pub fn follow_logs(&self, wanted: Wanted) -> Follow {
        Follow::new(self.context.clone(), wanted)
    }

    /// Checks one config file by itself. `os` is whose rules hold in it, where that is known.
    pub fn check_config(&self, path: &Path, os: Option<Os>) -> Result<ConfigCheck, EngineError> {
        let file = ConfigFile::read(&check::read(path)?);
        let signs_in = fix::signing_in_of(&self.context, path);
        let facts = fix::facts(&self.context, &file, os, &signs_in);
        Ok(check::check(&file, os, &mut Offers::of(&file, &facts)))
    }

    /// Computes what fixes would change in a config file: those named, or the automatic ones where none is named.
    pub fn plan_fixes(
        &self,
        path: &Path,
        only: &[String],
        os: Option<Os>,
        secrets: Secrets,
    ) -> Result<ConfigFix, EngineError> {
        fix::plan(&self.context, path, only, os, secrets)
    }

    /// Makes a change as it was computed, if the file still is what it was computed from; puts the bridge at its
    /// place first where an entry will name it. `None` where there is nothing to change.
    pub fn write_fixes(&self, fix: &ConfigFix) -> Result<Option<Entry>, EngineError> {
        let Some(proposed) = fix.proposed() else { return Ok(None) };
        self.carry_out(&proposed, fix.needs_bridge, &fix.moved).map(Some)
    }

    /// The one way in which a change of a config is made.
    pub(crate) fn carry_out(
        &self,
        proposed: &Proposed<'_>,
        needs_bridge: bool,
        moved: &[Moved],
    ) -> Result<Entry, EngineError> {
        self.refuse_what_is_not_allowed(proposed)?;
        if needs_bridge {
            self.publish_bridge()?;
        }
        // What stood there before counts as a version, too: it may be what Claude still has in memory.
        self.guard_if_claudes(proposed.path);
        if !moved.is_empty() {
            // The copies hold what is about to leave the file.
            self.seal_copies()?;
            self.keep_moved(moved)?;
        }
        let made = self.ledger.make(proposed, (self.context.now)());
        if made.is_err() {
            let names: Vec<SecretName> = moved.iter().map(|moved| moved.name.clone()).collect();
            self.forget_unused(&names);
        }
        self.guard_if_claudes(proposed.path);
        let entry = made?;
        self.seal_unasked();
        Ok(entry)
    }

    /// Refuses a change by which a person adds what their organisation does not allow. A repair leads to the same server
    /// as before, and what is put back stood there; both are told as findings where they are not allowed.
    pub(crate) fn refuse_what_is_not_allowed(&self, proposed: &Proposed<'_>) -> Result<(), EngineError> {
        if !matches!(proposed.note.kind, Kind::Edit | Kind::SwitchOn | Kind::Merge) {
            return Ok(());
        }
        let file = |bytes: Option<&[u8]>| ConfigFile::read(bytes.unwrap_or_default());
        let policy = self.policy();
        let servers = policy::refused_by(&policy, &file(proposed.read), &file(proposed.after));
        if servers.is_empty() {
            return Ok(());
        }
        Err(EngineError::NotAllowed { servers, by: policy.decided_by() })
    }

    /// Every change that happened, oldest first.
    pub fn changes(&self) -> Vec<Entry> {
        self.ledger.entries()
    }

    /// How the copies that undo needs are kept now.
    pub fn copies(&self) -> Copies {
        self.ledger.copies()
    }

    /// Seals every copy where that asks nobody for anything; elsewhere they stay readable by the user alone.
    pub(crate) fn seal_unasked(&self) {
        if self.ledger.copies() == Copies::Plain && self.context.keyring.opens_unasked() {
            // The change is made by then, and `seal_copies` tells why it cannot be done.
            let _ = self.seal_copies();
        }
    }

    /// Makes sure that the keyring has a key, and seals every copy with it.
    pub fn seal_copies(&self) -> Result<(), EngineError> {
        self.ledger.seal()?;
        Ok(self.guardian.seal()?)
    }

    /// Every change that can be taken back, oldest first.
    pub fn undo_list(&self) -> Vec<Entry> {
        let entries = self.ledger.entries();
        let open = |entry: &&Entry| !Ledger::is_undone(&entries, &entry.id);
        entries.iter().filter(open).cloned().collect()
    }

    /// How a change would be taken back, the last one where none is named, with its diff.
    pub fn way_back(&self, id: Option<&str>, secrets: Secrets) -> Result<(WayBack, Diff), EngineError> {
        let way = self.ledger.way_back(id)?;
        let diff = match &way.back {
            Back::Text(back) => {
                let name = back.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let (before, after) = back.texts();
                Diff::between(&name, &before, &after, secrets)
            }
            Back::Files(_) => Diff::between("", "", "", secrets),
        };
        Ok((way, diff))
    }

    /// Takes a change back as computed.
    pub fn take_back(&self, way: &WayBack) -> Result<Entry, EngineError> {
        self.secrets_are_there(way)?;
        let entry = self.ledger.take_back(way, (self.context.now)())?;
        self.forget_unused(&way.entry.secrets);
        way.entry.paths().iter().for_each(|path| self.guard_if_claudes(path));
        self.seal_unasked();
        Ok(entry)
    }

    /// Looks for what a reset concerns. Changes nothing.
    pub fn find_reset(&self, scope: Scope) -> Result<Reset, EngineError> {
        Reset::find(&self.context, scope)
    }

    /// Does what was found, and gives how each item went.
    pub fn reset(&self, reset: &Reset) -> Result<ResetDone, EngineError> {
        reset::carry_out(&self.context, &self.ledger, reset)
    }

    /// The page of a rule or a fix.
    pub fn explain(&self, id: &str) -> Result<Page, EngineError> {
        explain::page(id).ok_or_else(|| EngineError::NothingToExplain(id.to_owned()))
    }

    /// The rule or fix whose id is most like this one, of which there is no page.
    pub fn most_like(&self, id: &str) -> Option<&'static str> {
        explain::most_like(id)
    }

    /// Copies the bridge to the place that entries name, if it is not there yet.
    pub fn publish_bridge(&self) -> Result<Published, EngineError> {
        let (folder, os) = (self.context.home.bridgekeeper_folder(), self.context.home.os());
        match &self.context.bridge {
            Some(bridge) => Ok(publish::publish(bridge, &folder, os)?),
            // What an earlier run put there is as good.
            None => publish::published(&folder, os).ok_or_else(|| PublishError::NoBridge.into()),
        }
    }

    /// Puts the bridge that came with this program where entries name it, if an earlier one was put there: at the
    /// start of the app, so that an update of the app reaches the bridge. Bridges that run go on.
    pub fn refresh_bridge(&self) -> Result<Option<Published>, EngineError> {
        let (folder, os) = (self.context.home.bridgekeeper_folder(), self.context.home.os());
        let Some(bridge) = &self.context.bridge else { return Ok(None) };
        Ok(publish::refresh(bridge, &folder, os)?)
    }
}
