use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bridgekeeper_claude::Home;
use bridgekeeper_machine::PortState;
use bridgekeeper_model::Os;
use bridgekeeper_testkit::machine::{Deed, StandInMachine, process};

use super::*;
use crate::change::Way;
use crate::folder::Folder;
use crate::{Engine, Secrets};

/// `https://mcp.linear.app/mcp`
const LINEAR: &str = "fcc436b0d1e0a1ed9a2b15bbd638eb13";
/// `https://mcp.linear.app/sse`
const SSE: &str = "2d1a8aae3765090858d82f5630192064";
/// No entry's.
const NOBODY: &str = "452282f47054a8a06a3561004028c616";

const CONFIG: &str = r#"{"mcpServers": {
    "linear": {"command": "npx", "args": ["-y", "mcp-remote@latest", "https://mcp.linear.app/mcp"]},
    "team": {"command": "npx", "args": ["mcp-remote", "https://mcp.linear.app/mcp", "4711"]},
    "sse": {"command": "npx", "args": ["-y", "mcp-remote@latest", "https://mcp.linear.app/sse"],
            "env": {"MCP_REMOTE_CONFIG_DIR": "{HOME}/own-auth"}},
    "files": {"command": "npx", "args": ["-y", "@acme/files", "/srv"]}
}}"#;

struct World {
    folder: tempfile::TempDir,
    engine: Engine,
}

/// What stands at each path: sort, bytes or target, permission bits, time of the last writing.
type Tree = BTreeMap<PathBuf, (String, u32, SystemTime)>;

impl World {
    /// A home with all generations of files, and what is none of ours beside them.
    fn new() -> Self {
        Self::with_machine(StandInMachine::default())
    }

    fn with_machine(machine: StandInMachine) -> Self {
        let world = Self::empty(machine);
        let config = CONFIG.replace("{HOME}", &world.path("").to_string_lossy().replace('\\', "/"));
        world.put(".config/Claude/claude_desktop_config.json", &config);
        let sets = [
            (".mcp-auth", &["client_info.json", "tokens.json", "code_verifier.txt"][..]),
            (
                ".mcp-auth/mcp-remote-0.1.29",
                &["client_info.json", "tokens.json", "code_verifier.txt", "lock.json", "debug.log"][..],
            ),
            (".mcp-auth/mcp-remote-0.2.0", &["tokens.json", "code_verifier_4711.txt"][..]),
            (
                ".mcp-auth/mcp-remote-v1",
                &[
                    "client_info.json",
                    "tokens.json",
                    "code_verifier_a-b.txt",
                    "discovery_state_a-b.json",
                    "refresh_in_progress.json",
                    "debug.log",
                    "tokens.json.4711.1760000000000.tmp",
                ][..],
            ),
        ];
        for (folder, names) in sets {
            for name in names {
                for hash in [LINEAR, SSE, NOBODY] {
                    world.put(&format!("{folder}/{hash}_{name}"), &format!("{folder} {hash} {name}"));
                }
            }
        }
        world.put(&format!("own-auth/mcp-remote-v1/{SSE}_tokens.json"), "own");
        world.put("own-auth/notes.txt", "mine");
        for (hash, asked) in [("a1", "mcp-remote@latest"), ("b2", "mcp-remote"), ("c3", "@acme/files")] {
            let name = asked.split('@').next().filter(|name| !name.is_empty()).unwrap_or("@acme/files");
            let package =
                format!(r#"{{"dependencies": {{"{name}": "1"}}, "_npx": {{"packages": ["{asked}"]}}}}"#);
            world.put(&format!(".npm/_npx/{hash}/package.json"), &package);
            world.put(&format!(".npm/_npx/{hash}/node_modules/{name}/index.js"), "// code");
        }
        world.put(".npm/_npx/d4/package.json", "{\"depen");
        world.put(".npm/_npx/d4/node_modules/mcp-remote/index.js", "// code");
        world.put(".npm/_npx/e5/package.json", r#"{"dependencies": {"@acme/mcp": "1"}}"#);
        world.put(".npm/_npx/e5/node_modules/mcp-remote/index.js", "// came along");
        world.put(".npm/_cacache/index", "cache");
        world.put(".config/Claude/logs/mcp.log", "all");
        world.put(".config/Claude/logs/mcp-server-linear.log", "linear");
        world.put(".config/Claude/logs/mcp-server-files.log", "files");
        world.put(".config/Claude/logs/main.log", "main");
        world.put("Documents/tokens.json", "mine");
        world.age_everything();
        world
    }

    fn empty(machine: StandInMachine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::stand_in(folder.path(), Os::Linux);
        let engine = Engine::new(Context::new(home).with_machine(Arc::new(machine)));
        Self { folder, engine }
    }

    fn path(&self, below: &str) -> PathBuf {
        below
            .split('/')
            .filter(|name| !name.is_empty())
            .fold(self.folder.path().to_owned(), |path, name| path.join(name))
    }

    fn put(&self, below: &str, text: &str) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Gives everything a time of its own in the past, so that a lost one shows.
    fn age_everything(&self) {
        let mut all: Vec<PathBuf> = self.tree().into_keys().collect();
        // A folder after what is in it.
        all.reverse();
        for (number, path) in all.iter().enumerate() {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + number as u64 * 60);
            let above = Folder::open(self.folder.path(), path.parent().unwrap()).unwrap();
            above.set_modified(path.file_name().unwrap(), time).unwrap();
        }
    }

    /// Everything but our own folder.
    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        walk(self.folder.path(), &mut tree);
        tree.retain(|path, _| !path.starts_with(self.path(".bridgekeeper")));
        tree
    }

