use std::fmt::Write as _;

use bridgekeeper_engine::accounts::{
    Import, ImportDone, Importable, KeyringView, OldFiles, Revocation, SignInState, SignInView, SignInsView,
    SignOut, SignedIn, SignedOut,
};

use bridgekeeper_engine::reset::age;
use bridgekeeper_model::ServerName;

use super::style::{DIM, GOOD, TITLE, WARNING, painted};
use super::{Setting, counted, shell_word};

/// Where to sign in.
pub(crate) fn invitation(url: &str, code: Option<&str>, in_browser: bool) -> String {
    let how = if in_browser {
        "The browser shows where to sign in. If it does not, open:"
    } else {
        "Open this address in a browser:"
    };
    let mut text = format!("{how}\n  {url}\n");
    if let Some(code) = code {
        let _ = writeln!(text, "and enter the code {}", painted(TITLE, code));
    }
    text
}

/// What came of a sign-in.
pub(crate) fn signed_in(signed_in: &SignedIn) -> String {
    match signed_in {
        SignedIn::Kept(kept) => {
            let title = painted(GOOD, "✓ Signed in. Every mcp-bridge of this user uses it.");
            format!("{title}\n{}", details(kept))
        }
        SignedIn::NotNeeded { server } => {
            format!("{} {server} lets everybody in; nothing was kept.\n", painted(GOOD, "✓"))
        }
    }
}

/// What signing out would end.
pub(crate) fn would_sign_out(plan: &SignOut, again: &str, setting: Setting<'_>) -> String {
    let mut text = format!("{}\n{}", painted(TITLE, "This would end:"), details(&plan.sign_in));
    match &plan.revoked_at {
        Some(address) => {
            let _ = writeln!(text, "The tokens are taken back at {address}.");
        }
        None => text.push_str(
            "The server offers no revocation: a copy of the token stays good until it ends by itself.\n",
        ),
    }
    let _ = writeln!(text, "{} This cannot be undone.", painted(WARNING, "!"));
    let _ = writeln!(text, "To do it:\n  {}", setting.command(again));
    text
}

/// What signing out did.
pub(crate) fn signed_out(plan: &SignOut, done: &SignedOut) -> String {
    let server = &plan.sign_in.server;
    let title = painted(GOOD, &format!("✓ Signed out of {server}: the keyring holds nothing of it."));
    match (done.revocation, &done.why) {
        (Revocation::Done, _) => format!("{title}\nThe server took the tokens back.\n"),
        (Revocation::NotOffered, _) => format!(
            "{title}\nThe server offers no revocation: a copy of the token stays good until it ends by itself.\n"
        ),
        (Revocation::Failed, why) => format!(
            "{title}\n{} The server did not take the tokens back: {}\n",
            painted(WARNING, "!"),
            why.as_deref().unwrap_or("it did not say why"),
        ),
    }
}

/// Every sign-in.
pub(crate) fn sign_ins(kept: &SignInsView, setting: Setting<'_>) -> String {
    let mut text = keyring(&kept.keyring);
    if kept.sign_ins.is_empty() {
        let command = setting.command("sign-in NAME");
        let _ = write!(text, "Nobody is signed in anywhere.\nTo sign in:\n  {command}\n");
        return text;
    }
    text.extend(kept.sign_ins.iter().map(|kept| details(kept) + "\n"));
    if kept.sign_ins.iter().any(|kept| kept.state == SignInState::Importable) {
        let _ = writeln!(text, "To take over what mcp-remote keeps:\n  {}", setting.command("import"));
    }
    if kept.keyring.problem.is_some() {
        return text;
    }
    let waits = |kept: &&SignInView| kept.state.needs_sign_in() && kept.state != SignInState::NotUsable;
    if let Some(first) = kept.sign_ins.iter().find(waits) {
        let server = first.names.first().map_or(first.server.as_str(), |name| name.as_str());
        let account = match first.account.as_str() {
            "" => String::new(),
            account => format!(" --account {}", shell_word(account)),
        };
        let command = setting.command(&format!("sign-in {}{account}", shell_word(server)));
        let _ = writeln!(text, "To sign in again:\n  {command}");
    }
    text
}

/// What an import would take over.
pub(crate) fn importable(
    import: &Import,
    old_files: OldFiles,
    claude_runs: Option<bool>,
    setting: Setting<'_>,
) -> String {
    let (goes, stays): (Vec<&Importable>, Vec<&Importable>) =
        import.items.iter().partition(|item| item.why_not.is_none());
    if import.items.is_empty() {
        return "mcp-remote keeps no sign-in of a server in Claude's config.\n".to_owned();
    }
    let mut text = String::new();
    if !goes.is_empty() {
        let title = format!("This would take over {}:", counted(goes.len(), "sign-in", "sign-ins"));
        let _ = writeln!(text, "{}", painted(TITLE, &title));
        text.extend(goes.iter().map(|item| item_lines(item, setting)));
        text.push_str(match old_files {
            OldFiles::Retire => {
                "\nThe tokens go into the keyring, and mcp-remote's files into quarantine: two users of one sign-in log\n\
                 each other out. `undo` puts the files back for 30 days. --share leaves them and keeps both in step.\n"
            }
            OldFiles::Share => {
                "\nThe tokens go into the keyring. mcp-remote's files stay as they are, readable by every program of\n\
                 this user; what one of the two renews, the other uses.\n"
            }
        });
        let retires = old_files == OldFiles::Retire;
        if retires && claude_runs == Some(true) && goes.iter().any(|item| !item.not_moved.is_empty()) {
            let _ = writeln!(
                text,
                "{} Quit Claude first: its mcp-remote uses these tokens.",
                painted(WARNING, "!")
            );
        }
    }
    if !stays.is_empty() {
        let _ = writeln!(text, "{}", painted(TITLE, "Stays:"));
        text.extend(stays.iter().map(|item| item_lines(item, setting)));
    }
    text
}

