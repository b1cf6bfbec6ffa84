//! What the tray's menu and tooltip say, from a snapshot. Plain data, so that it is tested without a tray.

use bridgekeeper_engine::view::{FindingView, FixView, Overall, ServerView, Snapshot};
use bridgekeeper_model::{Health, Os, Severity};

use super::act::Act;
use crate::address::Address;
use crate::login::Start;
use crate::text::Words;

/// More servers than this are put into a submenu: a menu longer than the screen helps nobody.
const SERVERS_AT_THE_TOP: usize = 8;

/// All that the menu is made from.
pub(crate) struct Told<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) os: Os,
    /// How the app is started; `None` where this app cannot say, as on a stand-in home.
    pub(crate) start: Option<Start>,
    /// The newer release that only has to be installed.
    pub(crate) update: Option<String>,
    pub(crate) words: &'static Words,
}

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Item(Item),
    /// A line with a tick.
    Tick {
        item: Item,
        ticked: bool,
    },
    Separator,
    More {
        text: String,
        items: Vec<Item>,
    },
}

/// A line that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) act: Act,
    pub(crate) text: String,
}

/// The menu, what needs the person first.
pub(crate) fn menu(told: &Told<'_>) -> Vec<Line> {
    let words = told.words;
    let claude = &told.snapshot.claude;
    let open = line(Act::Open(Address::Window), words.open_window);
    let mut lines = Vec::new();
    // The trays of Linux and macOS know no plain click, so the window has the first item. On Windows a click
    // opens it
    let window_first = told.os != Os::Windows;
    if window_first {
        lines.extend([open.clone(), Line::Separator]);
    }
    lines.extend(servers(told));
    lines.push(Line::Separator);
    if claude.found {
        let restart = if claude.running == Some(false) { words.start_claude } else { words.restart_claude };
        lines.push(line(Act::Open(Address::Reset), words.reset_sign_ins));
        lines.push(line(Act::RestartClaude, restart));
        lines.push(Line::Separator);
    }
    if claude.config_path.is_some() {
        lines.push(line(Act::OpenConfig, words.open_config));
    }
    lines.push(line(Act::OpenLogs, words.open_logs));
    lines.push(Line::Separator);
    if let Some(version) = &told.update {
        lines.push(line(Act::Open(Address::Updates), &(words.install_update)(version)));
    }
    if !window_first {
        lines.push(open);
    }
    if let Some(start) = told.start {
        let item = Item { act: Act::StartAtLogin, text: words.start_at_login.to_owned() };
        lines.push(Line::Tick { item, ticked: start == Start::AtLogin });
    }
    lines.push(line(Act::Quit, words.quit));
    lines
}

/// One line for the tooltip, e.g. `2 failing, 1 needs sign-in, 3 connected`.
pub(crate) fn tooltip(snapshot: &Snapshot, words: &Words) -> String {
    if !snapshot.claude.found {
        let text = if snapshot.checking.is_some() { words.reading } else { words.claude_not_found };
        return text.to_owned();
    }
    let count = |state: Health| snapshot.servers.iter().filter(|server| server.state == state).count();
    let counts = [
        (count(Health::Failing), words.count_failing),
        (count(Health::NeedsSignIn), words.count_needs_sign_in),
        (count(Health::Starting), words.count_starting),
        (count(Health::Connected), words.count_connected),
    ];
    let told: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, says)| says(count)).collect();
    match (told.is_empty(), snapshot.overall) {
        (true, Overall::Failing) => words.setup_has_a_problem.to_owned(),
        (true, _) => words.nothing_in_use.to_owned(),
        (false, _) => told.join(", "),
    }
}

