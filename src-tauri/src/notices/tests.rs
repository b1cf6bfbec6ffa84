use bridgekeeper_engine::settings::QuietHours;
use bridgekeeper_engine::view::{Claude, FindingView, Overall, ServerView};
use bridgekeeper_model::{Severity, Source};
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;

use super::*;
use crate::text::Language;

fn server(name: &str, state: Health) -> ServerView {
    ServerView {
        name: name.to_owned(),
        source: Source::Config,
        state,
        since: None,
        summary: String::new(),
        command_line: String::new(),
        findings: vec![],
        timeline: vec![],
        signs: vec![],
    }
}

fn snapshot(servers: &[(&str, Health)]) -> Snapshot {
    Snapshot {
        generation: 1,
        claude: Claude { found: true, running: Some(true), ..Claude::default() },
        overall: Overall::Idle,
        servers: servers.iter().map(|(name, state)| server(name, *state)).collect(),
        setup_findings: vec![],
        not_checked: vec![],
        checking: None,
        read_at: String::new(),
    }
}

fn wiped() -> Snapshot {
    let lost = FindingView {
        id: LOST.to_owned(),
        severity: Severity::Error,
        server: None,
        message: "Gone: `notes`.".to_owned(),
        why: String::new(),
        what_to_do: String::new(),
        evidence: vec![],
        fixes: vec![],
    };
    Snapshot { setup_findings: vec![lost], ..snapshot(&[]) }
}

/// An app that watches, and a clock on its wall.
struct Story {
    watched: Watched,
    wishes: Wishes,
    attention: Attention,
    now: Zoned,
}

impl Story {
    fn at(clock: Time) -> Self {
        let day = jiff::civil::date(2026, 3, 10).to_datetime(clock);
        Self {
            watched: Watched::default(),
            wishes: Wishes::default(),
            attention: Attention::Elsewhere,
            now: day.to_zoned(TimeZone::UTC).unwrap(),
        }
    }

    fn see(&mut self, servers: &[(&str, Health)]) {
        self.watched.see(&snapshot(servers), self.now.timestamp());
    }

    /// What is told within so many seconds, asked for only when it says that it is due.
    fn told_within(&mut self, seconds: i64) -> Vec<Notice> {
        let end = self.now.timestamp() + SignedDuration::from_secs(seconds);
        let mut told = Vec::new();
        while let Some(due) = self.watched.due(&self.wishes, &self.now).filter(|due| *due <= end) {
            self.now = due.max(self.now.timestamp()).to_zoned(TimeZone::UTC);
            let words = Language::English.words();
            told.extend(self.watched.take(&self.wishes, self.attention, &self.now, words));
        }
        self.now = end.to_zoned(TimeZone::UTC);
        told
    }

    fn titles_within(&mut self, seconds: i64) -> Vec<String> {
        self.told_within(seconds).into_iter().map(|notice| notice.title).collect()
    }
}

fn noon() -> Story {
    Story::at(time(12, 0, 0, 0))
}

#[test]
fn a_server_that_worked_and_fails_is_told_once_and_leads_to_its_page() {
    let mut story = noon();
    story.see(&[("notes", Health::Connected)]);
    assert_eq!(story.told_within(60), [], "nothing on success");
    story.see(&[("notes", Health::Failing)]);
    let told = story.told_within(60);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].title, "notes stopped working");
    assert_eq!(told[0].address, Address::Server("notes".to_owned()));
    story.see(&[("notes", Health::Failing)]);
    assert_eq!(story.told_within(3600), []);
}

#[test]
fn what_failed_before_the_app_watched_is_no_news() {
    let mut story = noon();
    story.see(&[("notes", Health::Failing), ("crm", Health::NeedsSignIn), ("new", Health::NeverSeen)]);
    story.see(&[("notes", Health::Failing), ("crm", Health::NeedsSignIn), ("new", Health::Failing)]);
    assert_eq!(story.told_within(60), [], "`new` never worked: whoever adds it sees it in the window");
}

#[test]
fn what_passes_at_once_is_not_told() {
    let mut story = noon();
    story.see(&[("notes", Health::Connected)]);
    story.see(&[("notes", Health::Failing)]);
    assert_eq!(story.told_within(2), []);
    story.see(&[("notes", Health::Starting)]);
    assert_eq!(story.told_within(60), []);
    story.see(&[("notes", Health::Failing)]);
    assert_eq!(story.titles_within(60), ["notes stopped working"], "it had worked, and now it lasts");
}

#[test]
fn servers_that_fail_together_are_one_notification() {
    let mut story = noon();
    let names = ["a", "b", "c", "d", "e", "f"];
    story.see(&names.map(|name| (name, Health::Connected)));
    story.see(&[("a", Health::Failing), ("b", Health::Connected)]);
    assert_eq!(story.told_within(3), []);
    story.see(&names.map(|name| (name, Health::Failing)));
    let told = story.told_within(60);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].title, "6 servers stopped working");
    assert_eq!(told[0].body, "a, b, c, d, 2 more");
    assert_eq!(told[0].address, Address::Servers);
}

