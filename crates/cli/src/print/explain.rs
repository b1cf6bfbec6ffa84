use bridgekeeper_engine::Page;

use super::Setting;
use super::finding::fix_line;
use super::style::{DIM, TITLE, painted};

/// A rule's or a fix's page. Its text is Markdown that reads well as it is; headings are set off.
pub(crate) fn explain(page: &Page, _: Setting<'_>) -> String {
    let mut text = format!("{} {}\n\n", painted(TITLE, &page.id), painted(DIM, &format!("({})", page.kind)));
    for line in page.text.trim().lines() {
        match line.strip_prefix("## ") {
            Some(heading) => text.push_str(&painted(TITLE, heading)),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    if !page.fixes.is_empty() {
        text.push('\n');
    }
    for fix in &page.fixes {
        text.push_str(&fix_line(fix));
        text.push('\n');
    }
    text
}
