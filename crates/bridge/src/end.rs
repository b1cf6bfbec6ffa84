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
    use std::future::pending;
    use std::time::Duration;

    use sysinfo::{Pid, ProcessesToUpdate, System};
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    use tokio::time::sleep;

    use super::{Reason, io};

    /// How often the parent is looked for. Its end is also the end of standard input, nearly always.
    const LOOK: Duration = Duration::from_secs(5);

    /// Waits for Ctrl-C, Ctrl-Break, the close of the console, the session or the system, or for the parent's end.
    pub(crate) async fn told_to_end() -> io::Result<Reason> {
        let (mut c, mut ctrl_break) = (ctrl_c()?, ctrl_break()?);
        let (mut close, mut logoff, mut shutdown) = (ctrl_close()?, ctrl_logoff()?, ctrl_shutdown()?);
        tokio::select! {
            _ = c.recv() => {}
            _ = ctrl_break.recv() => {}
            _ = close.recv() => {}
            _ = logoff.recv() => {}
            _ = shutdown.recv() => {}
            () = parent_gone() => return Ok(Reason::ParentGone),
        }
        Ok(Reason::Told)
    }

    /// Waits until the process that started this one is no more. Windows gives an id to another process once it is
    /// free, so the parent is known by its id and the time when it began. Never comes back if there is none.
    async fn parent_gone() {
        // Where processes cannot be looked at the end of standard input must do.
        let Ok(mut system) = System::new() else { return pending().await };
        sleep(LOOK).await;
        let own = Pid::from_u32(std::process::id());
        let Some(parent) = look_at(&mut system, own).and_then(|own| own.parent) else {
            return pending().await;
        };
        let began = look_at(&mut system, parent).map(|parent| parent.began);
        let Some(began) = began else { return };
        loop {
            sleep(LOOK).await;
            if look_at(&mut system, parent).is_none_or(|now| now.began != began) {
                return;
            }
        }
    }

    struct Seen {
        parent: Option<Pid>,
        /// Seconds since 1970.
        began: u64,
    }

    fn look_at(system: &mut System, id: Pid) -> Option<Seen> {
        system.refresh_processes(ProcessesToUpdate::Some(&[id]), true);
        let process = system.process(id)?;
        Some(Seen { parent: process.parent(), began: process.start_time() })
    }
}
