//! One measured figure beside its peer's and its bar, as a row of the table and as JSON.

use std::fmt::Write as _;

/// What was measured.
pub(crate) struct Figure {
    /// What it is about, e.g. `logs: traffic`.
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
    /// Another program's figure for the same, by its name.
    pub(crate) peer: Option<(&'static str, f64)>,
    pub(crate) bar: Option<Bar>,
}

/// What a figure must keep to.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    /// At most so many of its unit.
    AtMost(f64),
    /// At most so many times the peer's.
    TimesPeer(f64),
    /// At least so many times the peer's.
    AtLeastTimesPeer(f64),
}

impl Figure {
    /// How many times the peer's it is.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.peer.filter(|(_, peer)| *peer > 0.0).map(|(_, peer)| self.value / peer)
    }

    /// `None` where there is no bar, or nothing to compare with.
    pub(crate) fn meets_its_bar(&self) -> Option<bool> {
        match self.bar? {
            Bar::AtMost(most) => Some(self.value <= most),
            Bar::TimesPeer(times) => self.ratio().map(|ratio| ratio <= times),
            Bar::AtLeastTimesPeer(times) => self.ratio().map(|ratio| ratio >= times),
        }
    }
}

/// The figures for a person.
pub(crate) fn table(figures: &[Figure]) -> String {
    let head = ["what", "ours", "peer", "ratio", "bar", ""].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(figures.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    rows.iter().fold(String::new(), |mut text, row| {
        let line = row.iter().zip(widths).fold(String::new(), |mut line, (cell, width)| {
            let _ = write!(line, "{cell:<width$}  ");
            line
        });
        let _ = writeln!(text, "{}", line.trim_end());
        text
    })
}

fn row(figure: &Figure) -> [String; 6] {
    let unit = figure.unit;
    let verdict = match figure.meets_its_bar() {
        Some(true) => "ok",
        Some(false) => "MISSED",
        None if figure.bar.is_some() => "not compared",
        None => "",
    };
    [
        figure.what.clone(),
        format!("{} {unit}", rounded(figure.value)),
        figure.peer.map_or_else(String::new, |(name, value)| format!("{name} {} {unit}", rounded(value))),
        figure.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        match figure.bar {
            Some(Bar::AtMost(most)) => format!("<= {most} {unit}"),
            Some(Bar::TimesPeer(times)) => format!("<= {} x peer", rounded(times)),
            Some(Bar::AtLeastTimesPeer(times)) => format!(">= {times} x peer"),
            None => String::new(),
        },
        verdict.to_owned(),
    ]
}

/// Three digits that mean something.
fn rounded(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The figures for a program.
pub(crate) fn json(figures: &[Figure]) -> String {
    let rows: Vec<serde_json::Value> = figures
        .iter()
        .map(|figure| {
            let bar = match figure.bar {
                Some(Bar::AtMost(most)) => serde_json::json!({"at_most": most}),
                Some(Bar::TimesPeer(times)) => serde_json::json!({"times_peer": times}),
                Some(Bar::AtLeastTimesPeer(times)) => serde_json::json!({"at_least_times_peer": times}),
                None => serde_json::Value::Null,
            };
            serde_json::json!({
                "what": figure.what,
                "unit": figure.unit,
                "value": figure.value,
                "peer": figure.peer.map(|(name, value)| serde_json::json!({"name": name, "value": value})),
                "ratio": figure.ratio(),
                "bar": bar,
                "ok": figure.meets_its_bar(),
            })
        })
        .collect();
    format!("{:#}\n", serde_json::json!({"schema": 1, "figures": rows}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64, peer: Option<f64>, bar: Bar) -> Figure {
        let peer = peer.map(|value| ("rg", value));
        Figure { what: "logs: traffic".into(), unit: "s", value, peer, bar: Some(bar) }
    }

    #[test]
    fn a_bar_is_judged_by_the_ratio_or_by_the_figure() {
        assert_eq!(figure(3.0, Some(1.5), Bar::TimesPeer(2.0)).meets_its_bar(), Some(true));
        assert_eq!(figure(3.1, Some(1.5), Bar::TimesPeer(2.0)).meets_its_bar(), Some(false));
        assert_eq!(figure(3.1, None, Bar::TimesPeer(2.0)).meets_its_bar(), None);
        assert_eq!(figure(3.0, Some(1.5), Bar::AtLeastTimesPeer(2.0)).meets_its_bar(), Some(true));
        assert_eq!(figure(2.9, Some(1.5), Bar::AtLeastTimesPeer(2.0)).meets_its_bar(), Some(false));
        assert_eq!(figure(64.5, None, Bar::AtMost(64.0)).meets_its_bar(), Some(false));
    }

    #[test]
    fn the_table_lines_up_and_shouts_only_what_is_missed() {
        let text = table(&[
            figure(0.5123, Some(1.5), Bar::TimesPeer(2.0)),
            figure(123.0, Some(1.5), Bar::TimesPeer(2.0)),
            figure(1.0, None, Bar::TimesPeer(2.0)),
        ]);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].ends_with("0.34   <= 2.00 x peer  ok"), "{text}");
        assert!(lines[2].ends_with("MISSED") && lines[2].contains("123 s"), "{text}");
        assert!(lines[3].ends_with("not compared"), "{text}");
    }
}
