//! Packages tried out: installed, started, replaced while they run, and removed, each in a world of its own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::version;
use crate::requirements::{DEBOOTSTRAP, ensure as ensure_there};
use crate::steps::{Steps, command, must_pass};
use crate::windows;

/// How long one program may take under Wine, whose first start sets everything up.
const ONE_PROGRAM: Duration = Duration::from_mins(5);
/// How long an uninstaller may go on after its first process ended.
const UNINSTALLING: Duration = Duration::from_mins(2);
/// What the deb and the rpm must bring, and nothing of it may stay.
const ON_LINUX: [&str; 6] = [
    "usr/bin/bridgekeeper",
    "usr/bin/bridgekeeper-desktop",
    "usr/bin/mcp-bridge",
    "usr/share/applications/Bridgekeeper.desktop",
    "usr/share/icons/hicolor/128x128/apps/bridgekeeper-desktop.png",
    "usr/share/metainfo/app.bridgekeeper.desktop.metainfo.xml",
];
/// What a package says before it is removed, by which Claude's configs go back.
pub(super) const FAREWELL: &str = "bridgekeeper undo --all";
/// A config whose one entry Claude skips, and which a fix moves to the bridge.
pub(super) const CONFIG: &str =
    "{\r\n  \"mcpServers\": {\r\n    \"far\": { \"url\": \"https://example.com/mcp\" }\r\n  }\r\n}\r\n";

/// Tries a package, or says why not.
pub(super) fn try_out(steps: &mut Steps, package: &Path) -> Result<()> {
    let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let step = format!("try {name}");
    let kind = package.extension().and_then(|extension| extension.to_str());
    match kind {
        Some("deb" | "rpm") => match obstacle_to_a_root() {
            None => steps.step(&step, || match kind {
                Some("deb") => in_a_clean_root(package),
                _ => with_rpm(package),
            }),
            Some(why) => {
                steps.skip(&step, &why);
                Ok(())
            }
        },
        Some("exe") => steps.step(&step, || on_windows(package)),
        _ => {
            steps.skip(&step, "only deb, rpm and the Windows installer are tried out");
            Ok(())
        }
    }
}

pub(super) fn obstacle_to_a_root() -> Option<String> {
    let debian = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !debian.lines().any(|line| line == "ID=debian") {
        return Some("a clean root is made with debootstrap, on Debian".to_owned());
    }
    let id = Command::new("id").arg("-u").output().ok()?;
    (String::from_utf8_lossy(&id.stdout).trim() != "0").then(|| "a clean root needs root's rights".to_owned())
}

/// A Debian with nothing in it.
pub(super) struct Root(tempfile::TempDir);

impl Root {
    pub(super) fn make() -> Result<Self> {
        ensure_there(DEBOOTSTRAP)?;
        let root = tempfile::tempdir().context("a folder for the root could not be made")?;
        let release = std::fs::read_to_string("/etc/os-release").context("/etc/os-release")?;
        let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let codename = codename.context("/etc/os-release names no VERSION_CODENAME")?;
        let mut debootstrap = command("debootstrap");
        debootstrap.args(["--variant=minbase", "--include=ca-certificates", codename]).arg(root.path());
        must_pass(debootstrap.stdout(Stdio::null()))?;
        std::fs::copy("/etc/resolv.conf", root.path().join("etc/resolv.conf")).context("/etc/resolv.conf")?;
        Ok(Self(root))
    }

    /// A command in it, with processes of its own to look at; they and the mount end with the command.
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--kill-child", "--fork", "sh", "-ec"]);
        command.arg(
            "mount --make-rprivate / && mount -t proc proc \"$0/proc\" && exec chroot \"$0\" env -i \
             PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive sh -ec \"$1\"",
        );
        command.arg(self.0.path()).arg(line);
        command
    }

    /// A place in it.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(super) fn run(&self, line: &str) -> Result<()> {
        println!("$ {line}");
        must_pass(&mut self.command(line))
    }

    pub(super) fn says(&self, line: &str) -> Result<String> {
        println!("$ {line}");
        let output = self.command(line).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        print!("{text}");
        ensure!(output.status.success(), "`{line}` ended with {}", output.status);
        Ok(text)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.0.path().join(path).exists()
    }
}

