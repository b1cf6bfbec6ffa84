//! What the tray's menu and tooltip say, from a snapshot. Plain data, so that it is tested without a tray.

use bridgekeeper_engine::view::{Overall, ServerView, Snapshot};
use bridgekeeper_model::{Health, Os};

/// More servers than this are put into a submenu: a menu longer than the screen helps nobody.
const SERVERS_AT_THE_TOP: usize = 8;

/// What a click on an item does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    Open,
    Server(String),
    OpenConfig,
    OpenLogs,
    Quit,
}

impl Act {
    /// The id that a menu item carries.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Server(name) => format!("server:{name}"),
            Self::OpenConfig => "config".to_owned(),
            Self::OpenLogs => "logs".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The act behind an id.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        match id {
            "open" => Some(Self::Open),
            "config" => Some(Self::OpenConfig),
            "logs" => Some(Self::OpenLogs),
            "quit" => Some(Self::Quit),
            other => other.strip_prefix("server:").map(|name| Self::Server(name.to_owned())),
        }
    }
}

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Item { act: Act, text: String },
    Separator,
    More { text: String, items: Vec<(Act, String)> },
}

/// The menu, what needs the person first.
pub(crate) fn menu(snapshot: &Snapshot, os: Os) -> Vec<Line> {
    let open = Line::Item { act: Act::Open, text: "Open Bridgekeeper".to_owned() };
    let mut lines = Vec::new();
    // The trays of Linux and macOS know no plain click, so the window has the first item. On Windows a click
    // opens it
    let window_first = os != Os::Windows;
    if window_first {
        lines.extend([open.clone(), Line::Separator]);
    }
    lines.extend(servers(snapshot));
    lines.push(Line::Separator);
    if snapshot.claude.config_path.is_some() {
        lines.push(Line::Item { act: Act::OpenConfig, text: "Open config".to_owned() });
    }
    lines.push(Line::Item { act: Act::OpenLogs, text: "Open logs".to_owned() });
    lines.push(Line::Separator);
    if !window_first {
        lines.push(open);
    }
    lines.push(Line::Item { act: Act::Quit, text: "Quit Bridgekeeper".to_owned() });
    lines
}

/// One line for the tooltip, e.g. `2 failing, 1 needs sign-in, 3 connected`.
pub(crate) fn tooltip(snapshot: &Snapshot) -> String {
    if !snapshot.claude.found {
        return "Claude was not found".to_owned();
    }
    let count = |state: Health| snapshot.servers.iter().filter(|server| server.state == state).count();
    let counts = [
        (count(Health::Failing), "failing", "failing"),
        (count(Health::NeedsSignIn), "needs sign-in", "need sign-in"),
        (count(Health::Starting), "starting", "starting"),
        (count(Health::Connected), "connected", "connected"),
    ];
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    match (told.is_empty(), snapshot.overall) {
        (true, Overall::Failing) => "The set-up has a problem".to_owned(),
        (true, _) => "No server is in use".to_owned(),
        (false, _) => told.join(", "),
    }
}

/// Whether both have the same items in the same places, so that only texts differ.
pub(crate) fn same_shape(old: &[Line], new: &[Line]) -> bool {
    let shape = |line: &Line| match line {
        Line::Item { act, .. } => (false, Some(vec![act.clone()])),
        Line::Separator => (false, None),
        Line::More { items, .. } => (true, Some(items.iter().map(|(act, _)| act.clone()).collect())),
    };
    old.iter().map(shape).eq(new.iter().map(shape))
}

/// The texts of all items that can be clicked, from top to bottom.
pub(crate) fn texts(lines: &[Line]) -> impl Iterator<Item = &str> {
    lines.iter().flat_map(|line| match line {
        Line::Item { text, .. } => vec![text.as_str()],
        Line::Separator => Vec::new(),
        Line::More { items, .. } => items.iter().map(|(_, text)| text.as_str()).collect(),
    })
}

fn servers(snapshot: &Snapshot) -> Vec<Line> {
    let mut items: Vec<(Act, String)> = Vec::new();
    // What concerns the whole set-up stands above the servers: it is why they all fail
    items.extend(
        snapshot
            .setup_findings
            .iter()
            .filter(|finding| finding.severity == bridgekeeper_model::Severity::Error)
            .map(|finding| (Act::Open, plain(&finding.message))),
    );
    let mut in_order: Vec<&ServerView> = snapshot.servers.iter().collect();
    in_order.sort_by_key(|server| rank(server.state));
    items.extend(in_order.into_iter().map(|server| (Act::Server(server.name.clone()), sentence(server))));
    if items.is_empty() {
        let text = if snapshot.checking.is_some() { "Reading…" } else { "No servers yet" };
        items.push((Act::Open, text.to_owned()));
    }
    let rest = items.split_off(items.len().min(SERVERS_AT_THE_TOP));
    let mut lines: Vec<Line> = items.into_iter().map(|(act, text)| Line::Item { act, text }).collect();
    if !rest.is_empty() {
        lines.push(Line::More { text: format!("{} more", rest.len()), items: rest });
    }
    lines
}