    fn find(&self, server: Option<&str>, extent: Extent) -> Reset {
        self.engine.find_reset(Scope { server: server.map(ServerName::from), extent }).unwrap()
    }

    /// Resets, and gives the paths that were there before and are not there any more.
    fn reset(&self, server: Option<&str>, extent: Extent) -> (ResetDone, Vec<String>) {
        let before = self.tree();
        let done = self.engine.reset(&self.find(server, extent)).unwrap();
        let after = self.tree();
        let gone: Vec<String> =
            before.keys().filter(|path| !after.contains_key(*path)).map(|path| self.shorten(path)).collect();
        for (path, what) in &after {
            let before = &before[path];
            // The time of a folder tells that something left it.
            assert_eq!((&before.0, before.1), (&what.0, what.1), "{}", path.display());
        }
        (done, gone)
    }

    fn shorten(&self, path: &Path) -> String {
        path.strip_prefix(self.folder.path()).unwrap().to_string_lossy().replace('\\', "/")
    }

    fn undo(&self, done: &ResetDone) -> Way {
        let id = done.entry.as_ref().unwrap().id.to_string();
        let (way, _) = self.engine.way_back(Some(&id), Secrets::Masked).unwrap();
        self.engine.take_back(&way).unwrap();
        way.way
    }

    fn item<'a>(&self, items: &'a [Item], below: &str) -> &'a Item {
        let path = self.path(below);
        items.iter().find(|item| item.path == path).unwrap_or_else(|| panic!("no item for {below}"))
    }
}

fn walk(folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, metadata) = (entry.path(), fs::symlink_metadata(entry.path()).unwrap());
        let what = if metadata.is_symlink() {
            format!("link to {}", fs::read_link(&path).unwrap().display())
        } else if metadata.is_dir() {
            walk(&path, tree);
            "folder".to_owned()
        } else {
            format!("file {:?}", fs::read(&path).unwrap())
        };
        #[cfg(unix)]
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        #[cfg(not(unix))]
        let mode = u32::from(metadata.permissions().readonly());
        tree.insert(path, (what, mode, metadata.modified().unwrap()));
    }
}

