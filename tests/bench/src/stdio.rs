//! A bridge's standard input and output as Claude Desktop gives them: Node starts its children with a socket for each on
//! Unix, and with a named pipe on Windows.

use std::io;
use std::process::{Child, Command, Stdio};

#[cfg(unix)]
mod ends {
    use super::{Child, Command, Stdio, io};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    pub(crate) type ToBridge = UnixStream;
    pub(crate) type FromBridge = UnixStream;

    pub(crate) fn started(mut command: Command) -> io::Result<(Child, ToBridge, FromBridge)> {
        let (input, its_input) = UnixStream::pair()?;
        let (output, its_output) = UnixStream::pair()?;
        command.stdin(OwnedFd::from(its_input)).stdout(OwnedFd::from(its_output)).stderr(Stdio::null());
        // With the command go our copies of the child's ends: the end of its output is the end of what is read.
        Ok((command.spawn()?, input, output))
    }
}

#[cfg(not(unix))]
mod ends {
    use super::{Child, Command, Stdio, io};
    use std::process::{ChildStdin, ChildStdout};

    pub(crate) type ToBridge = ChildStdin;
    pub(crate) type FromBridge = ChildStdout;

    pub(crate) fn started(mut command: Command) -> io::Result<(Child, ToBridge, FromBridge)> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let no_pipe = || io::Error::other("no pipe to the bridge");
        let input = child.stdin.take().ok_or_else(no_pipe)?;
        let output = child.stdout.take().ok_or_else(no_pipe)?;
        Ok((child, input, output))
    }
}

pub(crate) use ends::{FromBridge, ToBridge, started};
