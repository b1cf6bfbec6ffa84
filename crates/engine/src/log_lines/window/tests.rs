use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use bridgekeeper_claude::Home;
use bridgekeeper_model::Os;

use super::*;
use crate::view::EvidenceView;

struct World {
    _folder: tempfile::TempDir,
    log: PathBuf,
    context: Context,
}

impl World {
    fn of(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(".config/Claude/logs/mcp-server-notes.log");
        std::fs::create_dir_all(log.parent().unwrap()).unwrap();
        File::create(&log).unwrap().write_all(text.as_bytes()).unwrap();
        let mut context = Context::new(Home::stand_in(folder.path(), Os::Linux));
        context.zone = jiff::tz::TimeZone::UTC;
        Self { _folder: folder, log, context }
    }

    fn numbered(lines: usize) -> Self {
        let line = |n: usize| {
            let way = if n.is_multiple_of(2) { "client" } else { "server" };
            let level = if n.is_multiple_of(1000) { "error" } else { "info" };
            format!(
                "2026-03-02T08:15:00.000Z [notes] [{level}] Message from {way}: {{\"id\":{n}}} {{ metadata: undefined }}\n"
            )
        };
        Self::of(&(0..lines).map(line).collect::<String>())
    }

    fn window(&self, filter: &LogFilter) -> LogWindow<'_> {
        LogWindow::open(&self.context, "notes", None, filter).unwrap()
    }

    fn append(&self, text: &str) {
        OpenOptions::new().append(true).open(&self.log).unwrap().write_all(text.as_bytes()).unwrap();
    }
}

fn id(line: &LineView) -> usize {
    let says = &line.text[usize::try_from(line.says).unwrap()..];
    says.split("\"id\":").nth(1).and_then(|rest| rest.split('}').next()).unwrap().parse().unwrap()
}

#[test]
fn a_log_is_paged_backwards_and_forwards_without_a_gap() {
    let world = World::numbered(5_000);
    let window = world.window(&LogFilter::default());
    let mut slice = window.slice(Turn::Before, None).unwrap();
    assert_eq!(slice.to, Place(std::fs::metadata(&world.log).unwrap().len()));
    let mut ids: Vec<usize> = slice.lines.iter().map(id).collect();
    while slice.more_before {
        slice = window.slice(Turn::Before, Some(slice.from)).unwrap();
        ids.splice(0..0, slice.lines.iter().map(id));
    }
    assert!(ids.iter().copied().eq(0..5_000));

    let mut slice = window.slice(Turn::After, Some(Place(0))).unwrap();
    let mut ids: Vec<usize> = slice.lines.iter().map(id).collect();
    while slice.more_after {
        slice = window.slice(Turn::After, Some(slice.to)).unwrap();
        ids.extend(slice.lines.iter().map(id));
    }
    assert!(ids.iter().copied().eq(0..5_000));
}

#[test]
fn a_filter_fills_pages_with_what_was_asked_for() {
    let world = World::numbered(5_000);
    let errors = LogFilter { least: Some(LogLevel::Warn), ..LogFilter::default() };
    let slice = world.window(&errors).slice(Turn::Before, None).unwrap();
    assert_eq!(slice.lines.iter().map(id).collect::<Vec<_>>(), [0, 1000, 2000, 3000, 4000]);
    assert!(!slice.more_before);
    let asked = LogFilter { direction: Some(Direction::FromServer), text: "\"ID\":11".into(), ..errors };
    assert!(world.window(&asked).slice(Turn::Before, None).unwrap().lines.is_empty());
    let asked = LogFilter { least: None, ..asked };
    let slice = world.window(&asked).slice(Turn::Before, None).unwrap();
    assert!(slice.lines.iter().all(|line| line.direction == Some(Direction::FromServer)));
    assert_eq!(slice.lines.len(), 1 + 5 + 50, "11, the odd ones of 110 to 119, and of 1100 to 1199");
}