#[test]
fn all_sign_ins_go_and_nothing_else_and_undo_is_exact() {
    let world = World::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode =
            |below: &str, mode| fs::set_permissions(world.path(below), fs::Permissions::from_mode(mode));
        mode(".mcp-auth/mcp-remote-v1", 0o750).unwrap();
        mode(&format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json"), 0o400).unwrap();
        mode(".npm/_npx/a1/package.json", 0o444).unwrap();
    }
    let before = world.tree();
    let (done, gone) = world.reset(None, Extent::SignIns);
    let named = |path: &String| {
        path.starts_with(".mcp-auth")
            || path.starts_with("own-auth/mcp-remote-v1")
            || [".npm/_npx/a1", ".npm/_npx/b2", ".npm/_npx/d4"].iter().any(|entry| path.starts_with(entry))
    };
    let expected: Vec<String> = before.keys().map(|path| world.shorten(path)).filter(named).collect();
    assert_eq!(gone, expected);
    assert!(!done.leaves_something(), "{:?}", done.items);
    assert!(!world.path(".mcp-auth").exists() && world.path("own-auth/notes.txt").exists());
    assert!(done.items.iter().all(|item| item.result == Outcome::Done), "{:?}", done.items);

    assert_eq!(world.undo(&done), Way::Exact);
    let after = world.tree();
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (path, what) in &before {
        assert_eq!(after[path], *what, "{}", path.display());
    }
    assert!(world.find(None, Extent::SignIns).goes());
}

#[test]
fn one_server_loses_only_its_own_and_what_is_shared_is_said() {
    let world = World::new();
    let (done, gone) = world.reset(Some("linear"), Extent::SignIns);
    assert!(gone.iter().all(|path| path.contains(LINEAR) || path.starts_with(".npm/_npx/a1")), "{gone:?}");
    assert_eq!(gone.iter().filter(|path| path.contains(LINEAR)).count(), 17);
    let tokens = world.item(&done.items, &format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json"));
    let others = |item: &Item| item.shared_with.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(others(tokens), ["team"]);
    let cache = world.item(&done.items, ".npm/_npx/a1");
    assert_eq!(others(cache), ["sse"]);
    assert_eq!(
        done.entry.as_ref().map(|entry| entry.reason.as_str()),
        Some("linear: Reset the stored sign-ins")
    );
    world.undo(&done);

    let (_, gone) = world.reset(Some("sse"), Extent::SignIns);
    assert!(gone.contains(&format!("own-auth/mcp-remote-v1/{SSE}_tokens.json")), "{gone:?}");
    assert!(gone.iter().all(|path| path.contains(SSE) || path.starts_with(".npm/_npx/a1")), "{gone:?}");

    let scope = Scope { server: Some("unknown".into()), extent: Extent::SignIns };
    assert!(matches!(world.engine.find_reset(scope), Err(EngineError::NoSuchServer(_))));
}

#[test]
fn looking_changes_nothing() {
    let world = World::new();
    let before = world.tree();
    let reset = world.find(None, Extent::SignInsAndLogs);
    assert_eq!(world.tree(), before);
    assert!(!world.path(".bridgekeeper").exists());
    assert!(reset.bytes() > 0 && reset.items.iter().all(|item| item.result == Outcome::Planned));
    let lock = world.item(&reset.items, &format!(".mcp-auth/mcp-remote-0.1.29/{LINEAR}_lock.json"));
    assert_eq!((lock.kind, lock.bytes), (ItemKind::Lock, Some(70)));
    assert!(lock.age_s.is_some_and(|age| age > 24 * 60 * 60), "{lock:?}");
}

#[test]
fn logs_go_only_when_asked_for() {
    let world = World::new();
    let logs = |items: &[Item]| {
        let logs = items.iter().filter(|item| item.kind == ItemKind::Log);
        logs.map(|item| world.shorten(&item.path)).collect::<Vec<_>>()
    };
    assert!(logs(&world.find(None, Extent::SignIns).items).is_empty());
    let mut all = logs(&world.find(None, Extent::SignInsAndLogs).items);
    all.sort();
    let names = ["mcp-server-files.log", "mcp-server-linear.log", "mcp.log"];
    assert_eq!(all, names.map(|name| format!(".config/Claude/logs/{name}")));
    let one = logs(&world.find(Some("linear"), Extent::SignInsAndLogs).items);
    assert_eq!(one, [".config/Claude/logs/mcp-server-linear.log"]);
}

#[test]
fn the_npx_cache_alone_is_that_of_the_servers_package() {
    let world = World::new();
    let cleared = |server| {
        let reset = world.find(server, Extent::NpxCache);
        reset.items.iter().map(|item| world.shorten(&item.path)).collect::<Vec<_>>()
    };
    assert_eq!(cleared(None), [".npm/_npx/a1", ".npm/_npx/b2", ".npm/_npx/d4"]);
    assert_eq!(cleared(Some("files")), [".npm/_npx/c3"]);
    assert_eq!(cleared(Some("team")), [".npm/_npx/b2"]);
}

#[test]
fn what_was_made_anew_is_kept_when_the_reset_is_taken_back() {
    let world = World::new();
    let (done, _) = world.reset(None, Extent::SignIns);
    let tokens = format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json");
    world.put(&tokens, "newer");
    world.put(".mcp-auth/mcp-remote-v1/theirs", "theirs");
    assert_eq!(world.undo(&done), Way::Inverse);
    let text = |below: &str| fs::read_to_string(world.path(below)).unwrap();
    assert_eq!(text(&tokens), format!(".mcp-auth/mcp-remote-v1 {LINEAR} tokens.json"));
    assert_eq!(text(".mcp-auth/mcp-remote-v1/theirs"), "theirs");
    let undone = world.engine.undo_list().pop().unwrap();
    let (way, _) = world.engine.way_back(Some(undone.id.as_str()), Secrets::Masked).unwrap();
    world.engine.take_back(&way).unwrap();
    assert_eq!(text(&tokens), "newer");
}

#[test]
fn a_folder_outside_of_the_named_home_is_left() {
    let outside = tempfile::tempdir().unwrap();
    let world = World::empty(StandInMachine::default());
    let path = outside.path().to_string_lossy().replace('\\', "/");
    world.put(
        ".config/Claude/claude_desktop_config.json",
        &format!(
            r#"{{"mcpServers": {{"a": {{"command": "npx", "args": ["mcp-remote", "https://a.example"],
                "env": {{"MCP_REMOTE_CONFIG_DIR": "{path}", "npm_config_cache": "{path}"}}}}}}}}"#
        ),
    );
    let tokens = outside.path().join("mcp-remote-v1").join(format!("{NOBODY}_tokens.json"));
    fs::create_dir_all(tokens.parent().unwrap()).unwrap();
    File::create(&tokens).unwrap();
    let (done, gone) = world.reset(None, Extent::SignIns);
    assert!(gone.is_empty() && tokens.exists());
    assert!(done.leaves_something() && done.entry.is_none());
    assert_eq!(done.items[0].note.as_deref(), Some("outside of the home that was named"));
}

