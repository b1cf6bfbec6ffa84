use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::outcome::Outcome;
use crate::text::Secrets;
use crate::{Cause, Stage, StageReport};

/// What a host is told while the probe runs.
#[derive(Debug)]
pub enum Progress<'a> {
    /// A stage began.
    Waiting {
        /// Which one.
        stage: Stage,
        /// What it waits for.
        waits_for: &'a str,
    },
    /// A stage is done, or was skipped.
    Done(&'a StageReport),
}

/// The stages that are done, each within its deadline.
pub(crate) struct Run<'a> {
    pub(crate) stages: Vec<StageReport>,
    observe: &'a mut (dyn FnMut(Progress<'_>) + Send),
    deadline: Duration,
    secrets: Secrets,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        deadline: Duration,
        secrets: Secrets,
        observe: &'a mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Self {
        Self { stages: Vec::new(), observe, deadline, secrets }
    }

    /// Takes one stage. Its facts come back unless it failed without any; `late` is the cause when it takes longer
    /// than it may.
    pub(crate) async fn stage<T>(
        &mut self,
        stage: Stage,
        waits_for: &str,
        late: &Cause,
        work: impl Future<Output = Outcome<T>>,
    ) -> Option<T> {
        let mut waits_for = waits_for.to_owned();
        self.secrets.mask(&mut waits_for);
        (self.observe)(Progress::Waiting { stage, waits_for: &waits_for });
        let began = Instant::now();
        let outcome = timeout(self.deadline, work).await.unwrap_or_else(|_| {
            let seconds = self.deadline.as_secs_f32();
            Outcome::failed(late, format!("No answer within {seconds} s. It waited for {waits_for}."))
        });
        let Outcome { status, message, details, findings, facts } = outcome;
        self.push(StageReport { stage, status, elapsed: began.elapsed(), message, details, findings });
        facts
    }

    /// A stage whose result is known without doing anything.
    pub(crate) fn settle(&mut self, stage: Stage, outcome: Outcome<()>) {
        let Outcome { status, message, details, findings, .. } = outcome;
        self.push(StageReport { stage, status, elapsed: Duration::ZERO, message, details, findings });
    }

    /// Marks these stages as skipped.
    pub(crate) fn skip(&mut self, stages: &[Stage], why: &str) {
        for &stage in stages {
            self.settle(stage, Outcome::not_checked(format!("Skipped: {why}.")));
        }
    }

    /// Marks every stage as skipped that has no report yet.
    pub(crate) fn skip_rest(&mut self, why: &str) {
        let done: Vec<Stage> = self.stages.iter().map(|report| report.stage).collect();
        let rest: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| !done.contains(stage)).collect();
        self.skip(&rest, why);
    }

    fn push(&mut self, mut report: StageReport) {
        let texts = std::iter::once(&mut report.message)
            .chain(&mut report.details)
            .chain(report.findings.iter_mut().map(|finding| &mut finding.message));
        for text in texts {
            self.secrets.mask(text);
        }
        (self.observe)(Progress::Done(&report));
        self.stages.push(report);
    }
}