fn in_a_clean_root(package: &Path) -> Result<()> {
    let root = Root::make()?;
    std::fs::copy(package, root.0.path().join("bridgekeeper.deb")).context("the package into the root")?;
    let says = root.says("dpkg-deb --field /bridgekeeper.deb Depends")?;
    ensure!(says.contains("libc6 (>= 2."), "the package does not say which glibc it wants: {says}");
    root.run("apt-get update -q >/dev/null")?;
    root.run("apt-get install -q -y --no-install-recommends /bridgekeeper.deb >/dev/null")?;
    for path in ON_LINUX {
        ensure!(root.has(path), "the package brought no /{path}");
    }
    ensure!(
        !root.has("etc/xdg/autostart/Bridgekeeper.desktop"),
        "the package starts itself at every sign-in"
    );
    for program in ["bridgekeeper", "mcp-bridge", "bridgekeeper-desktop"] {
        let says = root.says(&format!("{program} --version"))?;
        ensure!(says.contains(version()), "{program} says {says:?} as its version");
    }
    // 1 says that something is to be looked at; the home is empty
    root.run("mkdir -p /home/ada && bridgekeeper --home /home/ada doctor || test $? = 1")?;
    root.run(
        "apt-get install -q -y --no-install-recommends xvfb xauth dbus desktop-file-utils appstream >/dev/null",
    )?;
    root.run("desktop-file-validate /usr/share/applications/Bridgekeeper.desktop")?;
    root.run("appstreamcli validate --no-net /usr/share/metainfo/app.bridgekeeper.desktop.metainfo.xml")?;
    // 124 is timeout's own word for a program that still ran
    root.run(
        "dbus-run-session -- xvfb-run -a timeout 15 bridgekeeper-desktop --home /home/ada --tray || test $? = 124",
    )?;
    let says = root.says("apt-get install -q -y --reinstall --no-install-recommends /bridgekeeper.deb")?;
    ensure!(!says.contains(FAREWELL), "the package takes another in its place for its removal: {says}");
    let says = root.says("apt-get remove -q -y bridgekeeper")?;
    ensure!(says.contains(FAREWELL), "the removal does not say how configs go back: {says}");
    for path in ON_LINUX {
        ensure!(!root.has(path), "/{path} is still there after the package was removed");
    }
    Ok(())
}

/// Installs and removes the rpm with rpm itself, in a root of its own below a clean Debian, whose libraries the console
/// programs run with. What the window needs is named by Fedora's names and is not there.
fn with_rpm(package: &Path) -> Result<()> {
    let root = Root::make()?;
    std::fs::copy(package, root.0.path().join("bridgekeeper.rpm")).context("the package into the root")?;
    root.run("apt-get update -q >/dev/null")?;
    root.run("apt-get install -q -y --no-install-recommends rpm busybox-static >/dev/null")?;
    let says = root.says("rpm -K --nosignature /bridgekeeper.rpm")?;
    ensure!(says.contains("digests OK"), "the package's checksums do not hold: {says}");
    let says = root.says("rpm -qp --qf '%{VERSION}\\n' --requires /bridgekeeper.rpm")?;
    ensure!(says.contains(version()), "the package has another version: {says}");
    ensure!(
        says.contains("libwebkit2gtk-4.1.so.0"),
        "the package does not ask for what draws the window: {says}"
    );
    ensure!(says.contains("libc.so.6(GLIBC_2."), "the package does not say which glibc it wants: {says}");
    // Its scripts run in that root, by the one program that is there
    root.run("mkdir -p /fedora/bin && cp /bin/busybox /fedora/bin/sh && rpm --root /fedora --initdb")?;
    root.run("rpm --root /fedora --install --nodeps /bridgekeeper.rpm")?;
    for path in ON_LINUX {
        ensure!(root.has(&format!("fedora/{path}")), "the package brought no /{path}");
    }
    for program in ["bridgekeeper", "mcp-bridge"] {
        let says = root.says(&format!("/fedora/usr/bin/{program} --version"))?;
        ensure!(says.contains(version()), "{program} says {says:?} as its version");
    }
    let says = root.says("rpm --root /fedora --upgrade --replacepkgs --nodeps /bridgekeeper.rpm")?;
    ensure!(!says.contains(FAREWELL), "the package takes another in its place for its removal: {says}");
    let says = root.says("rpm --root /fedora --erase bridgekeeper")?;
    ensure!(says.contains(FAREWELL), "the removal does not say how configs go back: {says}");
    for path in ON_LINUX {
        ensure!(!root.has(&format!("fedora/{path}")), "/{path} is still there after the package was removed");
    }
    Ok(())
}

/// A Windows of its own: on Windows this one, elsewhere a new prefix of Wine.
pub(super) struct Windows {
    prefix: tempfile::TempDir,
}

impl Windows {
    pub(super) fn make() -> Result<Self> {
        Ok(Self { prefix: tempfile::tempdir().context("a folder for Wine could not be made")? })
    }

    pub(super) fn command(&self, program: &Path) -> Result<Command> {
        let runner = std::env::var_os(windows::RUNNER).context("nothing says how Wine is started")?;
        let mut command = command(runner);
        command.env("WINEPREFIX", self.prefix.path()).env("BRIDGEKEEPER_KEYRING", "none").arg(program);
        // Wine's trust store takes no authorities besides its own
        command.env_remove("NODE_EXTRA_CA_CERTS");
        Ok(command)
    }

    pub(super) fn run(&self, program: &Path, arguments: &[&str]) -> Result<()> {
        let (says, status) = self.says(program, arguments)?;
        ensure!(status == Some(0), "{} ended with {status:?}: {says}", program.display());
        Ok(())
    }

