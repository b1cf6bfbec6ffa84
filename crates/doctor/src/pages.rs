//! A page per rule, from the rule's own text: the files under `docs/rules` and the help in the app.

use std::fmt::Write;

use bridgekeeper_model::{Applicability, Severity};

use crate::rule::{Detect, Rule};
use crate::{fixes, remedies, rules};

/// Every page, in alphabetical order: the id, and the Markdown of `docs/rules/ID.md`.
pub fn all() -> Vec<(&'static str, String)> {
    let mut ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| page(id).map(|text| (id, text))).collect()
}

/// Every file of `docs/rules` by its name: a page per rule, and the list of them.
pub fn files() -> Vec<(String, String)> {
    let mut list = String::from(
        "# What Bridgekeeper can find\n\nGenerated from the rules by `cargo xtask codegen`; `bridgekeeper explain ID` prints the \
         same text.\n\n",
    );
    let mut files = Vec::new();
    for (id, text) in all() {
        let _ = writeln!(list, "- [{id}]({id}.md): {}", first_sentence(&text));
        files.push((format!("{id}.md"), text));
    }
    files.push(("README.md".to_owned(), list));
    files
}

/// The sentence under a page's heading, on one line.
fn first_sentence(page: &str) -> String {
    let paragraph: Vec<&str> =
        page.lines().skip(2).take_while(|line| !line.is_empty()).map(str::trim).collect();
    let paragraph = paragraph.join(" ");
    paragraph.split_once(". ").map_or_else(|| paragraph.clone(), |(sentence, _)| format!("{sentence}."))
}

/// The page of one id. A cause that both a log and the config can show has one page.
pub fn page(id: &str) -> Option<String> {
    let mut sides = rules::ALL.iter().filter(|rule| rule.id == id);
    let mut page = one_side(sides.next()?);
    for other in sides {
        page.push_str(match other.detect {
            Detect::Machine { .. } => "\n## On the computer\n",
            Detect::Log { .. } | Detect::Config { .. } => "\n## In the config file\n",
        });
        page.push_str(&one_side(other).lines().skip(1).fold(String::new(), |text, line| text + line + "\n"));
    }
    Some(page)
}

fn one_side(rule: &Rule) -> String {
    let (prose, examples) = rule.docs.split_once("## Examples").unwrap_or((rule.docs, ""));
    let severity = match rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let seen_in = match rule.detect {
        Detect::Log { .. } => "logs",
        Detect::Config { .. } => "the config file",
        Detect::Machine { .. } => "what is installed and runs on the computer",
    };
    let mut page = format!("# {}\n\n{}\n", rule.id, unindented(prose));
    let _ = write!(page, "\nSeverity: {severity}. Seen in {seen_in}.\n");
    let fixes: String = rule.fixes.iter().filter_map(|id| fix(id)).collect();
    if !fixes.is_empty() {
        let _ = write!(page, "\n## Fixes\n\n{fixes}");
    }
    // Facts of a computer are no text that anybody meets
    let examples = if matches!(rule.detect, Detect::Machine { .. }) { "" } else { examples };
    let found = found_examples(examples);
    if !found.is_empty() {
        let _ = write!(page, "\n## How it looks\n\n{found}");
    }
    page
}

fn fix(id: &str) -> Option<String> {
    let fix = fixes::describe(id).or_else(|| remedies::describe(id))?;
    let how = match fix.applicability {
        Applicability::Automatic => "Bridgekeeper does it, and it can be undone",
        Applicability::Ask => "Bridgekeeper does it when you agree",
        Applicability::Manual => "by hand",
    };
    Some(format!("- {} (`{}`, {how})\n", fix.title, fix.id))
}

/// The examples that the rule finds; the others are for its tests.
fn found_examples(examples: &str) -> String {
    let mut shown = String::new();
    let mut keep = None;
    for line in examples.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        match (keep, line.trim().strip_prefix("```")) {
            (None, Some(kind)) => {
                let finds = kind.contains("finds");
                if finds {
                    shown.push_str("```text\n");
                }
                keep = Some(finds);
            }
            (Some(finds), Some("")) => {
                if finds {
                    shown.push_str("```\n\n");
                }
                keep = None;
            }
            (Some(true), _) => {
                shown.push_str(line);
                shown.push('\n');
            }
            (Some(false) | None, _) => {}
        }
    }
    let end = shown.trim_end().len();
    shown.truncate(end);
    if !shown.is_empty() {
        shown.push('\n');
    }
    shown
}

fn unindented(docs: &str) -> String {
    let lines: Vec<&str> = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_a_page_that_says_what_to_do() {
        let pages = all();
        assert!(rules::ALL.iter().all(|rule| pages.iter().any(|(id, _)| *id == rule.id)));
        for (id, page) in pages {
            assert!(page.starts_with(&format!("# {id}\n\n")), "{id}");
            assert!(page.contains("## What to do"), "{id}");
            assert!(!page.contains(",finds") && !page.contains(",silent"), "{id}");
        }
    }

    #[test]
    fn an_unknown_id_has_none() {
        assert_eq!(page("no-such-rule"), None);
    }
}
