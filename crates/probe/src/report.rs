use std::time::Duration;

use bridgekeeper_model::{Finding, Severity};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::Stage;

/// What became of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is as it should be.
    Passed,
    /// It is not, and the message says what is wrong.
    Failed,
    /// Nobody could look; the message says why.
    NotChecked,
    /// This server has no need of it.
    NotNeeded,
}

impl Status {
    /// As in `--json`: `None` where nothing was decided.
    pub const fn ok(self) -> Option<bool> {
        match self {
            Self::Passed => Some(true),
            Self::Failed => Some(false),
            Self::NotChecked | Self::NotNeeded => None,
        }
    }
}

/// One stage with what came of it.
#[derive(Debug, Clone)]
pub struct StageReport {
    /// Which one.
    pub stage: Stage,
    /// What became of it.
    pub status: Status,
    /// How long it took; zero where nothing was done.
    pub elapsed: Duration,
    /// The result as one sentence.
    pub message: String,
    /// More lines for people: addresses, certificates, what was asked.
    pub details: Vec<String>,
    /// What is wrong, or worth knowing.
    pub findings: Vec<Finding>,
}

impl Serialize for StageReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stage = serializer.serialize_struct("StageReport", 5)?;
        stage.serialize_field("stage", self.stage.as_str())?;
        stage.serialize_field("ok", &self.status.ok())?;
        stage.serialize_field("ms", &u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX))?;
        stage.serialize_field("message", &self.message)?;
        stage.serialize_field("findings", &self.findings)?;
        stage.end()
    }
}

/// Whether one client can use the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Who {
    /// The client, as its vendor calls it.
    pub client: &'static str,
    /// `None` where it could not be decided.
    pub ok: Option<bool>,
    /// The reason.
    pub why: String,
    /// The month of what is known of the client, `YYYY-MM`.
    pub as_of: &'static str,
}

/// The whole result of a probe.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The address that was asked, without user and query.
    #[serde(skip)]
    pub url: String,
    /// Every stage, in order.
    pub stages: Vec<StageReport>,
    /// Who can use the server.
    pub who: Vec<Who>,
}

impl Report {
    /// The handshake was made, no stage failed and no finding weighs more than `info`.
    pub fn is_clean(&self) -> bool {
        let shaken = |stage: &StageReport| stage.stage == Stage::Initialize && stage.status == Status::Passed;
        let light = |stage: &StageReport| {
            stage.status != Status::Failed && stage.findings.iter().all(|f| f.severity == Severity::Info)
        };
        self.stages.iter().any(shaken) && self.stages.iter().all(light)
    }

    /// The report of one stage.
    pub fn stage(&self, stage: Stage) -> Option<&StageReport> {
        self.stages.iter().find(|report| report.stage == stage)
    }
}