    pub(super) fn says(&self, program: &Path, arguments: &[&str]) -> Result<(String, Option<i32>)> {
        println!("$ {} {}", program.display(), arguments.join(" "));
        let (says, status) = windows::output_within(self.command(program)?.args(arguments), ONE_PROGRAM)
            .with_context(|| program.display().to_string())?;
        Ok((says, status.code()))
    }

    /// The user's folder; its name is who runs this.
    pub(super) fn home(&self) -> Result<PathBuf> {
        let users = self.prefix.path().join("drive_c/users");
        let entries =
            std::fs::read_dir(&users).with_context(|| format!("{} is not there", users.display()))?;
        let is_person = |path: &PathBuf| path.join("AppData").is_dir() && !path.ends_with("Public");
        entries.flatten().map(|entry| entry.path()).find(is_person).context("Wine made no user")
    }

    /// A place below the user's folder as Windows names it.
    pub(super) fn path_of(home: &Path, path: &str) -> String {
        format!(r"C:\users\{}\{path}", home.file_name().unwrap_or_default().to_string_lossy())
    }
}

fn on_windows(installer: &Path) -> Result<()> {
    if cfg!(windows) {
        bail!("the installer is tried out under Wine, where nothing of this machine changes");
    }
    let windows = Windows::make()?;
    windows.run(installer, &["/S", "/PATH"])?;
    let home = windows.home()?;
    let folder = home.join("AppData/Local/Programs/Bridgekeeper");
    let program = |name: &str| folder.join(name);
    for name in ["bridgekeeper.exe", "mcp-bridge.exe"] {
        let (says, status) = windows.says(&program(name), &["--version"])?;
        ensure!(
            status == Some(0) && says.contains(version()),
            "{name} says {says:?} and ends with {status:?}"
        );
    }
    let path_of_user = ["query", r"HKCU\Environment", "/v", "Path"];
    let (says, _) = windows.says(Path::new("reg"), &path_of_user)?;
    ensure!(says.contains(r"Programs\Bridgekeeper"), "the programs are not on the PATH: {says}");
    let (says, status) = windows.says(&program("bridgekeeper.exe"), &["doctor"])?;
    ensure!(status != Some(2), "`doctor` could not be carried out: {says}");

    let config = home.join("AppData/Roaming/Claude/claude_desktop_config.json");
    std::fs::create_dir_all(config.parent().context("a config in no folder")?)?;
    super::write(&config, CONFIG)?;
    let fix = Windows::path_of(&home, r"AppData\Roaming\Claude\claude_desktop_config.json");
    let (says, _) = windows
        .says(&program("bridgekeeper.exe"), &["fix-config", &fix, "--only", "use-bridge", "--write"])?;
    ensure!(std::fs::read_to_string(&config)?.contains("mcp-bridge.exe"), "nothing was repaired: {says}");

    replace_one_that_runs(&windows, installer, &folder)?;

    windows.run(&program("uninstall.exe"), &["/S", "/UNDO"])?;
    let start = Instant::now();
    while folder.exists() {
        ensure!(start.elapsed() < UNINSTALLING, "{} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(200));
    }
    ensure!(std::fs::read_to_string(&config)? == CONFIG, "the config did not go back byte for byte");
    let (says, _) = windows.says(Path::new("reg"), &path_of_user)?;
    ensure!(!says.contains(r"Programs\Bridgekeeper"), "the programs are still on the PATH: {says}");
    Ok(())
}

/// A bridge that runs from the program's own folder neither stops the installer nor is stopped by it.
fn replace_one_that_runs(windows: &Windows, installer: &Path, folder: &Path) -> Result<()> {
    let mut bridge = windows.command(&folder.join("mcp-bridge.exe"))?;
    bridge.arg("http://127.0.0.1:9/mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(bridge.spawn().context("the bridge could not be started")?);
    answers(&mut running.0)?;
    windows.run(installer, &["/S"])?;
    ensure!(running.0.try_wait()?.is_none(), "the installer ended a bridge");
    drop(running.0.stdin.take());
    windows::wait_within(&mut running.0, ONE_PROGRAM)?;
    windows.run(installer, &["/S"])?;
    let old = std::fs::read_dir(folder)?.flatten().map(|entry| entry.file_name());
    let old: Vec<_> = old.filter(|name| name.to_string_lossy().contains(".old-")).collect();
    ensure!(old.is_empty(), "set aside and never removed: {old:?}");
    Ok(())
}

/// The bridge runs when it answers the host's first message.
pub(super) fn answers(bridge: &mut Child) -> Result<()> {
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"try","version":"1"}}}"#;
    let input = bridge.stdin.as_mut().context("the bridge has no input")?;
    writeln!(input, "{initialize}")?;
    let lines = windows::lines_of(bridge.stdout.take().context("the bridge has no output")?);
    let line = lines.recv_timeout(ONE_PROGRAM).context("the bridge did not answer")?;
    ensure!(line.contains("\"id\":1"), "the bridge answered {line:?}");
    Ok(())
}

/// Ends with this run.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
