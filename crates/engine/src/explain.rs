//! The page of a finding or a fix, from the same text as the rule itself.

use bridgekeeper_doctor::{fixes, pages, remedies, rules};
use bridgekeeper_model::{Fix, Severity};
use bridgekeeper_probe::Cause;
use serde::Serialize;

use crate::{guardian, policy};

/// What there is to know about a finding or a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The id.
    pub id: String,
    /// What the page is about.
    pub kind: PageKind,
    /// How much a finding of it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The text, as Markdown: what it is, why it matters, what to do.
    pub text: String,
    /// What mends it.
    pub fixes: Vec<Fix>,
}

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    /// Something that can be wrong.
    Finding,
    /// A way to mend it.
    Fix,
}

pub(crate) fn page(id: &str) -> Option<Page> {
    of_rule(id)
        .or_else(|| of_fix(id))
        .or_else(|| of_cause(id))
        .or_else(|| of_guardian(id))
        .or_else(|| of_policy(id))
}

/// The id that is most like one of which there is no page.
pub(crate) fn most_like(id: &str) -> Option<&'static str> {
    let rules = rules::ALL.iter().map(|rule| rule.id);
    let mends = fixes::ALL.iter().map(|fix| fix.id).chain(remedies::ALL.iter().map(|remedy| remedy.id));
    let causes = Cause::ALL.iter().map(|cause| cause.id);
    let others = [guardian::LOST, guardian::RESTORE].into_iter().chain(policy::PAGES);
    let ids: Vec<&'static str> = rules.chain(mends).chain(causes).chain(others).collect();
    similar::get_close_matches(id.to_lowercase().as_str(), &ids, 1, LIKENESS).first().copied()
}

/// How much of two ids is the same where one is taken for the other misspelt; 1 is all.
const LIKENESS: f32 = 0.7;

/// What only the guardian finds, and what mends it.
fn of_guardian(id: &str) -> Option<Page> {
    let (kind, severity) = match id {
        guardian::LOST => (PageKind::Finding, Some(Severity::Error)),
        guardian::RESTORE => (PageKind::Fix, None),
        _ => return None,
    };
    Some(Page { id: id.to_owned(), kind, severity, text: guardian::PAGE.to_owned(), fixes: vec![] })
}

/// What only an organisation's settings make a finding.
fn of_policy(id: &str) -> Option<Page> {
    let (severity, text) = policy::page(id)?;
    let (id, kind, severity) = (id.to_owned(), PageKind::Finding, Some(severity));
    Some(Page { id, kind, severity, text: text.to_owned(), fixes: vec![] })
}

/// What only the probe finds. Its causes that logs show too have their rule's page.
fn of_cause(id: &str) -> Option<Page> {
    let cause = Cause::ALL.iter().find(|cause| cause.id == id)?;
    Some(Page {
        id: cause.id.to_owned(),
        kind: PageKind::Finding,
        severity: Some(cause.severity),
        text: format!(
            "Found by `bridgekeeper probe URL`, which asks a server from outside.\n\n## What to do\n\n{}",
            cause.advice
        ),
        fixes: crate::probe::fixes(cause),
    })
}

/// What the probe adds to the page of a cause that logs or the config show too.
fn asked_from_outside(id: &str) -> String {
    let cause = Cause::ALL.iter().find(|cause| cause.id == id);
    cause.map_or_else(String::new, |cause| {
        format!("\n## Asked from outside\n\n`bridgekeeper probe URL` finds it as well. {}\n", cause.advice)
    })
}

fn of_rule(id: &str) -> Option<Page> {
    let sides: Vec<_> = rules::ALL.iter().filter(|rule| rule.id == id).collect();
    let mut fixes: Vec<Fix> = Vec::new();
    for fix in sides.iter().flat_map(|rule| rule.fixes).filter_map(|id| fix(id)) {
        if !fixes.contains(&fix) {
            fixes.push(fix);
        }
    }
    Some(Page {
        id: id.to_owned(),
        kind: PageKind::Finding,
        severity: sides.iter().map(|rule| rule.severity).min(),
        text: pages::page(id)? + &asked_from_outside(id),
        fixes,
    })
}

/// A fix says what it does in one sentence; the findings that name it say why.
fn of_fix(id: &str) -> Option<Page> {
    let fix = fix(id)?;
    let mut mends: Vec<&str> =
        rules::ALL.iter().filter(|rule| rule.fixes.contains(&id)).map(|rule| rule.id).collect();
    mends.sort_unstable();
    mends.dedup();
    let mends: Vec<String> = mends.iter().map(|rule| format!("- `{rule}`")).collect();
    let act = remedies::act(id).map(|act| format!("\n\n## How it is done\n\n{act}")).unwrap_or_default();
    let text = format!(
        "# {id}\n\n{}.{act}\n\n## What it mends\n\n{}\n",
        fix.title.trim_end_matches('.'),
        mends.join("\n")
    );
    Some(Page { id: fix.id.clone(), kind: PageKind::Fix, severity: None, text, fixes: vec![] })
}

fn fix(id: &str) -> Option<Fix> {
    fixes::describe(id).or_else(|| remedies::describe(id))
}
