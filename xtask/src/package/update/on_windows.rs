//! An update of an installed program for Windows, tried out under Wine: found over https, a stranger's package refused, the
//! publisher's installed by its own installer, the app begun anew. A bridge runs all the while, and an older version is
//! installed again at the end.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::versions::{OLD, Version, Versions, origin, response};
use super::{CERTIFICATES_SCRIPT, CRL_PORT, PORT};
use crate::package::proof::{CONFIG, Running, Windows, answers};
use crate::package::sums::hex;
use crate::package::{Build, PROGRAMS, copy, version, windows_installer, write};
use crate::steps::{Steps, command, must_pass};
use crate::windows;

/// How long an update may take as a whole under Wine.
const UPDATING: Duration = Duration::from_mins(5);
/// The bridge in a version's folder.
const BRIDGE: &str = "mcp-bridge.exe";
/// The list of what is installed, for this user.
const INSTALLED: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Bridgekeeper";
/// Whom this user trusts.
const TRUSTED: &str = r"HKCU\Software\Microsoft\SystemCertificates\Root\Certificates";

/// What Wine is to do without: what `wine-run` leaves out, and the part that knows what a network costs, which Wine has as an
/// empty shell that ends whoever asks it.
const ABSENT: &str = "mscoree=d;mshtml=d;winemenubuilder.exe=d;windows.networking=d";

/// Tries it, or says why not.
pub(super) fn try_out(steps: &mut Steps) -> Result<()> {
    if let Some(why) = windows::obstacle() {
        steps.skip("update on Windows", &why);
        return Ok(());
    }
    let mut versions = None;
    steps.step("two versions for Windows", || {
        versions = Some(Versions::make(Some(windows::TARGET), packaged)?);
        Ok(())
    })?;
    let Some(versions) = versions else { return Ok(()) };
    steps.step("update on Windows", || update_and_remove(&versions))
}

/// An installer of it. The bridge of the older one has a word behind its end, which no program reads, so that the two can be
/// told apart.
fn packaged(version: &Version) -> Result<PathBuf> {
    for name in PROGRAMS
        .map(|name| format!("{name}.exe"))
        .iter()
        .map(String::as_str)
        .chain([windows_installer::LOADER])
    {
        copy(&version.build.programs.join(name), &version.folder.join(name))?;
    }
    if version.number == OLD {
        let bridge = std::fs::File::options().append(true).open(version.folder.join(BRIDGE));
        bridge?.write_all(b"older")?;
    }
    let build = Build { programs: version.folder.clone(), ..version.build.clone() };
    windows_installer::make(&build, version.number, &version.folder)
}

/// What the bridge of a version is made of.
fn bridge_of(versions: &Versions, number: &str) -> Result<Vec<u8>> {
    let place = versions.folder.path().join(number).join(BRIDGE);
    std::fs::read(&place).with_context(|| place.display().to_string())
}

fn update_and_remove(versions: &Versions) -> Result<()> {
    let folder = versions.folder.path();
    let (older, newer) = (bridge_of(versions, OLD)?, bridge_of(versions, version())?);
    let served = folder.join("served");
    std::fs::create_dir_all(&served)?;
    must_pass(command("sh").current_dir(folder).args(["-ec", CERTIFICATES_SCRIPT]))?;
    let windows = Windows::make()?;
    windows.run(&versions.old, &["/S"])?;
    let home = windows.home()?;
    let _app = App { windows: &windows };
    trust(&windows, folder)?;
    serve_revocations(std::fs::read(folder.join("ca.crl"))?)?;
    let _server = serve(folder, &served)?;
    let display = Display::start()?;

    let mut bridge = publish_and_run(&windows, &home)?;
    let published = home.join(".bridgekeeper/bin/mcp-bridge.exe");
    ensure!(std::fs::read(&published)? == older, "the old version published another bridge");

    versions.offer(&served, &versions.stranger)?;
    let log = folder.join("forged.log");
    let app = start(&windows, &home, &display, &["--update"], &log)?;
    until("the app refused a package that a stranger signed", || {
        Ok(std::fs::read_to_string(&log)?.contains("no update why=Signature"))
    })?;
    drop(app);
    ensure!(installed(&windows)?.as_deref() == Some(OLD), "a package that a stranger signed was installed");

    versions.offer(&served, &versions.publisher)?;
    let mut app = start(&windows, &home, &display, &["--update"], &folder.join("good.log"))?;
    // It gives way to the installer, which begins the new one with the same words
    windows::wait_within(&mut app.0, UPDATING).context("the app did not give way to the installer")?;
    until("the new version is installed", || Ok(installed(&windows)?.as_deref() == Some(version())))?;
    until("the new version began and put its bridge in the place of the old one", || {
        Ok(std::fs::read(&published).is_ok_and(|bytes| bytes == newer))
    })?;
    let package = home.join(".bridgekeeper/update/package");
    until("the new version removed the package it came from", || Ok(!package.exists()))?;
    ensure!(bridge.0.try_wait()?.is_none(), "the update ended a bridge");
    ensure!(asides(&published)? == 1, "the bridge that runs was not set aside");
    end_app(&windows);
    drop(bridge.0.stdin.take());
    windows::wait_within(&mut bridge.0, UPDATING)?;

    windows.run(&versions.old, &["/S"])?;
    let app = start(&windows, &home, &display, &[], &folder.join("older.log"))?;
    until("the older version put its bridge back", || {
        Ok(std::fs::read(&published).is_ok_and(|bytes| bytes == older))
    })?;
    until("a bridge that nobody runs any more was removed", || Ok(asides(&published)? == 0))?;
    drop(app);
    end_app(&windows);

    let programs = home.join("AppData/Local/Programs/Bridgekeeper");
    windows.run(&programs.join("uninstall.exe"), &["/S"])?;
    until("the programs are gone", || Ok(!programs.exists()))?;
    ensure!(installed(&windows)?.is_none(), "Windows still lists the program");
    ensure!(published.is_file(), "the bridge that the config names went with the programs");
    Ok(())
}

