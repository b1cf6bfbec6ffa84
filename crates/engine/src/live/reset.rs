//! A reset that nobody had to find a reason for: the person asks for it by itself.

use bridgekeeper_model::ServerName;

use super::telling::Told as _;
use super::{ActError, Live};
use crate::reset::{Extent, Scope};
use crate::view::Preview;

/// What the change is called, as the fix that does the same.
const TITLE: &str = "Stop Claude, set the stored sign-ins aside, start Claude again";

impl Live {
    /// Looks for everything that is kept for signing in, of one server or all. The token it gives is carried out like
    /// that of a fix.
    pub fn preview_reset(&self, server: Option<&str>) -> Result<Preview, ActError> {
        let scope = Scope { server: server.map(ServerName::from), extent: Extent::SignIns };
        Ok(self.acts.preview_reset(&self.shared.engine, scope, TITLE)?.told(&self.language()))
    }
}
