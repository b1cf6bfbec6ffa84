//! The call `report`: one file that a person reads before sending it.

use std::path::Path;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::bundle::Bundle;
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::failure::Failure;
use crate::print;

/// Carries the call out.
pub(crate) fn answer(engine: &Engine, out: Option<&Path>) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Shown<'a> {
        markdown: &'a str,
    }
    let bundle = engine.bundle();
    if out.is_some_and(|out| out.as_os_str() == "-") {
        let markdown = bundle.markdown();
        return Ok(Answer::new(&Shown { markdown: &markdown }, markdown.clone(), Left::Nothing)?);
    }
    let written = bundle
        .write(&out.map_or_else(|| Bundle::usual_name((engine.context().now)()).into(), Path::to_owned))?;
    Ok(Answer::new(&written, print::reported(&written), Left::Nothing)?)
}
