//! `mcp-bridge exec`: a local server started with secrets in its environment that stand in no file.
//!
//! On Unix the server takes this process's place, so that its exit status, its signals and its standard streams are
//! its own. Windows has nothing of the kind: there this process waits for it and ends as it does.
//!
//! Deliberately absent: a shell, and any look at what the two sides say to each other.

#[cfg(unix)]
mod unix;
#[cfg(any(windows, test))]
mod windows;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::Command;

#[cfg(unix)]
use self::unix::run;
#[cfg(windows)]
use self::windows::run;
use bridgekeeper_model::{Secret, SecretName};
use bridgekeeper_vault::Keyring;

use crate::secrets::{self, SecretError};

/// A program to start, and the secrets that its environment gets.
#[derive(Debug, Clone)]
pub struct Exec {
    variables: Vec<(String, SecretName)>,
    program: OsString,
    args: Vec<OsString>,
    keyring: Keyring,
}

/// What a command line behind `exec` asks for.
#[derive(Debug)]
pub enum ExecCall {
    /// Print the help.
    Help,
    /// Start a program.
    Start(Box<Exec>),
}

/// Why no program was started.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// The command line cannot be read. Its words are not repeated: they may be secrets.
    #[error(
        "{0}. Usage: mcp-bridge exec --env KEY=secret:NAME -- COMMAND [ARG…]; see mcp-bridge exec --help"
    )]
    Usage(&'static str),
    /// There is a secret that cannot be had.
    #[error("{0}. {next}", next = .0.next_step())]
    Secret(#[from] SecretError),
    /// The program cannot be started.
    #[error("{} cannot be started: {source}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ExecError {
    /// The exit status, as `env` gives it: 127 where there is no such program, 126 where it does not start, 125 for
    /// what is wrong on this side.
    pub fn status(&self) -> u8 {
        match self {
            Self::Start { source, .. } if source.kind() == io::ErrorKind::NotFound => 127,
            Self::Start { .. } => 126,
            Self::Usage(_) | Self::Secret(_) => 125,
        }
    }
}

impl Exec {
    /// Reads the arguments behind `exec`. `home` is the user's, where `--home` names no other; `environment`
    /// may name another keyring.
    pub fn parse(
        args: &[OsString],
        home: Option<PathBuf>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<ExecCall, ExecError> {
        let mut home = home;
        let mut variables = Vec::new();
        let mut args = args.iter();
        let program = loop {
            let Some(arg) = args.next() else {
                return Err(ExecError::Usage("no command is given behind --"));
            };
            // Only what stands behind the command may be other than text.
            let text = arg.to_str().unwrap_or_default();
            let (flag, attached) = match text.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(OsString::from(value))),
                _ => (text, None),
            };
            match flag {
                "--help" | "-h" => return Ok(ExecCall::Help),
                "--" => {
                    break args.next().ok_or(ExecError::Usage("no command is given behind --"))?;
                }
                "--env" => {
                    let value = attached.or_else(|| args.next().cloned());
                    variables.push(variable(&value.unwrap_or_default())?);
                }
                "--home" => {
                    let value = attached.or_else(|| args.next().cloned());
                    home = Some(value.ok_or(ExecError::Usage("--home needs a folder"))?.into());
                }
                _ if flag.starts_with('-') => return Err(ExecError::Usage("a flag before -- is unknown")),
                _ => break arg,
            }
        };
        Ok(ExecCall::Start(Box::new(Self {
            variables,
            program: program.clone(),
            args: args.cloned().collect(),
            keyring: secrets::keyring(home.as_deref(), environment),
        })))
    }

    /// Starts the program. Comes back where it could not be started; on Windows also with its exit status when it has
    /// ended.
    pub fn start(&self) -> Result<i32, ExecError> {
        let secrets = self.secrets()?;
        let set_up = |command: &mut Command| {
            // It opens every secret; the program gets those that it was given.
            command.args(&self.args).env_remove(Keyring::PASSPHRASE);
            command.envs(secrets.iter().map(|(variable, secret)| (variable, secret.expose())));
        };
        let program = || PathBuf::from(&self.program);
        run(&self.program, set_up).map_err(|source| ExecError::Start { program: program(), source })
    }

    /// The secret of each variable. Without one the keyring is not asked.
    fn secrets(&self) -> Result<Vec<(String, Secret)>, SecretError> {
        let read = |(variable, name): &(String, SecretName)| {
            secrets::read(&self.keyring, name).map(|secret| (variable.clone(), secret))
        };
        self.variables.iter().map(read).collect()
    }
}

/// `KEY=secret:NAME`.
fn variable(text: &OsStr) -> Result<(String, SecretName), ExecError> {
    const WRONG: ExecError = ExecError::Usage("--env takes KEY=secret:NAME, and no value itself");
    let (key, reference) = text.to_str().and_then(|text| text.split_once('=')).ok_or(WRONG)?;
    let name = SecretName::of_variable(reference).ok_or(WRONG)?;
    let name = name.map_err(SecretError::NotAName)?;
    if key.is_empty() || key.contains('\0') {
        return Err(WRONG);
    }
    Ok((key.to_owned(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<ExecCall, ExecError> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        Exec::parse(&args, None, |_| None)
    }

    #[test]
    fn what_stands_behind_the_command_is_the_commands() {
        for args in [
            &["--env", "KEY=secret:a.b", "--env=K=secret:c", "--", "run", "--env", "X=1", "--", "y"][..],
            &["--env=KEY=secret:a.b", "--env", "K=secret:c", "run", "--env", "X=1", "--", "y"],
        ] {
            let Ok(ExecCall::Start(exec)) = parse(args) else { panic!("{args:?}") };
            assert_eq!(exec.program, "run");
            assert_eq!(exec.args, ["--env", "X=1", "--", "y"]);
            let variables: Vec<_> =
                exec.variables.iter().map(|(key, name)| format!("{key} {name}")).collect();
            assert_eq!(variables, ["KEY a.b", "K c"]);
        }
        assert!(matches!(parse(&["--help"]), Ok(ExecCall::Help)));
        assert!(matches!(parse(&["--", "x", "--help"]), Ok(ExecCall::Start(_))));
    }

    #[test]
    fn what_cannot_be_read_is_told_without_repeating_it() {
        for args in [
            &["--env", "KEY=k29f3aa81c", "--", "run"][..],
            &["--env", "k29f3aa81c", "--", "run"],
            &["--env", "=secret:k29f3aa81c", "run"],
            &["--env", "KEY=secret:k29f3aa81c/", "run"],
            &["--k29f3aa81c", "--", "run"],
            &["--env", "KEY=secret:a", "--"],
            &["--env", "KEY=secret:a"],
            &[],
        ] {
            let error = parse(args).expect_err("no command line");
            assert_eq!(error.status(), 125);
            assert!(!error.to_string().contains("k29f3aa81c"), "{error}");
        }
    }
}