#[test]
fn stray_bridges_are_ended_and_their_ports_are_free_then() {
    let stray = process(
        71,
        None,
        "/usr/bin/node",
        &["/x/node_modules/.bin/mcp-remote", "https://mcp.linear.app/mcp"],
    );
    let of_another = process(72, None, "/usr/bin/node", &["/x/.bin/mcp-remote", "https://other.example/mcp"]);
    let editor = process(80, None, "/usr/bin/editor", &[]);
    let in_use =
        process(81, Some(80), "/usr/bin/node", &["/x/.bin/mcp-remote", "https://mcp.linear.app/sse"]);
    let machine = StandInMachine::default()
        .with_stubborn(stray.clone())
        .with_process(of_another)
        .with_process(editor)
        .with_process(in_use.clone())
        .with_listener(22227, &stray)
        .with_listener(14881, &in_use)
        .with_port(4711, PortState::Taken);
    let machine = Arc::new(machine);
    let world = World::new();
    let home = world.engine.context().home.clone();
    let engine = Engine::new(Context::new(home).with_machine(machine.clone()));
    let world = World { engine, ..world };

    let reset = world.find(Some("linear"), Extent::SignIns);
    let kinds = |kind| reset.items.iter().filter(move |item| item.kind == kind).collect::<Vec<_>>();
    let [bridge] = kinds(ItemKind::Process)[..] else { panic!("{:?}", reset.items) };
    assert_eq!(
        (bridge.action, bridge.note.as_deref()),
        (Action::Stop, Some("process 71, whose Claude is gone"))
    );
    let [port] = kinds(ItemKind::Port)[..] else { panic!("{:?}", reset.items) };
    assert_eq!(port.path, Path::new("127.0.0.1:22227"));
    assert_eq!((port.action, port.note.as_deref()), (Action::Stop, Some("held by node (process 71)")));

    let all = world.find(None, Extent::SignIns);
    let note = |port: &str| {
        let item = all.items.iter().find(|item| item.path == Path::new(port)).unwrap();
        assert_eq!(item.action, Action::Keep, "{port}");
        item.note.clone().unwrap()
    };
    assert_eq!(note("127.0.0.1:14881"), "held by node (process 81), which is none of Claude's bridges");
    assert_eq!(note("127.0.0.1:4711"), "held by a process that does not belong to this home");

    let done = world.engine.reset(&reset).unwrap();
    let result = |kind| done.items.iter().find(|item| item.kind == kind).unwrap().result;
    assert_eq!((result(ItemKind::Process), result(ItemKind::Port)), (Outcome::Done, Outcome::Done));
    assert_eq!(machine.deeds(), [Deed::Asked(stray.id), Deed::Ended(stray.id)]);
}