/// What an import took over.
pub(crate) fn imported(
    import: &Import,
    done: &ImportDone,
    old_files: OldFiles,
    setting: Setting<'_>,
) -> String {
    let mut text = String::new();
    for one in &done.items {
        match &one.failed {
            None => {
                let _ = writeln!(text, "{} {} is signed in.", painted(GOOD, "✓"), one.server);
            }
            Some(why) => {
                let _ = writeln!(text, "{} {} was left: {why}", painted(WARNING, "!"), one.server);
            }
        }
        for path in &one.left {
            let path = setting.path(path);
            let _ = writeln!(text, "  {path} could not be set aside: remove it, or both log each other out.");
        }
    }
    if let Some(why) = &done.kept_plain {
        let _ = writeln!(text, "{} The files in quarantine are not encrypted: {why}", painted(WARNING, "!"));
    }
    let moved = |item: &&Importable| {
        old_files == OldFiles::Retire
            && done.items.iter().any(|one| one.failed.is_none() && one.server == item.server)
    };
    let waiting: Vec<&str> =
        import.items.iter().filter(moved).flat_map(|item| &item.not_moved).map(ServerName::as_str).collect();
    if !waiting.is_empty() {
        let command = setting.command("fix-config FILE --only use-bridge --write");
        let names = waiting.join(", ");
        let _ = writeln!(
            text,
            "{names} would sign in anew as long as mcp-remote is started. To move:\n  {command}"
        );
    }
    if let Some(entry) = &done.entry {
        let command = setting.command(&format!("undo {} --yes", entry.id));
        let _ = writeln!(text, "To put mcp-remote's files back:\n  {command}");
    }
    text
}

fn item_lines(item: &Importable, setting: Setting<'_>) -> String {
    let names: Vec<&str> = item.names.iter().map(ServerName::as_str).collect();
    let mut text = format!("  {}  {}\n", painted(TITLE, &names.join(", ")), item.server);
    let age = item.age_s.map(age).unwrap_or_default();
    let renewed = if item.renewable { "renewable" } else { "not renewable" };
    let files = counted(item.files.len(), "file", "files");
    let _ = writeln!(text, "    {} ({age}, {renewed}; {files} in all)", setting.path(&item.path));
    if let Some(why) = &item.why_not {
        let _ = writeln!(text, "    {}", painted(WARNING, why));
    } else if !item.shared_with.is_empty() {
        let others: Vec<String> = item.shared_with.iter().map(ToString::to_string).collect();
        let others = format!("{} will have to sign in again", others.join(", "));
        let _ = writeln!(text, "    {}", painted(WARNING, &others));
    }
    text
}

/// What keeps everything from being read.
fn keyring(keyring: &KeyringView) -> String {
    let Some(message) = &keyring.message else { return String::new() };
    let title = painted(WARNING, &format!("! {message}: sign-ins can be neither read nor kept."));
    let next = keyring.next.as_ref().map(|next| format!("  {next}\n")).unwrap_or_default();
    format!("{title}\n{next}\n")
}

/// Glyph, server and account; what is known below.
fn details(kept: &SignInView) -> String {
    let (glyph, words, style) = match kept.state {
        SignInState::SignedIn => ("✓", "signed in", GOOD),
        SignInState::Ends => ("✓", "signed in; nothing renews it", GOOD),
        SignInState::Renews => ("✓", "renewed at the next request", GOOD),
        SignInState::Ended => ("!", "has ended: sign in again", WARNING),
        SignInState::Registered => ("!", "registered, nobody is signed in", WARNING),
        SignInState::Unreadable => ("?", "cannot be read", WARNING),
        SignInState::Pending => ("!", "waits for somebody to sign in", WARNING),
        SignInState::Wanted => ("!", "the server asks for a sign-in", WARNING),
        SignInState::Never => ("·", "nobody has signed in", DIM),
        SignInState::Importable => ("·", "signed in with mcp-remote", DIM),
        SignInState::OwnToken => ("·", "the entry sends a token of its own", DIM),
        SignInState::Off => ("·", "the entry says --no-auth", DIM),
        SignInState::NotUsable => ("!", "the entry cannot be used", WARNING),
    };
    let mut text = format!("{} {}", painted(style, glyph), painted(TITLE, &kept.server));
    if !kept.account.is_empty() {
        let _ = write!(text, " ({})", kept.account);
    }
    let _ = writeln!(text, "  {}", painted(style, words));
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "  {} {value}", painted(DIM, &format!("{name:<10}")));
        }
    };
    let names: Vec<&str> = kept.names.iter().map(ServerName::as_str).collect();
    let moment = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    line("entries", Some(names.join(", ")));
    line("who", kept.who.clone());
    line("issuer", kept.issuer.clone());
    line("scopes", kept.scopes.as_ref().map(|scopes| scopes.join(" ")));
    line("token ends", kept.expires_at.map(moment));
    line("refreshed", kept.refreshed_at.map(moment));
    let failure = kept.failure.as_ref();
    line("failed", failure.map(|failure| format!("{}: {}", moment(failure.at), failure.why)));
    line("problem", kept.problem.clone());
    line("sign in at", kept.link.as_ref().map(|link| link.url.clone()));
    let import = kept.import.as_ref();
    line(
        "mcp-remote",
        import.map(|import| match &import.why_not {
            None => "its sign-in can be taken over".to_owned(),
            Some(why) => format!("its sign-in stays: {why}"),
        }),
    );
    line("shared", kept.shared_with.as_ref().map(|_| "renewed together with mcp-remote".to_owned()));
    text
}