/// Whether both have the same items in the same places, so that only texts and ticks differ.
pub(crate) fn same_shape(old: &[Line], new: &[Line]) -> bool {
    let same = |(old, new): (&Line, &Line)| match (old, new) {
        (Line::Item(old), Line::Item(new)) | (Line::Tick { item: old, .. }, Line::Tick { item: new, .. }) => {
            old.act == new.act
        }
        (Line::Separator, Line::Separator) => true,
        (Line::More { text: old, items: olds }, Line::More { text: new, items: news }) => {
            old == new && olds.iter().map(|item| &item.act).eq(news.iter().map(|item| &item.act))
        }
        _ => false,
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

/// Everything that can be clicked, from top to bottom, with its tick where it has one.
pub(crate) fn items(lines: &[Line]) -> impl Iterator<Item = (&Item, Option<bool>)> {
    lines.iter().flat_map(|line| match line {
        Line::Item(item) => vec![(item, None)],
        Line::Tick { item, ticked } => vec![(item, Some(*ticked))],
        Line::Separator => Vec::new(),
        Line::More { items, .. } => items.iter().map(|item| (item, None)).collect(),
    })
}

/// Each problem with its one act below it, then the servers that need nobody.
fn servers(told: &Told<'_>) -> Vec<Line> {
    let (snapshot, words) = (told.snapshot, told.words);
    // What concerns the whole set-up stands above the servers: it is why they all fail
    let errors = snapshot.setup_findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut groups: Vec<Vec<Item>> = errors.map(|finding| setup(finding, words)).collect();
    let mut in_order: Vec<&ServerView> = snapshot.servers.iter().collect();
    in_order.sort_by_key(|server| rank(server.state));
    groups.extend(in_order.into_iter().map(|one| server(one, words)));
    if groups.is_empty() {
        let text = if snapshot.checking.is_some() { words.reading } else { words.no_servers };
        groups.push(vec![item(Act::Open(Address::Window), text)]);
    }
    let rest = groups.split_off(groups.len().min(SERVERS_AT_THE_TOP));
    let mut lines: Vec<Line> = groups.into_iter().flatten().map(Line::Item).collect();
    if !rest.is_empty() {
        let text = (words.more)(rest.len());
        lines.push(Line::More { text, items: rest.into_iter().flatten().collect() });
    }
    lines
}

fn setup(finding: &FindingView, words: &Words) -> Vec<Item> {
    let mut items = vec![item(Act::Open(Address::Setup), &finding.message)];
    if let Some(fix) = finding.fixes.first() {
        items.push(item(Act::Open(Address::SetupFix(fix.id.clone())), words.fix_setup));
    }
    items
}

fn server(server: &ServerView, words: &Words) -> Vec<Item> {
    let says = match server.state {
        Health::Failing | Health::NeedsSignIn => server.summary.as_str(),
        Health::Starting => words.starting,
        Health::Connected => words.connected,
        Health::Stopped => words.stopped,
        Health::NeverSeen => words.never_seen,
        Health::Off => words.off,
    };
    let name = &server.name;
    let mut items = vec![item(Act::Open(Address::Server(name.clone())), &format!("{name}: {says}"))];
    items.extend(match server.state {
        Health::Failing => fix(server).map(|fix| {
            let address = Address::Fix { server: name.clone(), fix: fix.id.clone() };
            item(Act::Open(address), &(words.fix)(name))
        }),
        Health::NeedsSignIn => Some(item(Act::Open(Address::SignIn(name.clone())), &(words.sign_in)(name))),
        Health::Starting | Health::Connected | Health::Stopped | Health::NeverSeen | Health::Off => None,
    });
    items
}

/// The first repair of the first cause that has one.
fn fix(server: &ServerView) -> Option<&FixView> {
    let errors = server.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.flat_map(|finding| &finding.fixes).next()
}

fn line(act: Act, text: &str) -> Line {
    Line::Item(item(act, text))
}

/// An item whose text is one line that fits, with no `&` that a menu takes for a shortcut.
fn item(act: Act, text: &str) -> Item {
    const LONGEST: usize = 80;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = if line.chars().count() > LONGEST {
        let mut cut: String = line.chars().take(LONGEST - 1).collect();
        cut.push('…');
        cut
    } else {
        line
    };
    Item { act, text: shown.replace('&', "&&") }
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
    use bridgekeeper_model::{Applicability, Source};

    use super::*;
    use crate::text::Language;

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

    fn told(snapshot: &Snapshot, os: Os) -> Told<'_> {
        Told { snapshot, os, start: Some(Start::ByHand), update: None, words: Language::English.words() }
    }

    fn linux(snapshot: &Snapshot) -> Vec<Line> {
        menu(&told(snapshot, Os::Linux))
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        items(lines).map(|(item, _)| item.text.as_str()).collect()
    }

    fn finding(fixes: &[&str]) -> FindingView {
        let fix = |id: &&str| FixView {
            id: (*id).to_owned(),
            title: "Do it".to_owned(),
            applicability: Applicability::Ask,
            price: None,
        };
        FindingView {
            id: "path-with-spaces".to_owned(),
            severity: Severity::Error,
            server: Some("notes".to_owned()),
            message: "It broke".to_owned(),
            why: String::new(),
            what_to_do: String::new(),
            evidence: vec![],
            fixes: fixes.iter().map(fix).collect(),
        }
    }

    #[test]
    fn what_needs_the_person_comes_first_each_with_its_one_act() {
        let mut snapshot = three();
        snapshot.servers[1].findings = vec![finding(&[]), finding(&["spaces-to-env", "use-bridge"])];
        let menu = linux(&snapshot);
        assert_eq!(
            texts(&menu),
            [
                "Open Bridgekeeper",
                "notes: Windows cut a command at a space",
                "Fix notes…",
                "crm: Waits for your sign-in",
                "Sign in to crm…",
                "files: connected",
                "Reset auth state…",
                "Restart Claude",
                "Open config",
                "Open logs",
                "Start at login",
                "Quit Bridgekeeper",
            ]
        );
        let fix = items(&menu).find(|(item, _)| item.text == "Fix notes…").unwrap().0;
        let address = Address::Fix { server: "notes".to_owned(), fix: "spaces-to-env".to_owned() };
        assert_eq!(fix.act, Act::Open(address));
    }

    #[test]
    fn a_newer_release_has_a_line_once_it_only_has_to_be_installed() {
        let snapshot = three();
        let menu = menu(&Told { update: Some("0.2.0".to_owned()), ..told(&snapshot, Os::Linux) });
        let line = items(&menu).find(|(item, _)| item.act == Act::Open(Address::Updates)).unwrap().0;
        assert_eq!(line.text, "Install Bridgekeeper 0.2.0…");
    }

    #[test]
    fn a_problem_of_the_whole_set_up_stands_above_its_servers() {
        let mut snapshot = three();
        snapshot.setup_findings = vec![FindingView { server: None, ..finding(&["restore-entries"]) }];
        let menu = linux(&snapshot);
        assert_eq!(texts(&menu)[1..3], ["It broke", "Fix this…"]);
        snapshot.setup_findings[0].severity = Severity::Warning;
        assert!(!texts(&linux(&snapshot)).contains(&"It broke"), "a warning can wait for the window");
    }

    #[test]
    fn it_speaks_german() {
        let snapshot = three();
        let words = Language::German.words();
        let menu = menu(&Told { words, ..told(&snapshot, Os::Linux) });
        let texts = texts(&menu);
        for line in ["Bridgekeeper öffnen", "Bei crm anmelden…", "files: verbunden", "Bridgekeeper beenden"]
        {
            assert!(texts.contains(&line), "{line} is missing in {texts:#?}");
        }
        assert_eq!(tooltip(&snapshot, words), "1 gestört, 1 braucht Anmeldung, 1 verbunden");
    }

    #[test]
    fn on_windows_a_click_opens_the_window_so_its_item_stands_below() {
        let snapshot = three();
        let menu = menu(&told(&snapshot, Os::Windows));
        let texts = texts(&menu);
        assert_eq!(texts.first(), Some(&"notes: Windows cut a command at a space"));
        assert_eq!(&texts[texts.len() - 3..], ["Open Bridgekeeper", "Start at login", "Quit Bridgekeeper"]);
    }

    #[test]
    fn what_cannot_be_done_is_not_offered() {
        let missing = Snapshot { claude: Claude::default(), ..snapshot(vec![]) };
        let told = Told { start: None, ..told(&missing, Os::Linux) };
        assert_eq!(
            texts(&menu(&told)),
            ["Open Bridgekeeper", "No servers yet", "Open logs", "Quit Bridgekeeper"]
        );
    }

    #[test]
    fn claude_that_does_not_run_is_started() {
        let mut closed = three();
        closed.claude.running = Some(false);
        let menu = linux(&closed);
        assert!(texts(&menu).contains(&"Start Claude") && !texts(&menu).contains(&"Restart Claude"));
    }

    #[test]
    fn a_long_list_is_folded_and_a_problem_keeps_its_act() {
        let state = |number| if number < 9 { Health::NeedsSignIn } else { Health::Connected };
        let many = (0..30).map(|number| server(&format!("s{number}"), state(number), "")).collect();
        let menu = linux(&snapshot(many));
        let folded = menu.iter().find_map(|line| match line {
            Line::More { text, items } => Some((text.as_str(), items)),
            Line::Item { .. } | Line::Tick { .. } | Line::Separator => None,
        });
        let (text, items) = folded.unwrap();
        assert_eq!((text, items.len()), ("22 more", 23));
        assert_eq!(items[1].act, Act::Open(Address::SignIn("s8".to_owned())));
    }

    #[test]
    fn the_tooltip_counts_what_matters() {
        let tooltip = |snapshot: &Snapshot| super::tooltip(snapshot, Language::English.words());
        assert_eq!(tooltip(&three()), "1 failing, 1 needs sign-in, 1 connected");
        let missing = Snapshot { claude: Claude::default(), ..snapshot(vec![]) };
        assert_eq!(tooltip(&missing), "Claude was not found");
        let reading = Snapshot { checking: Some("logs".to_owned()), ..missing };
        assert_eq!(tooltip(&reading), "Reading…");
        let quiet = Snapshot { overall: Overall::Idle, ..snapshot(vec![server("a", Health::Off, "")]) };
        assert_eq!(tooltip(&quiet), "No server is in use");
    }

    #[test]
    fn another_sentence_or_tick_changes_no_shape_and_another_server_does() {
        let snapshot = three();
        let before = linux(&snapshot);
        let mut starting = three();
        starting.servers[1].summary = "It ended by itself".to_owned();
        assert!(same_shape(&before, &linux(&starting)));
        let ticked = menu(&Told { start: Some(Start::AtLogin), ..told(&snapshot, Os::Linux) });
        assert!(same_shape(&before, &ticked) && before != ticked);
        let mut renamed = three();
        renamed.servers[0].name = "documents".to_owned();
        assert!(!same_shape(&before, &linux(&renamed)));
    }

    #[test]
    fn a_name_is_shown_as_it_is_and_on_one_line() {
        let odd = snapshot(vec![server("a & b", Health::Failing, &format!("one\ntwo {}", "x".repeat(100)))]);
        let menu = linux(&odd);
        let line = texts(&menu)[1];
        assert!(line.starts_with("a && b: one two x") && line.ends_with('…'), "{line}");
        assert!(line.chars().count() <= 81, "{line}");
    }
}
