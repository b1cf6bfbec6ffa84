//! Claude quit whole and started again, by itself or around a change, and what the firewall is told.

use std::time::Duration;

use bridgekeeper_doctor::text::Language;
use bridgekeeper_machine::firewall::RULE_NAME;
use bridgekeeper_model::machine::FirewallRule;
use bridgekeeper_model::{Health, Os};
use serde::Serialize;

use super::telling::Told as _;
use super::{ActError, Live, Work};
use crate::engine::Engine;
use crate::firewall::{Firewall, FirewallChange};
use crate::restart::{Ended, How, Kind, Moment, Restart, ServerOutcome, Then};
use crate::view::Change;

/// How long the servers may take to come up. Claude gives each one minute.
const SERVERS: Duration = Duration::from_secs(75);

/// What a restart would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RestartPlan {
    /// Whether Claude runs now.
    pub runs: bool,
    /// How many processes of Claude end.
    pub claudes: u32,
    /// The servers that end with it, and bridges that nobody uses any more.
    pub servers: u32,
    /// The program that is started.
    pub starts: Option<String>,
}

/// How far a restart is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RestartNews {
    /// The step.
    pub step: RestartStep,
    /// How many processes ended by themselves or were ended.
    pub ended: u32,
    /// Processes that do not go, by name and number.
    pub still: Vec<String>,
    /// The change that was made between quitting and starting.
    pub change: Option<Change>,
    /// What becomes of each server.
    pub servers: Vec<ServerComesUp>,
    /// What went wrong.
    pub trouble: Option<String>,
}

/// A step of a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum RestartStep {
    /// Claude was asked to quit.
    Quitting,
    /// What did not go is being ended.
    Ending,
    /// The change is being made.
    Writing,
    /// Claude is being started.
    Starting,
    /// Its servers come up.
    ComingUp,
    /// It is over.
    Done,
}

/// A server after a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ServerComesUp {
    /// Its name.
    pub name: String,
    /// Its state; `None` where its log says nothing since the start.
    pub state: Option<Health>,
    /// The cause, where one is known.
    pub why: Option<String>,
}

/// What there is to say about the firewall and sign-ins, which need no rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FirewallView {
    /// Whether this system keeps such rules at all.
    pub concerns: bool,
    /// The rules for Node; `None` where they could not be read.
    pub rules: Option<Vec<FirewallRuleView>>,
}

/// A rule for connections that come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FirewallRuleView {
    /// Its name.
    pub name: String,
    /// The program that it is about.
    pub program: String,
    /// Whether it lets in; else it blocks.
    pub allows: bool,
    /// Whether it has the name of ours, so that it can be taken away here.
    pub ours: bool,
}

impl Live {
    /// Looks at what a restart of Claude will end and how it will be started.
    pub fn plan_restart(&self) -> Result<RestartPlan, ActError> {
        let plan = self.shared.engine.plan_restart(Then::Start)?;
        let count = |is: fn(Kind) -> bool| {
            let ends = plan.ends.iter().filter(|end| is(end.kind)).count();
            u32::try_from(ends).unwrap_or(u32::MAX)
        };
        Ok(RestartPlan {
            runs: plan.claude_runs(),
            claudes: count(|kind| matches!(kind, Kind::Claude | Kind::ClaudePart)),
            servers: count(|kind| matches!(kind, Kind::Server | Kind::OrphanedBridge)),
            starts: plan.starts(),
        })
    }

