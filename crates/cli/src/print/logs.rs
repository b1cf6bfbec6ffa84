use std::fmt::Write as _;
use std::path::Path;

use bridgekeeper_engine::log_lines::{LogLine, LogPage, Logs};
use bridgekeeper_engine::view::MomentKind;

use super::style::{DIM, ERROR, GOOD, TITLE, WARNING, painted};
use super::{Setting, size};

/// The end of each log: whose it is, what it tells in short, its last lines.
pub(crate) fn logs(logs: &Logs, setting: Setting<'_>) -> String {
    let mut text = String::new();
    for (number, page) in logs.logs.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&log(page, setting));
    }
    if logs.logs.is_empty() {
        let folders: Vec<String> = logs.folders.iter().map(|folder| setting.path(folder)).collect();
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(
            text,
            "{} No line that was asked for stands in {}.",
            painted(WARNING, "?"),
            folders.join(", ")
        );
    }
    for item in &logs.not_checked {
        let check = setting.path(Path::new(&item.check));
        let _ = writeln!(text, "{} {check}: {}", painted(WARNING, "? not read"), item.why);
    }
    text
}

fn log(page: &LogPage, setting: Setting<'_>) -> String {
    let path = Path::new(&page.file);
    let name = page.server.as_ref().map(ToString::to_string);
    let name = name.unwrap_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let about = format!("{}, {}", setting.path(path), size(page.bytes));
    let mut text = format!("{} {}\n", painted(TITLE, &name), painted(DIM, &about));
    let moments: Vec<String> = page
        .story
        .iter()
        .map(|moment| match moment.kind {
            MomentKind::Good => painted(GOOD, &moment.label),
            MomentKind::Bad => painted(ERROR, &moment.label),
            MomentKind::Normal => moment.label.clone(),
        })
        .collect();
    if !moments.is_empty() {
        let _ = writeln!(text, "  {}", moments.join(" → "));
    }
    for line in &page.lines {
        let _ = writeln!(text, "  {}", said(line));
    }
    if page.lines.is_empty() {
        let _ = writeln!(text, "  {}", painted(DIM, &format!("nothing in its last {}", size(page.searched))));
    }
    text
}

/// A line as it was written, with its log's name before it.
pub(crate) fn log_line(line: &LogLine) -> String {
    let name = Path::new(&line.file).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.trim_start_matches("mcp-server-").trim_end_matches(".log");
    format!("{} {}\n", painted(DIM, &format!("{name}:")), said(line))
}

fn said(line: &LogLine) -> String {
    match line.level {
        Some("error") => painted(ERROR, &line.text),
        Some("warn") => painted(WARNING, &line.text),
        _ => line.text.clone(),
    }
}
