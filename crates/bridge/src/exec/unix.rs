//! The program in the place of this one (`exec(3)`): same process id, same streams.

use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Comes back only where the program could not be started.
pub(super) fn run(program: &OsStr, set_up: impl FnOnce(&mut Command)) -> io::Result<i32> {
    let mut command = Command::new(program);
    set_up(&mut command);
    Err(command.exec())
}
