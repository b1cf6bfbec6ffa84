//! Signs other than the end of standard input that the bridge must not go on: a process that outlives its host holds
//! ports, sessions and tokens that nobody uses.

use std::io;

#[cfg(unix)]
pub(crate) use self::unix::told_to_end;
#[cfg(windows)]
pub(crate) use self::windows::told_to_end;

/// Why the bridge ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The system or the host said so.
    Told,
    /// The process that started the bridge is gone. Another one may still hold the pipe.
    #[cfg_attr(windows, expect(dead_code, reason = "on Windows a pipe closes with its last process"))]
    ParentGone,
}

impl Reason {
    /// For the log.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Told => "told to end",
            Self::ParentGone => "the program that started the bridge is gone",
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::process::parent_id;
    use std::time::Duration;

    use tokio::signal::unix::{SignalKind, signal};
    use tokio::time::interval;

    use super::{Reason, io};

    /// How often the parent is looked for. Its end is also the end of standard input, nearly always.
    const LOOK: Duration = Duration::from_secs(2);

    /// Waits for SIGTERM, SIGINT or SIGHUP, or for the parent's end.
    pub(crate) async fn told_to_end() -> io::Result<Reason> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let parent = parent_id();
        let mut look = interval(LOOK);
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ok(Reason::Told),
                _ = interrupt.recv() => return Ok(Reason::Told),
                _ = hang_up.recv() => return Ok(Reason::Told),
                _ = look.tick() => if parent_id() != parent {
                    return Ok(Reason::ParentGone);
                },
            }
        }
    }
}

#[cfg(windows)]
mod windows {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};

    use super::{Reason, io};

    /// Waits for Ctrl-C, Ctrl-Break, or the close of the console, the session or the system.
    pub(crate) async fn told_to_end() -> io::Result<Reason> {
        let (mut c, mut ctrl_break) = (ctrl_c()?, ctrl_break()?);
        let (mut close, mut logoff, mut shutdown) = (ctrl_close()?, ctrl_logoff()?, ctrl_shutdown()?);
        tokio::select! {
            _ = c.recv() => {}
            _ = ctrl_break.recv() => {}
            _ = close.recv() => {}
            _ = logoff.recv() => {}
            _ = shutdown.recv() => {}
        }
        Ok(Reason::Told)
    }
}
