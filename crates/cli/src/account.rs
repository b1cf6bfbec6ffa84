//! `sign-in`, `sign-out` and `sign-ins`.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_engine::Engine;
use bridgekeeper_engine::accounts::{
    AccountError, Importable, Imported, OldFiles, Revocation, SignInCall, SignInStep, SignInView, SignedIn,
    SignedOut, Stop, SystemBrowser, Way,
};
use bridgekeeper_model::chain;
use serde::Serialize;

use crate::answer::{Answer, Left};
use crate::arguments::{Everywhere, Import, SignIn, SignInWay, SignOut};
use crate::failure::Failure;
use crate::print::{self, Setting};
use crate::progress::Progress;
use crate::terminal;

pub(crate) fn sign_in(engine: &Engine, call: &SignIn, everywhere: &Everywhere) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Signed<'a> {
        needed: bool,
        sign_in: Option<&'a SignInView>,
    }
    let asked = SignInCall {
        server: call.server.clone(),
        account: call.account.clone(),
        way: way(call.way),
        limit: Duration::from_secs(call.timeout),
        stop: Stop::default(),
    };
    let progress = Progress::on_terminal();
    let signed_in = engine.sign_in(&asked, &mut |step| tell(step, &progress, everywhere.json))?;
    drop(progress);
    let sign_in = match &signed_in {
        SignedIn::Kept(kept) => Some(&**kept),
        SignedIn::NotNeeded { .. } => None,
    };
    let told = Signed { needed: sign_in.is_some(), sign_in };
    Ok(Answer::new(&told, print::signed_in(&signed_in), Left::Nothing)?)
}

fn way(way: SignInWay) -> Way {
    match (way.no_browser, way.device_code) {
        (true, _) => Way::Link,
        (_, true) => Way::DeviceCode,
        (false, false) => Way::Browser(Arc::new(SystemBrowser)),
    }
}

/// What the person needs is always told, on standard error: the answer alone stands on standard output. With `--json` it
/// is an object there, so that a program can show it.
pub(crate) fn tell(step: SignInStep<'_>, progress: &Progress, as_json: bool) {
    match step {
        SignInStep::Asking(server) => progress.show(&format!("Asking {server} …")),
        SignInStep::Preparing => progress.show("Preparing the sign-in …"),
        SignInStep::Elsewhere => progress.show("Another bridge signs in; waiting for it …"),
        SignInStep::Invited { url, code, in_browser } => {
            let text = if as_json {
                let told = serde_json::json!({"sign_in_at": url, "code": code, "browser_opened": in_browser});
                format!("{told}\n")
            } else {
                print::invitation(url, code, in_browser)
            };
            progress.show("");
            // Whoever cannot read it cannot sign in by it; the time limit tells.
            let _ = terminal::write(anstream::stderr(), &text);
            progress.show("Waiting for you to sign in; Ctrl-C ends it …");
        }
    }
}

pub(crate) fn sign_out(engine: &Engine, call: &SignOut, setting: Setting<'_>) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Out<'a> {
        sign_in: &'a SignInView,
        revoked_at: Option<&'a str>,
        done: Option<&'a SignedOut>,
    }
    let plan = engine.find_sign_out(&call.server, call.account.as_deref())?;
    let done = if call.yes { Some(engine.sign_out(&plan)?) } else { None };
    let text = match &done {
        Some(done) => print::signed_out(&plan, done),
        None => print::would_sign_out(&plan, &again(call), setting),
    };
    let told = Out { sign_in: &plan.sign_in, revoked_at: plan.revoked_at.as_deref(), done: done.as_ref() };
    let failed = done.as_ref().is_some_and(|done| done.revocation == Revocation::Failed);
    Ok(Answer::new(&told, text, Left::when(failed))?)
}

/// The call that does it.
fn again(call: &SignOut) -> String {
    let account = call.account.as_ref().map(|account| format!(" --account {}", print::shell_word(account)));
    format!("sign-out {}{} --yes", print::shell_word(&call.server), account.unwrap_or_default())
}

pub(crate) fn sign_ins(engine: &Engine, setting: Setting<'_>) -> Result<Answer, Failure> {
    let kept = engine.sign_ins();
    let left = kept.sign_ins.iter().any(|kept| kept.state.needs_sign_in());
    let text = print::sign_ins(&kept, setting);
    Ok(Answer::new(&kept, text, Left::when(left))?)
}

pub(crate) fn import(
    engine: &Engine,
    call: &Import,
    everywhere: &Everywhere,
    setting: Setting<'_>,
) -> Result<Answer, Failure> {
    #[derive(Serialize)]
    struct Importing<'a> {
        items: &'a [Importable],
        done: Option<&'a [Imported]>,
        undo: Option<&'a str>,
    }
    // Whoever cannot answer a question must say beforehand what is meant.
    if !call.mode.dry_run && !call.mode.yes && (everywhere.json || !std::io::stdin().is_terminal()) {
        let next = "--dry-run lists what would be taken over; --yes does it, and prints the id that puts the files back";
        return Err(Failure::new(
            "usage",
            "import needs --dry-run or --yes where nobody can be asked",
            Some(next.to_owned()),
        ));
    }
    let found = engine.find_import(call.server.as_deref())?;
    let goes = found.items.iter().any(|item| item.why_not.is_none());
    let old_files = if call.share { OldFiles::Share } else { OldFiles::Retire };
    let shown = print::importable(&found, old_files, engine.claude_runs(), setting);
    if call.mode.dry_run || !goes || !(call.mode.yes || crate::reset::agrees(&shown)?) {
        let told = Importing { items: &found.items, done: None, undo: None };
        let left = Left::when(found.items.iter().any(|item| item.why_not.is_some()));
        return Ok(Answer::new(&told, shown, left)?);
    }
    let done = engine.import(&found, old_files)?;
    let undo = done.entry.as_ref().map(|entry| entry.id.as_str());
    let told = Importing { items: &found.items, done: Some(&done.items), undo };
    let incomplete = |done: &Imported| done.failed.is_some() || !done.left.is_empty();
    let left = done.items.iter().any(incomplete) || found.items.iter().any(|item| item.why_not.is_some());
    Ok(Answer::new(&told, print::imported(&found, &done, old_files, setting), Left::when(left))?)
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        Self::new(error.code(), chain(&error), error.next_step().map(str::to_owned))
    }
}
