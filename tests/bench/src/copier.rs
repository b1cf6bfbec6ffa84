//! The least that stands between a host and a server: each message is posted, and the answer written on when all of it
//! is there. Nothing is looked at, one call is carried at a time, and whatever goes wrong ends it. It shows what a large
//! result costs whoever hands on whole answers.

use std::io::{self, BufRead as _, Write as _};

use anyhow::Result;
use bytes::Bytes;

use crate::bare::Bare;

/// Runs until standard input ends.
pub(crate) fn run(url: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = Bare::new(url)?;
    let mut output = io::stdout();
    for line in io::stdin().lock().split(b'\n') {
        let mut answer = runtime.block_on(server.post(Bytes::from(line?)))?;
        if !answer.is_empty() {
            answer.push(b'\n');
            output.write_all(&answer)?;
        }
    }
    Ok(())
}
