//! `add`: a server from whatever a page gives, shown whole before it is written.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bridgekeeper_engine::add::{self, Extension, KeepSecrets, Offered, Risk};
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{AddServer, SecretsTo};
use crate::edit::{Edited, Edits};
use crate::failure::Failure;
use crate::print::{self, shell_word};

/// Bytes of a file or of standard input that could still be an entry.
const LONGEST: u64 = 1_000_000;
/// What becomes of an extension: nothing here.
const NEXT: &str = "Claude installs extensions itself, under Settings > Extensions, and asks for their settings there. Bridgekeeper writes nothing.";
/// What is longer is not repeated in the command to type.
const SHORT: usize = 120;

/// What it prints.
#[derive(Serialize)]
struct Added<'a> {
    name: &'a str,
    /// All of it as it was offered, as JSON.
    payload: &'a str,
    risks: &'a [Risk],
    offered: &'a [String],
    #[serde(flatten)]
    edited: Edited<'a>,
}

/// What it prints of the bundle of an extension.
#[derive(Serialize)]
struct Described<'a> {
    extension: &'a Extension,
    next: &'a str,
}

impl Edits<'_> {
    pub(crate) fn add(&self, call: &AddServer) -> Result<Answer, Failure> {
        let path = Path::new(&call.what);
        if path.is_file() && Extension::is_bundle(path) {
            return self.describe(path, call);
        }
        let text = text(&call.what)?;
        let offers = add::read(&text).map_err(|why| {
            Failure::new("not-understood", why.to_string(), why.next_step().map(ToOwned::to_owned))
        })?;
        let offered = chosen(&offers, call.server.as_deref())?;
        let name = call.name.as_deref().unwrap_or(&offered.name);
        let keep = match call.secrets {
            SecretsTo::Keyring => KeepSecrets::Keyring,
            SecretsTo::File => KeepSecrets::File,
        };
        let plan = || self.engine.plan_add(name, &offered.server, keep, self.secrets());
        let (change, made) = self.carry_out(plan()?, plan, call.go, &command(call))?;
        let home = self.engine.context().home.root().display().to_string();
        let risks = add::risks(&offered.server, &home);
        let payload = add::payload(&offered.server, self.secrets());
        let text =
            if call.go.yes { change } else { print::offered(name, &payload, &risks, offered) + &change };
        let added =
            Added { name, payload: &payload, risks: &risks, offered: &offered.notes, edited: made.told() };
        Ok(Answer::new(&added, text, made.left())?)
    }
}

impl Edits<'_> {
    /// An extension is shown like an entry. Claude installs it, so that nothing is written here.
    fn describe(&self, bundle: &Path, call: &AddServer) -> Result<Answer, Failure> {
        let home = self.engine.context().home.root().display().to_string();
        let extension = Extension::open(bundle, &home)
            .map_err(|why| Failure::new("not-understood", format!("{}: {why}", call.what), None))?;
        if call.go.yes {
            let why = format!("{} is an extension", extension.name);
            return Err(Failure::new("not-possible", why, Some(NEXT.to_owned())));
        }
        let described = Described { extension: &extension, next: NEXT };
        Ok(Answer::new(&described, print::extension(&extension, NEXT), Left::Nothing)?)
    }
}

/// What is to be read: it, or what stands in the file of that name, or standard input.
fn text(what: &str) -> Result<String, Failure> {
    let path = Path::new(what);
    let unreadable =
        |error: std::io::Error| Failure::new("unreadable", format!("could not read {what}: {error}"), None);
    let input: Box<dyn Read> = match what {
        "-" => Box::new(std::io::stdin().lock()),
        _ if path.is_file() => Box::new(File::open(path).map_err(unreadable)?),
        _ if names_document(path) => {
            let next = "name a file that is there, or paste its text with `add -`".to_owned();
            return Err(Failure::new("no-such-file", format!("{what} does not exist"), Some(next)));
        }
        _ => return Ok(what.to_owned()),
    };
    let mut text = String::new();
    input.take(LONGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::new("unreadable", format!("{what} is too large for an entry"), None));
    }
    Ok(text)
}

/// Whether this is meant as a file with an entry in it, and no command: nobody starts a `.json`.
fn names_document(path: &Path) -> bool {
    path.extension().is_some_and(|end| ["json", "jsonc", "txt", "md"].iter().any(|known| end == *known))
        && !path.as_os_str().to_string_lossy().contains([' ', '{'])
}

fn chosen<'a>(offers: &'a [Offered], server: Option<&str>) -> Result<&'a Offered, Failure> {
    let names: Vec<&str> = offers.iter().map(|one| one.name.as_str()).collect();
    let which = || {
        Some(format!(
            "say which: --server {}",
            names.iter().map(|name| shell_word(name)).collect::<Vec<_>>().join(" or --server ")
        ))
    };
    match (server, offers) {
        (None, [one]) => Ok(one),
        (None, _) => {
            Err(Failure::new("not-possible", format!("{} servers are offered", names.len()), which()))
        }
        (Some(server), _) => offers
            .iter()
            .find(|one| one.name == server)
            .ok_or_else(|| Failure::new("not-possible", format!("no server `{server}` is offered"), which())),
    }
}

/// The command to type, without a text that is long or may hold a secret.
fn command(call: &AddServer) -> String {
    let is_place = call.what == "-" || Path::new(&call.what).is_file() || add::is_url(&call.what);
    let is_plain = is_place && call.what.len() <= SHORT && !call.what.contains(['?', '@']);
    let what = if is_plain { shell_word(&call.what) } else { "\u{2026}".to_owned() };
    let option = |name: &str, value: Option<&String>| {
        value.map(|value| format!(" --{name} {}", shell_word(value))).unwrap_or_default()
    };
    let secrets = if call.secrets == SecretsTo::File { " --secrets file" } else { "" };
    format!(
        "add {what}{}{}{secrets}",
        option("server", call.server.as_ref()),
        option("name", call.name.as_ref())
    )
}