#[test]
fn claude_is_stopped_first_and_started_again() {
    let claude = process(10, None, "/usr/lib/claude-desktop/claude-desktop", &[]);
    let server =
        process(11, Some(10), "/usr/bin/node", &["/x/.bin/mcp-remote", "https://mcp.linear.app/mcp"]);
    let machine = Arc::new(
        StandInMachine::default()
            .with_process(claude.clone())
            .with_stubborn(server.clone())
            .with_listener(22227, &server),
    );
    let world = World::new();
    let home = world.engine.context().home.clone();
    let engine = Engine::new(Context::new(home).with_machine(machine.clone()));
    let world = World { engine, ..world };
    let reset = world.find(Some("linear"), Extent::SignIns);
    assert_eq!((reset.items[0].kind, reset.items[0].action), (ItemKind::Claude, Action::Restart));
    assert!(!reset.items.iter().any(|item| item.kind == ItemKind::Process), "it ends with Claude");
    let done = world.engine.reset(&reset).unwrap();
    assert!(!done.leaves_something(), "{:?}", done.items);
    let program = "/usr/lib/claude-desktop/claude-desktop".to_owned();
    let [asked, ended @ .., started] = &machine.deeds()[..] else { panic!() };
    assert_eq!((asked, started), (&Deed::Asked(claude.id), &Deed::Started(program)));
    assert!(ended.contains(&Deed::Ended(server.id)), "{ended:?}");
    let port = done.items.iter().find(|item| item.kind == ItemKind::Port).unwrap();
    assert_eq!(port.result, Outcome::Done);

    let nothing = world.find(Some("linear"), Extent::SignIns);
    assert!(!nothing.goes());
    let before = machine.deeds().len();
    world.engine.reset(&nothing).unwrap();
    assert_eq!(machine.deeds().len(), before, "Claude is left alone where there is nothing to reset");
}