#[test]
fn one_after_another_is_told_before_the_last_has_failed() {
    let mut story = noon();
    let names: Vec<String> = (0..10).map(|number| format!("s{number}")).collect();
    let with = |failing: usize| -> Vec<(&str, Health)> {
        let state = |at| if at < failing { Health::Failing } else { Health::Connected };
        names.iter().enumerate().map(|(at, name)| (name.as_str(), state(at))).collect()
    };
    story.see(&with(0));
    let mut told = Vec::new();
    for failing in 1..=10 {
        story.see(&with(failing));
        told.extend(story.titles_within(3));
    }
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_sign_in_is_told_when_it_begins_to_be_needed() {
    let mut story = noon();
    story.see(&[("crm", Health::Starting)]);
    story.see(&[("crm", Health::NeedsSignIn)]);
    let told = story.told_within(60);
    assert_eq!(told[0].title, "crm needs you to sign in");
    assert_eq!(told[0].address, Address::SignIn("crm".to_owned()));
    // Claude starts it again, and nobody has signed in
    story.see(&[("crm", Health::Starting)]);
    story.see(&[("crm", Health::NeedsSignIn)]);
    assert_eq!(story.told_within(60), [], "not again so soon");
    story.see(&[("crm", Health::Connected)]);
    assert_eq!(story.told_within(3600), []);
    story.see(&[("crm", Health::NeedsSignIn)]);
    assert_eq!(story.titles_within(60), ["crm needs you to sign in"]);
}

#[test]
fn lost_entries_are_told_even_if_nobody_watched() {
    let mut story = noon();
    story.watched.see(&wiped(), story.now.timestamp());
    let told = story.told_within(10);
    assert_eq!((told[0].body.as_str(), &told[0].address), ("Gone: `notes`.", &Address::Setup));
    story.watched.see(&snapshot(&[]), story.now.timestamp());
    story.watched.see(&wiped(), story.now.timestamp());
    assert_eq!(story.told_within(10).len(), 1, "lost again is told again");
}

#[test]
fn a_running_claude_is_to_be_restarted_unless_somebody_does() {
    let mut story = noon();
    story.see(&[("notes", Health::Connected)]);
    story.watched.see_changed_entries(story.now.timestamp());
    assert_eq!(story.titles_within(60), ["Claude needs a restart"]);

    story.watched.see_changed_entries(story.now.timestamp());
    assert_eq!(story.told_within(5), []);
    let mut restarted = snapshot(&[("notes", Health::Starting)]);
    restarted.servers[0].since = Some(story.now.timestamp().to_string());
    story.watched.see(&restarted, story.now.timestamp());
    assert_eq!(story.told_within(600), []);

    let mut closed = snapshot(&[("notes", Health::Stopped)]);
    closed.claude.running = Some(false);
    story.watched.see(&closed, story.now.timestamp());
    story.watched.see_changed_entries(story.now.timestamp());
    assert_eq!(story.told_within(600), [], "it reads the config when it starts");
}

#[test]
fn nothing_is_told_of_what_the_window_shows() {
    let mut story = noon();
    story.see(&[("notes", Health::Connected)]);
    story.attention = Attention::Window;
    story.see(&[("notes", Health::Failing)]);
    assert_eq!(story.told_within(60), []);
    story.attention = Attention::Elsewhere;
    assert_eq!(story.told_within(60), [], "it was seen");
}

#[test]
fn each_kind_can_be_switched_off() {
    let mut story = noon();
    story.wishes.off = BTreeSet::from([Kind::StoppedWorking]);
    story.see(&[("notes", Health::Connected), ("crm", Health::Connected)]);
    story.see(&[("notes", Health::Failing), ("crm", Health::NeedsSignIn)]);
    assert_eq!(story.titles_within(60), ["crm needs you to sign in"]);
}

#[test]
fn quiet_hours_hold_back_what_is_still_so_at_their_end() {
    let night = QuietHours { from: time(22, 0, 0, 0), to: time(7, 30, 0, 0) };
    let mut story = Story::at(time(23, 0, 0, 0));
    story.wishes.quiet = Some(night);
    story.see(&[("notes", Health::Connected), ("crm", Health::Connected)]);
    story.see(&[("notes", Health::Failing), ("crm", Health::Failing)]);
    assert_eq!(story.told_within(8 * 3600), []);
    story.see(&[("notes", Health::Failing), ("crm", Health::Connected)]);
    let morning = story.now.with().time(time(7, 30, 0, 0)).build().unwrap().timestamp();
    assert_eq!(story.watched.due(&story.wishes, &story.now), Some(morning));
    assert_eq!(story.titles_within(3600), ["notes stopped working"]);
}

#[test]
fn quiet_hours_within_a_day_and_around_the_clock() {
    let lunch = QuietHours { from: time(12, 0, 0, 0), to: time(13, 0, 0, 0) };
    let always = QuietHours { from: time(0, 0, 0, 0), to: time(0, 0, 0, 0) };
    let silent = |quiet, clock| {
        let wishes = Wishes { quiet: Some(quiet), ..Wishes::default() };
        wishes.silent_until(&Story::at(clock).now).is_some()
    };
    assert!(silent(lunch, time(12, 0, 0, 0)) && !silent(lunch, time(13, 0, 0, 0)));
    assert!(silent(always, time(0, 0, 0, 0)) && silent(always, time(23, 59, 0, 0)));
}