    /// Quits Claude with its servers, makes the change that a token stands for where one is given, starts Claude and
    /// tells what becomes of its servers. The change is computed anew once Claude has quit, for Claude may write its
    /// config then, and is made only if it is what was shown. Claude is started again whether or not it was made.
    pub fn restart_claude(
        &self,
        token: Option<&str>,
        mut tell: impl FnMut(&RestartNews),
    ) -> Result<RestartNews, ActError> {
        let _restart = self.begin(Work::Restart)?;
        let engine = &self.shared.engine;
        let language = self.language();
        let mut tell = |news: &RestartNews| tell(&news.clone().told(&language));
        let plan = engine.plan_restart(Then::Start)?;
        let mut news = RestartNews {
            step: RestartStep::Quitting,
            ended: 0,
            still: vec![],
            change: None,
            servers: vec![],
            trouble: None,
        };
        tell(&news);
        let ended = engine.quit_claude(&plan, |moment| {
            news.step = RestartStep::of(moment);
            tell(&news);
        })?;
        news.take_in(&ended);
        let claude_stays = ended
            .iter()
            .filter(|end| end.how == Some(How::StillRuns))
            .any(|end| matches!(end.kind, Kind::Claude | Kind::ClaudePart));
        if claude_stays {
            news.trouble =
                Some("Claude does not quit, so nothing was changed and it was not started.".to_owned());
        } else {
            if let Some(token) = token {
                news.step = RestartStep::Writing;
                tell(&news);
                match self.acts.apply_anew(engine, token) {
                    Ok(change) => news.change = Some(change),
                    Err(error) => news.trouble = Some(sentence(&error.to_string())),
                }
            }
            start(engine, &plan, &language, &mut news, &mut tell);
        }
        news.step = RestartStep::Done;
        if news.change.is_some() {
            self.seal_copies();
        }
        self.look();
        tell(&news);
        Ok(news.told(&language))
    }

    /// The firewall's rules for Node, and why a sign-in needs none.
    pub fn firewall(&self) -> Result<FirewallView, ActError> {
        let engine = &self.shared.engine;
        Ok(FirewallView::of(engine.firewall()?, engine.context().home.os()))
    }

    /// Adds the rule or takes it away; the system asks for an administrator's consent.
    pub fn change_firewall(&self, change: FirewallChange) -> Result<FirewallView, ActError> {
        let engine = &self.shared.engine;
        Ok(FirewallView::of(engine.change_firewall(change)?, engine.context().home.os()))
    }
}

fn start(
    engine: &Engine,
    plan: &Restart,
    language: &Language,
    news: &mut RestartNews,
    tell: &mut impl FnMut(&RestartNews),
) {
    let started = engine.start_claude(plan, SERVERS, |moment| {
        news.step = RestartStep::of(moment);
        tell(news);
    });
    match started {
        Ok(watching) => {
            for servers in watching {
                let servers: Vec<ServerComesUp> =
                    servers.into_iter().map(|server| ServerComesUp::of(server, language)).collect();
                if news.step != RestartStep::ComingUp || news.servers != servers {
                    (news.step, news.servers) = (RestartStep::ComingUp, servers);
                    tell(news);
                }
            }
        }
        Err(error) => news.trouble = Some(sentence(&error.to_string())),
    }
}

fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

impl RestartNews {
    fn take_in(&mut self, ended: &[Ended]) {
        let still = ended.iter().filter(|end| end.how == Some(How::StillRuns));
        self.still = still.map(|end| format!("{} ({})", end.name, end.process)).collect();
        self.ended = u32::try_from(ended.len() - self.still.len()).unwrap_or(u32::MAX);
    }
}

impl RestartStep {
    const fn of(moment: Moment) -> Self {
        match moment {
            Moment::Asked => Self::Quitting,
            Moment::Ending => Self::Ending,
            Moment::Starting => Self::Starting,
        }
    }
}

impl ServerComesUp {
    fn of(outcome: ServerOutcome, language: &Language) -> Self {
        let why = outcome.why.map(|why| language.say(&why));
        Self { name: outcome.name.to_string(), state: outcome.state, why }
    }
}

impl FirewallView {
    fn of(firewall: Firewall, os: Os) -> Self {
        let rules = firewall.rules.map(|rules| rules.into_iter().map(FirewallRuleView::of).collect());
        Self { concerns: os == Os::Windows, rules }
    }
}

impl FirewallRuleView {
    fn of(rule: FirewallRule) -> Self {
        Self { ours: rule.name == RULE_NAME, name: rule.name, program: rule.program, allows: rule.allows }
    }
}
