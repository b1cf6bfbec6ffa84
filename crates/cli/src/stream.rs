//! The calls that print as they go: `logs` and `watch`.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::sync::mpsc;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::Secrets;
use bridgekeeper_engine::live::Live;
use bridgekeeper_engine::log_lines::{Level, Wanted};
use bridgekeeper_engine::view::event::Event;
use bridgekeeper_model::ServerName;
use jiff::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Left, versioned};
use crate::arguments::{Everywhere, LogLevel, Logs};
use crate::end;
use crate::failure::Failure;
use crate::print::{self, Setting};
use crate::terminal;

/// The last lines of every log.
pub(crate) fn logs(
    engine: &Engine,
    call: &Logs,
    everywhere: &Everywhere,
    setting: Setting<'_>,
) -> Result<Answer, Failure> {
    let found = engine.logs(&wanted(call, everywhere));
    let text = print::logs(&found, setting);
    Ok(Answer::new(&found, text, Left::when(found.logs.is_empty()))?)
}

/// Every new line, until somebody ends it.
pub(crate) fn follow(engine: &Engine, call: &Logs, everywhere: &Everywhere) -> Answer {
    let follow = engine.follow_logs(wanted(call, everywhere));
    let ender = follow.ender();
    end::when_asked(move || ender.end());
    follow.run(|line| say(everywhere, &line, &print::log_line(&line)));
    Answer::ended()
}

/// What happens, until somebody ends it.
pub(crate) fn watch(engine: Engine, everywhere: &Everywhere) -> Answer {
    #[derive(Serialize)]
    struct At<'a> {
        at: String,
        #[serde(flatten)]
        event: &'a Event,
    }
    // Where no version can be kept, changes are told all the same, without what was lost
    let _ = engine.begin_to_guard();
    let live = Live::start(engine);
    let (sender, turns) = mpsc::channel();
    let ender = sender.clone();
    // The receiver is gone only when the call has ended
    end::when_asked(move || drop(ender.send(None)));
    live.hear(move |event| match sender.send(Some(event.clone())) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    });
    for event in turns.iter().map_while(|turn: Option<Event>| turn) {
        let now = Timestamp::now();
        let at = At { at: now.to_string(), event: &event };
        if say(everywhere, &at, &print::event(&event, now)).is_break() {
            break;
        }
    }
    Answer::ended()
}

fn wanted(call: &Logs, everywhere: &Everywhere) -> Wanted {
    Wanted {
        server: call.server.as_deref().map(ServerName::from),
        search: call.search.clone(),
        level: call.level.map(|level| match level {
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        }),
        direction: None,
        last: call.lines,
        secrets: if everywhere.reveal { Secrets::Shown } else { Secrets::Masked },
    }
}

/// One object or one piece of text, at once; breaks off where nobody reads any more.
fn say(everywhere: &Everywhere, content: &impl Serialize, text: &str) -> ControlFlow<()> {
    let written = if everywhere.json {
        let json = versioned(content).unwrap_or_default();
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{json}").and_then(|()| stdout.flush())
    } else {
        terminal::write(anstream::stdout().lock(), text)
    };
    if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
