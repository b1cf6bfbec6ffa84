//! The host's pipes, read and written by the thread that carries everything: no message waits for another thread.
//!
//! What another process may hold too is never made non-blocking, because the mode would be that process's as well. A
//! socket is told with each call not to block. A pipe is opened a second time, which only Linux can. What is neither is
//! left to threads.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, fstat};
use rustix::net::{RecvFlags, SendFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::lines::Lines;

/// One end of a pipe or a socket that tells when it is ready.
#[derive(Debug)]
pub(crate) struct Direct {
    end: AsyncFd<OwnedFd>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Socket,
    /// Opened for this process alone, non-blocking.
    Pipe,
}

impl Direct {
    /// The end that is read; `None` if it has to be left to a thread.
    pub(crate) fn input(end: &impl AsFd) -> Option<Self> {
        Self::of(end.as_fd(), Interest::READABLE)
    }

    /// The end that is written; `None` if it has to be left to a thread.
    pub(crate) fn output(end: &impl AsFd) -> Option<Self> {
        Self::of(end.as_fd(), Interest::WRITABLE)
    }

    fn of(end: BorrowedFd<'_>, interest: Interest) -> Option<Self> {
        let file_type = FileType::from_raw_mode(fstat(end).ok()?.st_mode);
        let (end, kind) = if file_type.is_socket() {
            (end.try_clone_to_owned().ok()?, Kind::Socket)
        } else if file_type.is_fifo() {
            (open_again(end, interest)?, Kind::Pipe)
        } else {
            return None;
        };
        Some(Self { end: registered(end, interest)?, kind })
    }

    /// Reads once, as soon as there is something. `false` at the end of the input.
    pub(crate) async fn read_into(&self, lines: &mut Lines) -> io::Result<bool> {
        loop {
            let mut ready = self.end.readable().await?;
            if let Ok(read) = ready.try_io(|end| lines.fill(&mut self.kind.reader(end.get_ref()))) {
                let read = read?;
                // Room that was left says that nothing is left to read (epoll(7)), and saves asking.
                if read.bytes > 0 && read.room_left {
                    ready.clear_ready();
                }
                return Ok(read.bytes > 0);
            }
        }
    }

    /// Writes it all, each part as soon as there is room.
    pub(crate) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let mut ready = self.end.writable().await?;
            match ready.try_io(|end| self.kind.write(end.get_ref(), bytes)) {
                Ok(Ok(written)) => bytes = &bytes[written..],
                Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(Err(error)) => return Err(error),
                Err(_would_block) => {}
            }
        }
        Ok(())
    }
}

#[expect(unsafe_code, reason = "tokio wants it said that the descriptor stays the same")]
fn registered(end: OwnedFd, interest: Interest) -> Option<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is one and the same open descriptor for as long as it lives.
    unsafe { AsyncFd::register_with_interest(end, interest) }.ok()
}

/// The same pipe with a mode of its own.
#[cfg(target_os = "linux")]
fn open_again(end: BorrowedFd<'_>, interest: Interest) -> Option<OwnedFd> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{Mode, OFlags, open};

    let access = if interest.is_readable() { OFlags::RDONLY } else { OFlags::WRONLY };
    let path = format!("/proc/self/fd/{}", end.as_raw_fd());
    open(path, access | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
const fn open_again(_end: BorrowedFd<'_>, _interest: Interest) -> Option<OwnedFd> {
    None
}

impl Kind {
    const fn reader(self, end: &OwnedFd) -> Reader<'_> {
        Reader { end, kind: self }
    }

    fn write(self, end: &OwnedFd, bytes: &[u8]) -> io::Result<usize> {
        Ok(match self {
            Self::Socket => rustix::net::send(end, bytes, SendFlags::DONTWAIT)?,
            Self::Pipe => rustix::io::write(end, bytes)?,
        })
    }
}

struct Reader<'a> {
    end: &'a OwnedFd,
    kind: Kind,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(match self.kind {
            Kind::Socket => rustix::net::recv(self.end, buffer, RecvFlags::DONTWAIT)?.0,
            Kind::Pipe => rustix::io::read(self.end, buffer)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    #[cfg(target_os = "linux")]
    use std::io::{PipeReader, pipe};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use rustix::fs::{OFlags, fcntl_getfl};
    use tokio::time::timeout;

    use super::*;
    use crate::lines::Line;

    const LIMIT: Duration = Duration::from_secs(10);

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async { timeout(LIMIT, test).await.expect("in time") });
    }

    fn is_blocking(end: &impl AsFd) -> bool {
        !fcntl_getfl(end).expect("flags").contains(OFlags::NONBLOCK)
    }

    async fn read_all(direct: &Direct) -> Vec<Line> {
        let mut lines = Lines::new();
        let mut all = Vec::new();
        loop {
            let more = direct.read_into(&mut lines).await.expect("no I/O error");
            all.extend(std::iter::from_fn(|| lines.next_line()));
            if !more {
                all.extend(lines.last_line());
                return all;
            }
        }
    }

    /// Writes more than fits from another thread, ends, and sees that all of it arrived.
    async fn arrives(direct: &Direct, mut writer: impl io::Write + Send + 'static) {
        let long = "x".repeat(300_000);
        let text = format!("{long}\nb\n\nc");
        let written = std::thread::spawn(move || writer.write_all(text.as_bytes()));
        let expected = [long.as_str(), "b", "c"].map(|line| Line::Text(line.into()));
        assert_eq!(read_all(direct).await, expected);
        written.join().expect("no panic").expect("written");
    }

    #[test]
    fn a_socket_is_read_to_its_end_and_stays_blocking() {
        run(async {
            let (ours, hosts) = UnixStream::pair().expect("sockets");
            arrives(&Direct::input(&ours).expect("direct"), hosts).await;
            assert!(is_blocking(&ours));
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_is_read_to_its_end_and_stays_blocking() {
        run(async {
            let (ours, hosts) = pipe().expect("a pipe");
            arrives(&Direct::input(&ours).expect("direct"), hosts).await;
            assert!(is_blocking(&ours));
        });
    }

    #[test]
    fn what_a_host_does_not_read_waits_without_stopping_others() {
        run(async {
            let (ours, mut hosts) = UnixStream::pair().expect("sockets");
            let direct = Direct::output(&ours).expect("direct");
            let long = vec![b'x'; 8 << 20];
            let mut writing = std::pin::pin!(direct.write_all(&long));
            assert!(timeout(Duration::from_millis(50), &mut writing).await.is_err(), "nobody reads");
            let read = std::thread::spawn(move || {
                let mut all = vec![0; 8 << 20];
                hosts.read_exact(&mut all).map(|()| all)
            });
            writing.await.expect("written");
            assert_eq!(read.join().expect("no panic").expect("read"), long);
            assert!(is_blocking(&ours));
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_that_nobody_reads_any_more_says_so() {
        run(async {
            let (hosts, ours): (PipeReader, _) = pipe().expect("a pipe");
            let direct = Direct::output(&ours).expect("direct");
            drop(hosts);
            let error = direct.write_all(b"{}\n").await.expect_err("nobody is there");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        });
    }

    #[test]
    fn a_file_is_left_to_a_thread() {
        run(async {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(b"{}\n").expect("written");
            assert!(Direct::input(&file).is_none());
        });
    }
}
