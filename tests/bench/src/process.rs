//! What the system knows about a running process. Only Linux tells it by a file; elsewhere these figures are left out.

/// The most memory it has held so far, in MiB.
pub(crate) fn peak_mib(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kibibytes.trim().trim_end_matches(" kB").trim().parse::<f64>().ok().map(|value| value / 1024.0)
}

/// The processor time of all its threads so far, in µs. What ended threads took is missing; a bridge's live as long as it.
pub(crate) fn cpu_micros(id: u32) -> Option<f64> {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).ok()?;
    let mut nanoseconds = 0.0;
    for thread in threads {
        // The first number is the time on a processor, in ns (Documentation/scheduler/sched-stats of Linux).
        let statistics = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += statistics.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(nanoseconds / 1e3)
}
