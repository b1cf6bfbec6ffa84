//! Secrets that stand in the file moved into the keyring. Only Bridgekeeper's bridge reads them back: in headers,
//! in the variables that these refer to and in the client's description as `${secret:NAME}`, and for a local server by
//! `mcp-bridge exec`. mcp-remote would send such a reference as it is, so its entries move to the bridge as well.

use bridgekeeper_formats::config::{Entry, Text};
use bridgekeeper_formats::edit::{Draft, Edit};
use bridgekeeper_formats::json::{self, Value, quote};
use bridgekeeper_formats::secrets;
use bridgekeeper_mcp_remote::CommandLine;
use bridgekeeper_model::{Applicability, Secret, SecretName};

use super::plan::Strict;
use super::use_bridge::{self, no_bridge};
use super::{Fix, Make, Moved, Offer, Target};
use crate::rules::config::reading::program_name;
use crate::rules::config::secret_in_config::is_plain_secret;

pub(super) static MOVE_SECRET: Fix = Fix {
    id: "move-secret",
    title: "Move secrets from the file into the system's keyring",
    applicability: Applicability::Ask,
    make: Make::Entry(make),
};

const NOTE: &str =
    "The system may ask before it lets the bridge read them; on another computer the entry works no longer.";
const WITH_BRIDGE: &str = "The entry then connects through Bridgekeeper's bridge, because no other can read them \
                           there. The system may ask before it lets it.";

/// Flags of the bridge whose value is a secret.
const SECRET_FLAGS: [&str; 2] = ["--client-secret", "--workload-jwt"];
const CLIENT_INFO: &str = "--static-oauth-client-info";

fn make(target: &Target<'_>) -> Offer {
    let Some(command) = &target.entry.command else { return with_bridge(target) };
    let is_ours = target.facts.bridge.as_ref().is_some_and(|bridge| *bridge == command.value)
        || program_name(&command.value) == "mcp-bridge";
    let starts_exec = target.entry.args.first().is_some_and(|first| first.value == "exec");
    if is_ours && starts_exec {
        return in_exec(target);
    }
    if is_ours {
        return in_bridge(target);
    }
    if target.remote().is_some() { with_bridge(target) } else { local(target, command) }
}

/// An entry that moves to the bridge first.
fn with_bridge(target: &Target<'_>) -> Offer {
    let headers = target.entry.headers.iter().map(|header| (&header.name, &header.value));
    let invocation = target.remote();
    let given = invocation.iter().flat_map(|invocation| &invocation.line.headers);
    let has_secret = plain_variables(target).next().is_some()
        || headers.into_iter().any(|(name, value)| is_plain_secret(&name.value, &value.value))
        || given.into_iter().any(|header| is_plain_secret(&header.name, &header.value));
    if !has_secret {
        return Offer::Nothing;
    }
    if target.facts.client_info.is_some() {
        // The client's own secret would come into the file after this.
        return Offer::Refused(
            "Choose `use-bridge` as well: mcp-remote would send the references as they are.".to_owned(),
        );
    }
    let moved = match use_bridge::make(target) {
        Offer::Edits { edits, .. } => edits,
        Offer::Refused(why) => return Offer::Refused(why),
        Offer::Nothing => return Offer::Nothing,
    };
    let mut draft = Draft::new(target.file.text());
    draft.apply(&moved);
    match Strict::of(draft.text()).offer(make, target.facts, &target.entry.name) {
        Offer::Edits { edits, secrets, .. } => {
            draft.apply(&edits);
            Offer::moving(draft.edits(), secrets, WITH_BRIDGE)
        }
        Offer::Refused(why) => Offer::Refused(why),
        Offer::Nothing => Offer::Nothing,
    }
}

/// Headers, what they refer to, and the client's secret.
fn in_bridge(target: &Target<'_>) -> Offer {
    let mut mover = Mover { target, edits: vec![], moved: vec![] };
    let args = &target.entry.args;
    let line = CommandLine::parse(&target.entry.arguments());
    for header in &line.headers {
        if let Some(text) = args.get(header.index).filter(|_| is_plain_secret(&header.name, &header.value)) {
            let reference = mover.take(&header.name, &header.value);
            // `--header=Name:Value` keeps what stands before the name.
            let before = text.value.split(&header.name).next().unwrap_or_default();
            mover.edits.push(Target::set(text, &format!("{before}{}:{reference}", header.name)));
        }
    }
    for (index, arg) in args.iter().enumerate() {
        let flag = index.checked_sub(1).and_then(|before| args.get(before)).map(|before| &*before.value);
        let (flag, value, attached) = match arg.value.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, value, true),
            _ => (flag.unwrap_or_default(), arg.value.as_str(), false),
        };
        let with = if SECRET_FLAGS.contains(&flag) && is_value(value) {
            Some(mover.take(flag.trim_start_matches('-'), value))
        } else if flag == CLIENT_INFO {
            mover.client_info(value)
        } else {
            None
        };
        if let Some(with) = with {
            let with = if attached { format!("{flag}={with}") } else { with };
            mover.edits.push(Target::set(arg, &with));
        }
    }
    // What nothing refers to is read by the bridge itself, as a proxy's address is.
    let referred = |name: &str| args.iter().any(|arg| arg.value.contains(&format!("${{{name}}}")));
    for (name, value) in plain_variables(target).filter(|(name, _)| referred(&name.value)) {
        let reference = mover.take(&name.value, &value.value);
        mover.edits.push(Target::set(value, &reference));
    }
    mover.offer()
}

