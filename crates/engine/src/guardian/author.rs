//! Who wrote a version of the config, by what the file looks like.

use bridgekeeper_formats::config::ConfigFile;
use bridgekeeper_formats::json::{Node, Value};
use serde::{Deserialize, Serialize};

/// Who wrote a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Author {
    /// We did: the journal knows its bytes.
    Bridgekeeper,
    /// Claude did: it wrote the whole file anew, in the layout of its own.
    Claude,
    /// A person or another program did.
    Other,
}

impl Author {
    /// As the beginning of a sentence.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bridgekeeper => "Bridgekeeper",
            Self::Claude => "Claude",
            Self::Other => "Another program or person",
        }
    }
}

/// Whether the text is what `JSON.stringify(value, null, 2)` writes, which is how Claude writes its config: two
/// blanks, one member a line, no line end after it.
pub(crate) fn in_claudes_layout(file: &ConfigFile) -> bool {
    let Some(root) = file.parsed().root.as_ref().filter(|_| file.parsed().is_strict()) else { return false };
    let mut written = String::with_capacity(file.text().len());
    write(root, file.text(), 0, &mut written);
    written == file.text()
}

fn write(node: &Node, text: &str, depth: usize, written: &mut String) {
    let open = |written: &mut String, number: usize| {
        written.push_str(if number == 0 { "\n" } else { ",\n" });
        written.push_str(&"  ".repeat(depth + 1));
    };
    let close = |written: &mut String, mark: char, is_empty: bool| {
        if !is_empty {
            written.push('\n');
            written.push_str(&"  ".repeat(depth));
        }
        written.push(mark);
    };
    match &node.value {
        Value::Object(object) => {
            written.push('{');
            for (number, member) in object.members.iter().enumerate() {
                open(written, number);
                written.push_str(text.get(member.key_span.clone()).unwrap_or_default());
                written.push_str(": ");
                write(&member.value, text, depth + 1, written);
            }
            close(written, '}', object.members.is_empty());
        }
        Value::Array(array) => {
            written.push('[');
            for (number, item) in array.items.iter().enumerate() {
                open(written, number);
                write(item, text, depth + 1, written);
            }
            close(written, ']', array.items.is_empty());
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number | Value::Unreadable => {
            written.push_str(text.get(node.span.clone()).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_layout_is_told_from_others() {
        let value = serde_json::json!({"a": {"b": [1, "x", {}, []]}, "c": null, "d": {}});
        let claudes = serde_json::to_string_pretty(&value).unwrap();
        let is = |text: &str| in_claudes_layout(&ConfigFile::from(text));
        assert!(is(&claudes));
        assert!(!is(&format!("{claudes}\n")));
        assert!(!is(&value.to_string()));
        assert!(!is(&claudes.replace("  ", "    ")));
        assert!(!is("{"));
    }
}
