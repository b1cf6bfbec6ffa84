use bridgekeeper_engine::Page;

use super::style::{TITLE, painted};

/// A page. Its text is Markdown that reads well as it is; headings are set off.
pub(crate) fn explain(page: &Page) -> String {
    let mut text = String::new();
    for line in page.text.trim().lines() {
        let heading = line.strip_prefix("## ").or_else(|| line.strip_prefix("# "));
        match heading {
            Some(heading) => text.push_str(&painted(TITLE, heading)),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}
