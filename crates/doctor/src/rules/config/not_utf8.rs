use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::text::Encoding;
use bridgekeeper_model::Severity;

crate::rule! {
    /// The file is not written in UTF-8.
    ///
    /// ## Why it matters
    ///
    /// Claude reads the file as UTF-8. A file in UTF-16, which some Windows editors call "Unicode", is
    /// rejected as a whole. In a file in an old code page only the letters outside ASCII are damaged, which
    /// breaks paths and names.
    ///
    /// ## What to do
    ///
    /// Save the file as UTF-8 without a byte order mark. `repair-json` does it. The examples show only
    /// text, so this rule has none that it finds: its tests hand in bytes.
    ///
    /// ## Examples
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static NOT_UTF8 = {
        id: "not-utf8",
        severity: Severity::Error,
        message: "The file is written in {encoding}; Claude reads UTF-8 only and takes it for garbage.",
        hides: &[],
        fixes: &["repair-json"],
        detect: Detect::Config { problems, log_class: Some("config-json-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let (encoding, severity) = match facts.file.encoding() {
        Encoding::Utf8 => return Vec::new(),
        Encoding::Utf16Le | Encoding::Utf16Be => ("UTF-16", Severity::Error),
        Encoding::Windows1252 => ("an old code page", Severity::Warning),
    };
    vec![Problem::of_file(0..0).with("encoding", encoding).weighing(severity)]
}

#[cfg(test)]
mod tests {
    use bridgekeeper_formats::config::ConfigFile;

    use super::*;

    fn severities(bytes: &[u8]) -> Vec<Option<Severity>> {
        let file = ConfigFile::read(bytes);
        problems(&ConfigFacts { file: &file, os: None }).into_iter().map(|problem| problem.severity).collect()
    }

    #[test]
    fn utf16_is_an_error_and_a_code_page_a_warning() {
        assert_eq!(severities(b"\xFF\xFE{\0}\0"), [Some(Severity::Error)]);
        assert_eq!(severities(b"{\"caf\xE9\": 1}"), [Some(Severity::Warning)]);
        assert_eq!(severities("{\"café\": 1}".as_bytes()), []);
    }
}
