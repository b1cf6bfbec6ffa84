//! The page of a rule, from the same text as the rule itself.

use bridgekeeper_doctor::rule::Rule;
use bridgekeeper_doctor::{fixes, remedies, rules};
use bridgekeeper_model::{Fix, Severity};
use serde::Serialize;

/// What there is to know about a finding or a fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The id.
    pub id: String,
    /// What the page is about: `finding` or `fix`.
    pub kind: &'static str,
    /// How much a finding of it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The text, as Markdown: what it is, why it matters, what to do.
    pub text: String,
    /// What mends it.
    pub fixes: Vec<Fix>,
}

pub(crate) fn page(id: &str) -> Option<Page> {
    rules::ALL.iter().find(|rule| rule.id == id).map(|rule| of_rule(rule)).or_else(|| of_fix(id))
}

fn of_rule(rule: &Rule) -> Page {
    // The examples are the rule's tests; people are told what they mean in words.
    let text = rule.docs.split("## Examples").next().unwrap_or_default();
    let text: Vec<&str> = text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    Page {
        id: rule.id.to_owned(),
        kind: "finding",
        severity: Some(rule.severity),
        text: text.join("\n").trim().to_owned(),
        fixes: rule.fixes.iter().filter_map(|id| fix(id)).collect(),
    }
}

fn of_fix(id: &str) -> Option<Page> {
    let fix = fix(id)?;
    let text = format!("{}.", fix.title.trim_end_matches('.'));
    Some(Page { id: fix.id.clone(), kind: "fix", severity: None, text, fixes: vec![] })
}

fn fix(id: &str) -> Option<Fix> {
    fixes::describe(id).or_else(|| remedies::describe(id))
}
