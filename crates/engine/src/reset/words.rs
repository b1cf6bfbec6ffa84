//! Sizes and ages as people read them.

/// `812 B`, `4.1 kB`, `12 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // In tenths of the unit, rounded down.
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let name = UNITS[unit];
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}

/// `now`, `12 min`, `5 h`, `3 days`, `2 years`.
pub fn age(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let days = hours / 24;
    match (minutes, hours, days) {
        (0, ..) => "now".to_owned(),
        (_, 0, _) => format!("{minutes} min"),
        (_, _, 0) => format!("{hours} h"),
        (_, _, 1) => "1 day".to_owned(),
        (_, _, 2..730) => format!("{days} days"),
        _ => format!("{} years", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_short() {
        let sizes = [0, 999, 1000, 4_150, 12_345, 999_999, 1_000_000, 45_600_000, 33_000_000_000];
        let told = sizes.map(size);
        assert_eq!(told, ["0 B", "999 B", "1.0 kB", "4.1 kB", "12 kB", "999 kB", "1.0 MB", "45 MB", "33 GB"]);
        let ages = [5, 60, 7200, 90_000, 200_000, 86_400 * 800].map(age);
        assert_eq!(ages, ["now", "1 min", "2 h", "1 day", "2 days", "2 years"]);
    }
}
