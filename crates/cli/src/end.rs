//! When a call that runs on must end: at Ctrl-C, at the system's wish, and when nobody reads any more.

/// Calls this once for each reason to end. Where the system cannot tell that nobody reads, the next line that is
/// written does.
pub(crate) fn when_asked(end: impl Fn() + Clone + Send + 'static) {
    let at_signal = end.clone();
    // Without a handler the signal ends the program at once, which is an end as well
    let _ = ctrlc::set_handler(at_signal);
    when_nobody_reads(end);
}

#[cfg(unix)]
fn when_nobody_reads(end: impl Fn() + Send + 'static) {
    use rustix::event::{PollFd, PollFlags, poll};

    std::thread::spawn(move || {
        let stdout = std::io::stdout();
        // Waits for nothing but the end of the other side, which is always told
        let mut side = [PollFd::new(&stdout, PollFlags::empty())];
        loop {
            match poll(&mut side, None) {
                Ok(_) if side[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) => return end(),
                Err(rustix::io::Errno::INTR) => {}
                // A kind of file of which the system tells no end
                Ok(_) | Err(_) => return,
            }
        }
    });
}

#[cfg(not(unix))]
fn when_nobody_reads(_end: impl Fn() + Send + 'static) {}
