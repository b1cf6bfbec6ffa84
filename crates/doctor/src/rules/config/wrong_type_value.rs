use crate::rule::{ConfigFacts, Detect, Problem};
use bridgekeeper_formats::config::Shape;
use bridgekeeper_formats::json::Value;
use bridgekeeper_model::{Sentence, Severity};

crate::rule! {
    /// A value is of the wrong kind.
    ///
    /// ## Why it matters
    ///
    /// Claude checks the kind of each value: `command` is a text, `args` a list of texts, `env` an object
    /// of texts. One wrong value makes newer builds skip the entry and older ones drop the whole file.
    ///
    /// ## What to do
    ///
    /// Write the value in the right kind: numbers and `true` in `env` and `args` in quotes. `quote-values`
    /// does that.
    ///
    /// ## Examples
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "args": "notes-mcp"}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": {"notes": {"command": "uvx", "env": {"PORT": 8080}}}}
    /// ```
    ///
    /// ```json,finds
    /// {"mcpServers": []}
    /// ```
    ///
    /// ```json,silent
    /// {"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}
    /// ```
    pub(super) static WRONG_TYPE_VALUE = {
        id: "wrong-type-value",
        severity: Severity::Error,
        message: "{subject} is {found}; Claude wants {expected}.",
        hides: &[],
        fixes: &["quote-values", "list-to-object"],
        detect: Detect::Config { problems, log_class: Some("config-schema-invalid") },
    };
}

fn problems(facts: &ConfigFacts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(servers) = facts.file.root().and_then(|root| root.get("mcpServers"))
        && !matches!(servers.value.value, Value::Object(_) | Value::Unreadable)
    {
        let problem = Problem::of_file(servers.value.span.clone());
        problems.push(
            problem
                .with("subject", "`mcpServers`")
                .with("found", servers.value.kind())
                .with("expected", "an object"),
        );
    }
    if facts.file.shape() == Shape::NotAnObject
        && let Some(root) = facts.file.parsed().root.as_ref().filter(|_| facts.file.parsed().is_strict())
    {
        let problem = Problem::of_file(root.span.clone()).with("subject", "The file's value");
        problems.push(problem.with("found", root.kind()).with("expected", "an object"));
    }
    for entry in facts.file.servers() {
        problems.extend(entry.misfits.iter().map(|misfit| {
            let subject = if misfit.place.is_empty() {
                Sentence::of("The entry of `{server}`").with("server", entry.name.as_str())
            } else {
                let place = Sentence::of("`{place}` of `{server}`").with("place", misfit.place.as_str());
                place.with("server", entry.name.as_str())
            };
            let problem = Problem::of(entry, misfit.span.clone()).with("subject", subject);
            problem.with("found", misfit.found).with("expected", misfit.expected)
        }));
    }
    problems
}
