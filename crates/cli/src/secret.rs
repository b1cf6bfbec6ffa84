//! `secrets`: names are shown, values never.

use std::io::{IsTerminal as _, Read as _};

use bridgekeeper_engine::{Engine, NamedSecret};
use bridgekeeper_model::{Secret, SecretName};
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::SecretAct;
use crate::failure::Failure;
use crate::print::{self, Setting};

/// Longest value that is read, in bytes.
const LONGEST: u64 = 1 << 20;

pub(crate) fn answer(engine: &Engine, act: &SecretAct, setting: Setting<'_>) -> Result<Answer, Failure> {
    match act {
        SecretAct::List => list(engine, setting),
        SecretAct::Set { name } => {
            let name = named(name)?;
            engine.set_secret(&name, &value(&name)?)?;
            done(&name, &print::secret_set(&name))
        }
        SecretAct::Remove { name, go } => {
            let name = named(name)?;
            let known = engine.secrets().into_iter().find(|secret| secret.name == name);
            let Some(secret) = known.filter(|secret| secret.kept) else {
                let next = "`bridgekeeper secrets list` lists those that there are";
                return Err(Failure::new(
                    "no-such-secret",
                    format!("there is no secret `{name}`"),
                    Some(next.into()),
                ));
            };
            if !go.yes && !secret.used_by.is_empty() {
                let message = format!("{} needs the secret `{name}`", print::users(&secret));
                let next = "add --yes to remove it all the same; this cannot be undone";
                return Err(Failure::new("secret-in-use", message, Some(next.to_owned())));
            }
            engine.remove_secret(&name)?;
            done(&name, &print::secret_removed(&name))
        }
    }
}

fn list(engine: &Engine, setting: Setting<'_>) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Listed<'a> {
        secrets: &'a [NamedSecret],
    }
    let secrets = engine.secrets();
    let left = Left::when(secrets.iter().any(|secret| !secret.kept));
    Ok(Answer::new(&Listed { secrets: &secrets }, print::secrets(&secrets, setting), left)?)
}

fn done(name: &SecretName, text: &str) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Done<'a> {
        name: &'a SecretName,
        reference: String,
    }
    Ok(Answer::new(&Done { name, reference: name.reference() }, text.to_owned(), Left::Nothing)?)
}

fn named(text: &str) -> Result<SecretName, Failure> {
    text.parse().map_err(|error: bridgekeeper_model::NotASecretName| {
        Failure::new("not-a-name", error.to_string(), None)
    })
}

/// From a hidden prompt on a terminal, else all of standard input without the end of its last line.
fn value(name: &SecretName) -> Result<Secret, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::new("unreadable", format!("the value could not be read: {error}"), None)
    };
    let stdin = std::io::stdin();
    let typed = if stdin.is_terminal() {
        rpassword::prompt_password(format!("Value of {name} (it is not shown): ")).map_err(unreadable)?
    } else {
        let mut text = String::new();
        stdin.lock().take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
        text
    };
    let text = typed.strip_suffix('\n').unwrap_or(&typed);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        let next = "give it on standard input, or type it when asked";
        return Err(Failure::new("no-value", "the value is empty".to_owned(), Some(next.to_owned())));
    }
    Ok(Secret::new(text))
}
