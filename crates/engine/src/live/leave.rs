//! Claude's configs put back as they were before Bridgekeeper, for whoever removes the program or starts over.

use super::telling::Told as _;
use super::{ActError, Live};
use crate::view::Preview;

const TITLE: &str = "Put Claude's configs back as they were before Bridgekeeper";

impl Live {
    /// Lists every change of a config that still stands. The token it gives is carried out like that of a fix.
    pub fn preview_leave(&self) -> Result<Preview, ActError> {
        Ok(self.acts.preview_leave(&self.shared.engine, TITLE)?.told(&self.language()))
    }
}
