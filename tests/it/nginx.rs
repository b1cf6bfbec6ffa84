//! A server behind nginx: with its default settings, which hold events back, and with TLS.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use bridgekeeper_testkit::network::closed_port;
use bridgekeeper_testkit::tls::CertificateFiles;
use bridgekeeper_tests::workspace;
use tempfile::TempDir;

const START: Duration = Duration::from_secs(20);

/// nginx before one server, for as long as this lives.
pub(crate) struct Nginx {
    child: Child,
    scheme: &'static str,
    address: SocketAddr,
    // Its log and buffers lie there.
    _folder: TempDir,
}

impl Nginx {
    /// Starts it; `None`, and a word on the terminal, where it is not installed. `settings` go into its `location`.
    pub(crate) fn before(server: SocketAddr, settings: &str) -> Option<Self> {
        Self::start(server, settings, None)
    }

    /// The same with TLS. The files must stay until it has started.
    pub(crate) fn before_with_tls(
        server: SocketAddr,
        settings: &str,
        certificate: &CertificateFiles,
    ) -> Option<Self> {
        Self::start(server, settings, Some(certificate))
    }

    #[expect(clippy::disallowed_methods, reason = "a config in a folder of the test's own")]
    fn start(server: SocketAddr, settings: &str, certificate: Option<&CertificateFiles>) -> Option<Self> {
        let Some(program) = installed() else {
            eprintln!("skipped: nginx is not installed; `cargo xtask test` takes it from Debian");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let address = closed_port().expect("a free port");
        let config = folder.path().join("nginx.conf");
        std::fs::write(&config, config_for(server, address, settings, certificate)).expect("a config");
        let mut child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "stderr"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("nginx starts");
        let log = BufReader::new(child.stderr.take().expect("the pipe was asked for"));
        let (sender, started) = mpsc::channel();
        std::thread::spawn(move || {
            let mut seen = Vec::new();
            for line in log.lines().map_while(Result::ok) {
                // It says so once its sockets are open.
                if line.contains("getrlimit(RLIMIT_NOFILE)") {
                    let _ = sender.send(Ok(()));
                }
                seen.push(line);
            }
            let _ = sender.send(Err(seen.join("\n")));
        });
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let nginx = Self { child, scheme, address, _folder: folder };
        started.recv_timeout(START).expect("nginx says that it has started").expect("nginx runs");
        Some(nginx)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn installed() -> Option<PathBuf> {
    let unpacked = workspace().join("target/fixtures/nginx/usr/sbin/nginx");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("nginx"))
        .chain([PathBuf::from("/usr/sbin/nginx"), unpacked])
        .find(|program| program.is_file())
}

/// One process, so that it ends with its handle.
fn config_for(
    server: SocketAddr,
    address: SocketAddr,
    settings: &str,
    certificate: Option<&CertificateFiles>,
) -> String {
    let listen = certificate.map_or_else(
        || format!("listen {address};\n"),
        |files| {
            let (certificate, key) = (files.certificate().display(), files.key().display());
            format!("listen {address} ssl;\nssl_certificate {certificate};\nssl_certificate_key {key};\n")
        },
    );
    format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr notice;\nevents {{}}\nhttp {{\n\
         access_log off;\nclient_body_temp_path body;\nproxy_temp_path proxy;\nfastcgi_temp_path fastcgi;\n\
         uwsgi_temp_path uwsgi;\nscgi_temp_path scgi;\n\
         server {{\n{listen}location / {{\nproxy_pass http://{server};\n{settings}\n}}\n}}\n}}\n"
    )
}
