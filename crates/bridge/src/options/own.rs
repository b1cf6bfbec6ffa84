//! The flags that mcp-remote does not have. They may stand anywhere.

use std::path::PathBuf;

use bridgekeeper_oauth::TokenBinding;

/// Whether a person is asked to sign in, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum WantsSignIn {
    /// A browser is opened.
    #[default]
    InBrowser,
    /// `--no-browser`: the link is told.
    ByLink,
    /// `--no-auth`.
    No,
}

/// Their values.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) home: Option<PathBuf>,
    pub(super) ca_files: Vec<PathBuf>,
    pub(super) ca_only: bool,
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) client_key: Option<PathBuf>,
    pub(super) timeout: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) allowed_tools: Vec<String>,
    pub(super) log_file: Option<PathBuf>,
    pub(super) sign_in: WantsSignIn,
    pub(super) account: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<String>,
    pub(super) private_key: Option<PathBuf>,
    pub(super) ema_context: Option<PathBuf>,
    pub(super) workload_jwt: Option<String>,
    pub(super) binding: Option<TokenBinding>,
}

/// Takes our own flags out, so that mcp-remote's rules hold for the rest. Comes with the rest, and with warnings.
pub(super) fn take_own(args: &[String]) -> (Own, Vec<String>, Vec<String>) {
    let (mut own, mut rest, mut warnings) = (Own::default(), Vec::new(), Vec::new());
    let mut args = args.iter();
    while let Some(argument) = args.next() {
        let (flag, attached) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        match flag {
            "--ca-only" => own.ca_only = true,
            "--no-auth" => own.sign_in = WantsSignIn::No,
            "--no-browser" if own.sign_in == WantsSignIn::InBrowser => own.sign_in = WantsSignIn::ByLink,
            "--no-browser" => {}
            "--dpop" => own.binding = Some(TokenBinding::DPoP),
            "--home" | "--ca-file" | "--client-cert" | "--client-key" | "--timeout" | "--protocol"
            | "--allow-tool" | "--log-file" | "--account" | "--scope" | "--client-id" | "--client-secret"
            | "--private-key" | "--ema-context" | "--workload-jwt" => {
                match attached.or_else(|| args.next().cloned()) {
                    Some(value) => own.set(flag, value),
                    None => warnings.push(format!("{flag} needs a value and is ignored without one")),
                }
            }
            _ => rest.push(argument.clone()),
        }
    }
    (own, rest, warnings)
}

impl Own {
    fn set(&mut self, flag: &str, value: String) {
        match flag {
            "--home" => self.home = Some(value.into()),
            "--ca-file" => self.ca_files.push(value.into()),
            "--client-cert" => self.client_certificate = Some(value.into()),
            "--client-key" => self.client_key = Some(value.into()),
            "--protocol" => self.protocol = Some(value),
            "--allow-tool" => self.allowed_tools.push(value),
            "--log-file" => self.log_file = Some(value.into()),
            "--account" => self.account = Some(value),
            "--scope" => self.scope = Some(value),
            "--client-id" => self.client_id = Some(value),
            "--client-secret" => self.client_secret = Some(value),
            "--private-key" => self.private_key = Some(value.into()),
            "--ema-context" => self.ema_context = Some(value.into()),
            "--workload-jwt" => self.workload_jwt = Some(value),
            _ => self.timeout = Some(value),
        }
    }
}
