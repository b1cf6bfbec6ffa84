//! The log of one server, as its page shows it.

use std::io;
use std::ops::ControlFlow;

use super::{ActError, Live};
use crate::error::EngineError;
use crate::log_lines::{
    Follower, LogFileView, LogFilter, LogHits, LogMark, LogSlice, LogWindow, Place, Turn,
};

impl Live {
    /// The logs that tell of a server, the one to show first at the front.
    pub fn log_files(&self, server: &str) -> Vec<LogFileView> {
        LogWindow::files(self.shared.engine.context(), server)
    }

    /// A part of a server's log, the first of [`Live::log_files`] where none is named. Without a place it is the end.
    pub fn log_slice(
        &self,
        server: &str,
        file: Option<&str>,
        filter: &LogFilter,
        turn: Turn,
        place: Option<Place>,
    ) -> Result<LogSlice, ActError> {
        read(self.log(server, file, filter)?.slice(turn, place), server)
    }

    /// Searches the whole log, among the lines that the filter lets through, and tells how far it is.
    pub fn search_log(
        &self,
        server: &str,
        file: Option<&str>,
        filter: &LogFilter,
        text: &str,
        tell: impl FnMut(LogHits) -> ControlFlow<()>,
    ) -> Result<(), ActError> {
        read(self.log(server, file, filter)?.search(text, tell), server)
    }

    /// Where the lines begin that prove what was found about the server.
    pub fn log_marks(&self, server: &str, file: Option<&str>) -> Result<Vec<LogMark>, ActError> {
        let snapshot = self.snapshot();
        let findings = snapshot.servers.iter().find(|one| one.name == server).map(|one| &one.findings);
        let findings = findings.map(Vec::as_slice).unwrap_or_default();
        read(self.log(server, file, &LogFilter::default())?.marks(findings), server)
    }

    /// Everything that is written into a log behind a place.
    pub fn follow_log(
        &self,
        server: &str,
        file: Option<&str>,
        filter: &LogFilter,
        place: Place,
    ) -> Result<Follower, ActError> {
        Ok(self.log(server, file, filter)?.follow(place))
    }

    fn log(&self, server: &str, file: Option<&str>, filter: &LogFilter) -> Result<LogWindow<'_>, ActError> {
        LogWindow::open(self.shared.engine.context(), server, file, filter)
            .ok_or_else(|| ActError::not_possible(format!("Claude has written no log of {server} yet")))
    }
}

fn read<T>(read: io::Result<T>, server: &str) -> Result<T, ActError> {
    read.map_err(|error| {
        ActError::Engine(EngineError::BrokeOff { name: format!("the log of {server}"), source: error })
    })
}
