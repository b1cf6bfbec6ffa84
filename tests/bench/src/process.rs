//! What the system knows about a running process. Only Linux tells it by a file; elsewhere these figures are left out.

/// The most memory it has held so far, in MiB.
pub(crate) fn peak_mib(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    kibibytes.trim().trim_end_matches(" kB").trim().parse::<f64>().ok().map(|value| value / 1024.0)
}

/// The processor time of all its threads so far, in µs (proc(5): `utime` and `stime`, in hundredths of a second).
pub(crate) fn cpu_micros(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in parentheses may hold spaces; the fields behind it begin with the third.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks * 10_000.0)
}