/// Variables of a server that is started by the bridge already.
fn in_exec(target: &Target<'_>) -> Offer {
    let mut mover = Mover { target, edits: vec![], moved: vec![] };
    let flags = mover.take_variables();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    if !flags.is_empty() {
        mover.edits.extend(target.insert_args(Some(0), &flags));
    }
    mover.offer()
}

/// A local server, which the bridge starts from then on.
fn local(target: &Target<'_>, command: &Text) -> Offer {
    if plain_variables(target).next().is_none() {
        return Offer::Nothing;
    }
    let Some(bridge) = &target.facts.bridge else { return no_bridge() };
    if !target.entry.misfits.is_empty() {
        return Offer::Refused(
            "The entry has values of a kind that Claude refuses; repair these first.".to_owned(),
        );
    }
    let mut mover = Mover { target, edits: vec![Target::set(command, bridge)], moved: vec![] };
    let mut args = vec!["exec".to_owned()];
    args.extend(mover.take_variables());
    args.extend(["--".to_owned(), command.value.clone()]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    mover.edits.extend(target.insert_args(None, &args));
    mover.offer()
}

fn is_value(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(['@', '-']) && !secrets::is_reference(text)
}

/// The variables of `env` that hold a secret.
fn plain_variables<'t>(target: &Target<'t>) -> impl Iterator<Item = (&'t Text, &'t Text)> {
    let variables = target.entry.env.iter().map(|variable| (&variable.name, &variable.value));
    variables.filter(|(name, value)| is_plain_secret(&name.value, &value.value))
}

/// Collects what moves out of one entry.
struct Mover<'t> {
    target: &'t Target<'t>,
    edits: Vec<Edit>,
    moved: Vec<Moved>,
}

impl Mover<'_> {
    /// Takes a value over and gives the reference that stands in its place.
    fn take(&mut self, what: &str, value: &str) -> String {
        self.name_of(what, value).reference()
    }

    fn name_of(&mut self, what: &str, value: &str) -> SecretName {
        let name = self.free_name(what);
        self.moved.push(Moved { name: name.clone(), value: Secret::new(value) });
        name
    }

    /// Takes the variables of `env` over and gives the flags of `exec` that stand in their place.
    fn take_variables(&mut self) -> Vec<String> {
        let target = self.target;
        let variables: Vec<(&Text, &Text)> = plain_variables(target).collect();
        let mut flags = Vec::new();
        for (name, value) in &variables {
            let secret = self.name_of(&name.value, &value.value);
            flags.extend(["--env".to_owned(), format!("{}=secret:{secret}", name.value)]);
        }
        let names: Vec<&str> = variables.iter().map(|(name, _)| name.value.as_str()).collect();
        let all_go = target.entry.env.iter().all(|variable| names.contains(&variable.name.value.as_str()));
        self.edits.extend(if all_go {
            target.remove_keys(&["env"])
        } else {
            target.remove_variables(&names)
        });
        flags
    }

    /// The client's description with its secret taken over.
    fn client_info(&mut self, text: &str) -> Option<String> {
        let parsed = json::parse(text);
        let Some(Value::Object(object)) = parsed.root.as_ref().map(|root| &root.value) else { return None };
        let member = object.get("client_secret").filter(|_| parsed.is_strict())?;
        let value = member.value.as_str().filter(|value| is_value(value))?;
        let reference = self.take("client_secret", value);
        let mut filled = text.to_owned();
        filled.replace_range(member.value.span.clone(), &quote(&reference));
        Some(filled)
    }

    /// `server.what`, with a number behind it where that is taken.
    fn free_name(&self, what: &str) -> SecretName {
        let in_file: Vec<SecretName> = self.target.file.servers().iter().flat_map(Entry::secrets).collect();
        let is_taken = |name: &SecretName| {
            self.target.facts.secrets.contains(name)
                || in_file.contains(name)
                || self.moved.iter().any(|moved| moved.name == *name)
        };
        let wanted = SecretName::made_of(self.target.entry.name.as_str(), what);
        let (mut name, mut number) = (wanted.clone(), 1);
        while is_taken(&name) {
            number += 1;
            name = wanted.numbered(number);
        }
        name
    }

    fn offer(self) -> Offer {
        if self.moved.is_empty() { Offer::Nothing } else { Offer::moving(self.edits, self.moved, NOTE) }
    }
}