fn sentence(server: &ServerView) -> String {
    let says = match server.state {
        Health::Failing | Health::NeedsSignIn => server.summary.as_str(),
        Health::Starting => "starting",
        Health::Connected => "connected",
        Health::Stopped => "stopped",
        Health::NeverSeen => "not started yet",
        Health::Off => "switched off",
    };
    plain(&format!("{}: {says}", server.name))
}

/// Text as a menu shows it: one line that fits, with no `&` that a menu takes for a shortcut.
fn plain(text: &str) -> String {
    const LONGEST: usize = 80;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = if line.chars().count() > LONGEST {
        let mut cut: String = line.chars().take(LONGEST - 1).collect();
        cut.push('…');
        cut
    } else {
        line
    };
    shown.replace('&', "&&")
}

const fn rank(state: Health) -> u8 {
    match state {
        Health::Failing => 0,
        Health::NeedsSignIn => 1,
        Health::Starting => 2,
        Health::Connected => 3,
        Health::Stopped => 4,
        Health::NeverSeen => 5,
        Health::Off => 6,
    }
}

#[cfg(test)]
mod tests {
    use bridgekeeper_engine::view::Claude;
    use bridgekeeper_model::Source;

    use super::*;

    fn server(name: &str, state: Health, summary: &str) -> ServerView {
        ServerView {
            name: name.to_owned(),
            source: Source::Config,
            state,
            since: None,
            summary: summary.to_owned(),
            command_line: String::new(),
            findings: vec![],
            timeline: vec![],
            signs: vec![],
        }
    }

    fn snapshot(servers: Vec<ServerView>) -> Snapshot {
        Snapshot {
            generation: 1,
            claude: Claude { found: true, config_path: Some("~/c.json".to_owned()), ..Claude::default() },
            overall: Overall::Failing,
            servers,
            setup_findings: vec![],
            not_checked: vec![],
            checking: None,
            read_at: String::new(),
        }
    }

    fn three() -> Snapshot {
        snapshot(vec![
            server("files", Health::Connected, "Answers, local"),
            server("notes", Health::Failing, "Windows cut a command at a space"),
            server("crm", Health::NeedsSignIn, "Waits for your sign-in"),
        ])
    }

    #[test]
    fn what_needs_the_person_comes_first_and_says_why() {
        let menu = menu(&three(), Os::Linux);
        let told: Vec<&str> = texts(&menu).collect();
        assert_eq!(
            told,
            [
                "Open Bridgekeeper",
                "notes: Windows cut a command at a space",
                "crm: Waits for your sign-in",
                "files: connected",
                "Open config",
                "Open logs",
                "Quit Bridgekeeper",
            ]
        );
    }

    #[test]
    fn on_windows_a_click_opens_the_window_so_its_item_stands_below() {
        let menu = menu(&three(), Os::Windows);
        let told: Vec<&str> = texts(&menu).collect();
        assert_eq!(told.first(), Some(&"notes: Windows cut a command at a space"));
        assert_eq!(&told[told.len() - 2..], ["Open Bridgekeeper", "Quit Bridgekeeper"]);
    }

    #[test]
    fn a_long_list_is_folded() {
        let many = (0..30).map(|number| server(&format!("s{number}"), Health::Connected, "")).collect();
        let menu = menu(&snapshot(many), Os::Linux);
        let folded = menu.iter().find_map(|line| match line {
            Line::More { text, items } => Some((text.as_str(), items.len())),
            Line::Item { .. } | Line::Separator => None,
        });
        assert_eq!(folded, Some(("22 more", 22)));
    }

    #[test]
    fn the_tooltip_counts_what_matters() {
        assert_eq!(tooltip(&three()), "1 failing, 1 needs sign-in, 1 connected");
        let missing = Snapshot { claude: Claude::default(), ..snapshot(vec![]) };
        assert_eq!(tooltip(&missing), "Claude was not found");
        let quiet = Snapshot { overall: Overall::Idle, ..snapshot(vec![server("a", Health::Off, "")]) };
        assert_eq!(tooltip(&quiet), "No server is in use");
    }

    #[test]
    fn another_state_changes_texts_and_another_server_the_shape() {
        let before = menu(&three(), Os::Linux);
        let mut starting = three();
        starting.servers[1].summary = "It ended by itself".to_owned();
        assert!(same_shape(&before, &menu(&starting, Os::Linux)));
        let mut renamed = three();
        renamed.servers[0].name = "documents".to_owned();
        assert!(!same_shape(&before, &menu(&renamed, Os::Linux)));
    }

    #[test]
    fn a_name_is_shown_as_it_is_and_on_one_line() {
        let odd = snapshot(vec![server("a & b", Health::Failing, &format!("one\ntwo {}", "x".repeat(100)))]);
        let menu = menu(&odd, Os::Linux);
        let line = texts(&menu).nth(1).unwrap();
        assert!(line.starts_with("a && b: one two x") && line.ends_with('…'), "{line}");
        assert!(line.chars().count() <= 81, "{line}");
    }

    #[test]
    fn every_act_comes_back_from_its_id() {
        for act in [Act::Open, Act::Server("a:b".to_owned()), Act::OpenConfig, Act::OpenLogs, Act::Quit] {
            assert_eq!(Act::of_id(&act.id()), Some(act));
        }
        assert_eq!(Act::of_id("else"), None);
    }
}