/// Moves an entry to the bridge, which puts the bridge at its place, and runs it from there.
fn publish_and_run(windows: &Windows, home: &Path) -> Result<Running> {
    let config = home.join("AppData/Roaming/Claude/claude_desktop_config.json");
    std::fs::create_dir_all(config.parent().context("a config in no folder")?)?;
    write(&config, CONFIG)?;
    let console = home.join("AppData/Local/Programs/Bridgekeeper/bridgekeeper.exe");
    let named = Windows::path_of(home, r"AppData\Roaming\Claude\claude_desktop_config.json");
    let (says, _) = windows.says(&console, &["fix-config", &named, "--only", "use-bridge", "--write"])?;
    ensure!(std::fs::read_to_string(&config)?.contains("mcp-bridge.exe"), "nothing was repaired: {says}");
    let mut bridge = windows.command(&home.join(".bridgekeeper/bin/mcp-bridge.exe"))?;
    bridge.arg("http://127.0.0.1:9/mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(bridge.spawn().context("the bridge could not be started")?);
    answers(&mut running.0)?;
    Ok(running)
}

/// The app in the tray, its log in a file. The window cannot open, since Wine has no `WebView2`.
fn start(windows: &Windows, home: &Path, display: &Display, words: &[&str], log: &Path) -> Result<Running> {
    let program = home.join("AppData/Local/Programs/Bridgekeeper/bridgekeeper-desktop.exe");
    println!("$ {} --tray {}", program.display(), words.join(" "));
    let file = || std::fs::File::create(log).with_context(|| log.display().to_string());
    let mut app = windows.command(&program)?;
    app.arg("--tray").args(words).env("DISPLAY", &display.name).env("WINEDLLOVERRIDES", ABSENT);
    let app = app.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file()?).spawn();
    Ok(Running(app.context("the app could not be started")?))
}

/// What the installer begins is no child of ours, and ends with this.
struct App<'a> {
    windows: &'a Windows,
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        end_app(self.windows);
    }
}

fn end_app(windows: &Windows) {
    // One that has ended already cannot be ended
    let _ = windows.says(Path::new("taskkill"), &["/F", "/IM", "bridgekeeper-desktop.exe"]);
}

/// Waits until that is so.
fn until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !is_so()? {
        ensure!(start.elapsed() < UPDATING, "not within {} s: {what}", UPDATING.as_secs());
        std::thread::sleep(Duration::from_millis(500));
    }
    println!("{what}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// The version that Windows lists; `None` where it lists none.
fn installed(windows: &Windows) -> Result<Option<String>> {
    let (says, _) = windows.says(Path::new("reg"), &["query", INSTALLED, "/v", "DisplayVersion"])?;
    let line = says.lines().find(|line| line.contains("DisplayVersion"));
    Ok(line.and_then(|line| line.split_whitespace().last()).map(str::to_owned))
}

/// How many bridges stand set aside beside the published one.
fn asides(published: &Path) -> Result<usize> {
    let folder = published.parent().context("a bridge in no folder")?;
    let entries = std::fs::read_dir(folder)?.flatten();
    Ok(entries.filter(|entry| entry.file_name().to_string_lossy().contains(".old-")).count())
}

/// Puts the authority into this user's store, as a certificate stands in the registry: the kind of the value, its
/// encoding, its length, and the certificate.
fn trust(windows: &Windows, folder: &Path) -> Result<()> {
    let certificate = std::fs::read(folder.join("ca.der"))?;
    let length = u32::try_from(certificate.len())?.to_le_bytes();
    let value = [&[0x20, 0, 0, 0, 1, 0, 0, 0], length.as_slice(), certificate.as_slice()].concat();
    let hex = |bytes: &[u8]| hex(bytes).to_uppercase();
    let thumbprint = std::fs::read(folder.join("ca.sha1"))?;
    let key = format!(r"{TRUSTED}\{}", hex(&thumbprint));
    windows.run(Path::new("reg"), &["add", &key, "/v", "Blob", "/t", "REG_BINARY", "/d", &hex(&value), "/f"])
}

/// Answers every request with the authority's list of certificates that it took back, which Wine insists on. It ends with
/// this program.
fn serve_revocations(list: Vec<u8>) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", CRL_PORT)).context("the port for revocations")?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&response("application/pkix-crl", &list));
        }
    });
    Ok(())
}

fn serve(certificates: &Path, files: &Path) -> Result<Running> {
    let port = PORT.to_string();
    let mut server = Command::new("openssl");
    server
        .args(["s_server", "-quiet", "-HTTP", "-accept", &port, "-cert"])
        .arg(certificates.join("server.crt"));
    server.arg("-key").arg(certificates.join("server.key")).current_dir(files);
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    println!("serving {}", origin());
    Ok(Running(server.spawn().context("openssl could not be started")?))
}

/// A display of its own, for the tray.
struct Display {
    name: String,
    _server: Running,
}

impl Display {
    fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]);
        server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child: Child = server.spawn().context("Xvfb could not be started")?;
        let lines = windows::lines_of(child.stdout.take().context("Xvfb has no output")?);
        let server = Running(child);
        let number = lines.recv_timeout(Duration::from_mins(1)).context("Xvfb names no display")?;
        Ok(Self { name: format!(":{}", number.trim()), _server: server })
    }
}
