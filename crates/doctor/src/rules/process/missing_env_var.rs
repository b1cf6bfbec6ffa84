use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::names;

rule! {
    /// A variable that the server needs is not set, or a placeholder was never replaced.
    ///
    /// ## Why it matters
    ///
    /// Servers get a small set of variables from Claude and the ones in their entry's `env`, nothing from your
    /// shell's profile.
    ///
    /// ## What to do
    ///
    /// Add the variable under `env` in the server's entry. A literal `${APPDATA}` in a path means that
    /// `APPDATA` itself is missing: add it with its full value.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// Error: The environment variable ACME_API_TOKEN is not set
    /// ```
    ///
    /// ```log,finds
    /// KeyError: 'ACME_WORKSPACE_ID'
    /// ```
    ///
    /// ```log,finds
    /// npm error enoent ENOENT: no such file or directory, lstat 'C:\Program Files\WindowsApps\${LOCALAPPDATA}'
    /// ```
    ///
    /// ```log,finds
    /// ACME_BASE_URL is required
    /// ```
    ///
    /// ```log,finds
    /// Fatal: no API key provided. Please set ACME_KEY.
    /// ```
    ///
    /// ```log,finds
    /// pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
    /// acme_token
    ///   Field required [type=missing, input_value={}, input_type=dict]
    /// ```
    ///
    /// ```log,silent
    /// Environment variables loaded from .env
    /// ```
    ///
    /// ```log,silent
    /// KeyError: 'results'
    /// ```
    ///
    /// ```log,silent
    /// Field required in request body
    /// ```
    pub(crate) static RULE = {
        id: "missing-env-var",
        severity: Severity::Error,
        message: "The server needs {name}, which is not set",
        hides: &["path-not-found", "invalid-jsonrpc-message"],
        fixes: &["add-env", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "environment variable", "env var", "missing ", "is required", "is not set", "not set",
                "must be set", "is missing", "not provided", "not defined", "not configured",
                "missing required", "keyerror: '", "${", "api key", "%appdata%", "field required",
                "please set", "please provide", "\"required\"", "undefined in",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

const LACKS: &[&str] = &[
    "required",
    "not set",
    "must be set",
    "missing",
    "not found",
    "unset",
    "not defined",
    "is empty",
    "undefined",
    "please set",
    "please provide",
    "not provided",
    "not configured",
    "no value",
    "need to set",
    "must be provided",
    "isn't set",
    "needs to be set",
];

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let said = |name: &str| Some(Sign::new().with("name", name));
    if let Some(name) = line.after("keyerror: '").and_then(|rest| rest.split('\'').next()) {
        return if names::is_variable(name) { said(name) } else { None };
    }
    let not_found = line.has_any(&[
        "enoent",
        "no such file",
        "cannot find",
        "not found",
        "lstat",
        "does not exist",
        "invalid url",
    ]);
    if let Some(name) = names::placeholder(line.text).filter(|_| not_found) {
        return said(name);
    }
    if line.has("field required") && line.has("type=missing") {
        let of_settings = line.near(12, &["settings", "config"]) && line.near(12, &["validation error"]);
        let field = line.before().next().unwrap_or_default();
        return if of_settings { said(field.trim()) } else { None };
    }
    if let Some(name) = zod_path(line) {
        return said(&name);
    }
    let lacks = line.has_any(LACKS);
    let variable = names::variable(line.text);
    if lacks && (line.has_any(&["environment variable", "env var", "missing env"])) {
        return said(variable.unwrap_or("an environment variable"));
    }
    let of_setting = lacks && !line.has_any(&["http", "status", "column", "module", "npm "]);
    if let Some(name) = variable.filter(|_| of_setting) {
        return said(name);
    }
    let key = line.has_any(&["api key", "api token", "access token", "apikey"]);
    let no_key = line.has_any(&[
        "is required",
        "not set",
        "must be set",
        "is missing",
        "missing api",
        "no api key",
        "not provided",
        "not configured",
        "please set",
        "please provide",
        "required but",
    ]);
    let answered = line.has_any(&["invalid", "401", "403", "unauthorized", "incorrect", "bearer"]);
    if key && no_key && !answered { said("an API key") } else { None }
}

/// The path of a Zod issue that is named like a variable: `"path": ["ACME_KEY"], "message": "Required"`.
fn zod_path(line: &LogLine<'_>) -> Option<String> {
    if !line.has("\"message\": \"required\"") {
        return None;
    }
    line.before().take(6).find_map(|before| names::variable(&before).map(str::to_owned))
}