#[test]
fn a_lock_says_whether_its_bridge_runs() {
    let running = process(71, None, "/usr/bin/node", &["/x/.bin/mcp-remote", "https://mcp.linear.app/mcp"]);
    let world = World::with_machine(StandInMachine::default().with_process(running));
    world.put(&format!(".mcp-auth/mcp-remote-0.1.29/{LINEAR}_lock.json"), r#"{"pid": 71, "port": 9999}"#);
    world.put(&format!(".mcp-auth/mcp-remote-0.1.29/{SSE}_lock.json"), r#"{"pid": 70, "port": 9998}"#);
    let reset = world.find(None, Extent::SignIns);
    let note = |hash: &str| {
        world
            .item(&reset.items, &format!(".mcp-auth/mcp-remote-0.1.29/{hash}_lock.json"))
            .note
            .clone()
            .unwrap()
    };
    assert_eq!(note(LINEAR), "its bridge runs (process 71)");
    assert_eq!(note(SSE), "stale: its bridge has ended");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder outside of the home with what must never be touched.
    fn outside() -> (tempfile::TempDir, PathBuf) {
        let outside = tempfile::tempdir().unwrap();
        let tokens = outside.path().join(format!("{LINEAR}_tokens.json"));
        File::create(&tokens).unwrap().write_all(b"keep").unwrap();
        (outside, tokens)
    }

    #[test]
    fn planted_links_are_not_followed() {
        let world = World::new();
        let (outside, tokens) = outside();
        let planted = format!(".mcp-auth/mcp-remote-v1/{NOBODY}_lock.json");
        symlink(&tokens, world.path(&planted)).unwrap();
        symlink(outside.path(), world.path(".mcp-auth/mcp-remote-9.9.9")).unwrap();
        symlink(outside.path(), world.path(".npm/_npx/f6")).unwrap();
        let (done, gone) = world.reset(None, Extent::SignIns);
        assert_eq!(fs::read(&tokens).unwrap(), b"keep");
        for link in [planted.as_str(), ".mcp-auth/mcp-remote-9.9.9", ".npm/_npx/f6"] {
            assert!(!gone.contains(&link.to_owned()), "{link}");
        }
        assert!(done.leaves_something());
        assert_eq!(world.item(&done.items, &planted).action, Action::Skip);
        assert_eq!(world.item(&done.items, ".mcp-auth").action, Action::Keep);
        assert!(gone.contains(&format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json")));
    }

    #[test]
    fn a_linked_folder_is_not_entered() {
        for linked in [".mcp-auth", ".npm", ".config/Claude/logs"] {
            let world = World::new();
            let (outside, _) = outside();
            let moved = outside.path().join("moved");
            fs::rename(world.path(linked), &moved).unwrap();
            symlink(&moved, world.path(linked)).unwrap();
            let mut before = Tree::new();
            walk(outside.path(), &mut before);
            let (done, gone) = world.reset(None, Extent::SignInsAndLogs);
            let mut after = Tree::new();
            walk(outside.path(), &mut after);
            assert_eq!(before, after, "{linked}");
            assert!(gone.iter().all(|path| !path.starts_with(linked)) && done.leaves_something(), "{linked}");
        }
    }

    #[test]
    fn a_link_that_is_put_there_after_the_look_leads_nowhere() {
        let world = World::new();
        let (outside, tokens) = outside();
        let reset = world.find(Some("linear"), Extent::SignIns);
        let generation = world.path(".mcp-auth/mcp-remote-v1");
        fs::rename(&generation, world.path("aside")).unwrap();
        symlink(outside.path(), &generation).unwrap();
        let done = world.engine.reset(&reset).unwrap();
        assert_eq!(fs::read(&tokens).unwrap(), b"keep");
        let item = world.item(&done.items, &format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json"));
        assert_eq!(item.result, Outcome::Failed);
        assert!(item.note.as_deref().unwrap().contains("link"), "{item:?}");

        // Nor when it is taken back.
        fs::rename(world.path(".mcp-auth"), world.path("auth")).unwrap();
        symlink(outside.path(), world.path(".mcp-auth")).unwrap();
        let id = done.entry.unwrap().id.to_string();
        let (way, _) = world.engine.way_back(Some(&id), Secrets::Masked).unwrap();
        assert!(world.engine.take_back(&way).is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_hard_link_is_said_and_its_other_name_stays() {
        let world = World::new();
        let tokens = format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json");
        fs::hard_link(world.path(&tokens), world.path("Documents/copy")).unwrap();
        let (done, gone) = world.reset(Some("linear"), Extent::SignIns);
        assert!(gone.contains(&tokens) && world.path("Documents/copy").exists());
        assert!(world.item(&done.items, &tokens).note.as_deref().unwrap().contains("another name"));
    }
}

#[cfg(windows)]
#[test]
fn a_file_that_somebody_has_open_is_reported_and_left() {
    use std::os::windows::fs::OpenOptionsExt as _;
    let world = World::new();
    let tokens = format!(".mcp-auth/mcp-remote-v1/{LINEAR}_tokens.json");
    let held = fs::OpenOptions::new().read(true).share_mode(1).open(world.path(&tokens)).unwrap();
    let (done, gone) = world.reset(None, Extent::SignIns);
    let item = world.item(&done.items, &tokens);
    assert_eq!(item.result, Outcome::Failed, "{item:?}");
    assert!(item.note.as_deref().unwrap().contains("open"), "{item:?}");
    assert!(!gone.contains(&tokens) && gone.contains(&format!(".mcp-auth/mcp-remote-v1/{SSE}_tokens.json")));
    drop(held);
    assert_eq!(world.undo(&done), Way::Exact);
}