#[test]
fn a_search_finds_every_line_and_leads_to_its_surroundings() {
    let world = World::numbered(60_000);
    let window = world.window(&LogFilter::default());
    let mut places = Vec::new();
    let mut last = None;
    window
        .search("[ERROR]", |hits| {
            places.extend(hits.new.clone());
            last = Some(hits);
            ControlFlow::Continue(())
        })
        .unwrap();
    let last = last.unwrap();
    assert!(last.done);
    assert_eq!((last.count, places.len()), (60, 60));
    let around = window.slice(Turn::Around, Some(places[30])).unwrap();
    let found = around.lines.iter().find(|line| line.at == places[30]).unwrap();
    assert_eq!(id(found), 30_000);
    assert_eq!((id(&around.lines[0]), around.lines.len()), (29_800, PAGE));
    assert!(around.more_before && around.more_after);
}

#[test]
fn a_secret_is_masked_wherever_a_page_begins_and_cannot_be_searched_for() {
    let world = World::of("token ghp_16C7e42F292c6912E771\n0c838347Ae178B4a\nnext\n");
    let window = world.window(&LogFilter::default());
    let second = u64::try_from("token ghp_16C7e42F292c6912E771\n".len()).unwrap();
    let slice = window.slice(Turn::After, Some(Place(second))).unwrap();
    assert_eq!(slice.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["••••", "next"]);
    let mut count = None;
    window
        .search("0c838347", |hits| {
            count = Some(hits.count);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(count, Some(0));
}

#[test]
fn the_lines_that_prove_a_finding_are_found_by_their_number() {
    let world = World::numbered(100);
    let window = world.window(&LogFilter::default());
    let file = LogWindow::files(&world.context, "notes")[0].file.clone();
    let proof = |line| EvidenceView { file: file.clone(), line, text: String::new(), time: None };
    let finding = FindingView {
        id: "http-401".into(),
        severity: Severity::Error,
        server: Some("notes".into()),
        message: "It wants a sign-in.".into(),
        why: String::new(),
        what_to_do: String::new(),
        evidence: vec![proof(42), proof(7)],
        fixes: vec![],
    };
    let marks = window.marks(&[finding]).unwrap();
    let lines = |mark: &LogMark| id(&window.slice(Turn::After, Some(mark.at)).unwrap().lines[0]) + 1;
    assert_eq!(marks.iter().map(lines).collect::<Vec<_>>(), [7, 42]);
}

#[test]
fn what_is_written_behind_a_place_is_told_once_and_a_new_log_is_said_to_be_new() {
    let world = World::numbered(10);
    let end = world.window(&LogFilter::default()).slice(Turn::Before, None).unwrap().to;
    world.append("before the follower\n");
    let follower = world.window(&LogFilter::default()).follow(end);
    let ender = follower.ender();
    let (sender, told) = std::sync::mpsc::channel();
    let running = std::thread::spawn(move || {
        follower.run(|news| {
            let _ = sender.send(news);
            ControlFlow::Continue(())
        });
    });
    let next = || told.recv_timeout(Duration::from_secs(20)).unwrap();
    let first = next();
    assert_eq!((first.anew, first.lines[0].text.as_str()), (false, "before the follower"));
    assert_eq!(first.lines[0].at, end);
    world.append("after it\n");
    assert_eq!(next().lines[0].text, "after it");
    File::create(&world.log).unwrap().write_all(b"begun anew\n").unwrap();
    let anew = next();
    assert_eq!((anew.anew, anew.lines[0].text.as_str()), (true, "begun anew"));
    ender.end();
    running.join().unwrap();
}

#[test]
fn a_line_of_half_a_megabyte_is_shown_by_its_begin() {
    let world = World::of(&format!("{}\nshort\n", "ä".repeat(300_000)));
    let slice = world.window(&LogFilter::default()).slice(Turn::Before, None).unwrap();
    assert!(slice.lines[0].cut && slice.lines[0].text.chars().count() == LONGEST_SHOWN);
    assert!(!slice.lines[1].cut);
}
