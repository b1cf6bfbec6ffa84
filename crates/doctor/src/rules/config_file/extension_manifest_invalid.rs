use bridgekeeper_model::{Sentence, Severity, Value};

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// An extension has no usable start command, or settings that it needs were not filled in.
    ///
    /// ## Why it matters
    ///
    /// Claude builds the command of an extension from its manifest. Without one, or with a placeholder that has
    /// no value, nothing can start.
    ///
    /// ## What to do
    ///
    /// Open Settings > Extensions, fill in every required setting and switch the extension off and on. If that
    /// does not help, update it or install it again.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-02-01 12:00:00 [warn] No MCP config found for extension local.dxt.acme.notes with manifest: {
    /// ```
    ///
    /// ```log,finds
    /// Error: ENOENT: no such file or directory, open '${user_config.vault_path}'
    /// ```
    ///
    /// ```log,finds
    /// 2026-02-01 12:00:00 [error] Invalid manifest in extension ant.dir.acme.maps: server.entry_point: Required
    /// ```
    ///
    /// ```log,silent
    /// 2026-02-01 12:00:00 [warn] UtilityProcess Check: Extension notes not found in installed extensions
    /// ```
    ///
    /// ```log,silent
    /// Loaded manifest of extension notes
    /// ```
    pub(crate) static RULE = {
        id: "extension-manifest-invalid",
        severity: Severity::Error,
        message: "The extension {extension} cannot be started as it is installed: {detail}",
        hides: &["path-not-found", "missing-env-var"],
        fixes: &["reinstall-extension"],
        detect: Detect::Log {
            needles: &[
                "no mcp config found for extension", "${user_config.", "manifest", "required configuration",
                "missing required user config", "requires configuration",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    if let Some(name) = line.after("no mcp config found for extension") {
        let name = name.split_whitespace().next().unwrap_or("it");
        return Some(said(name, "its manifest gives no command"));
    }
    if let Some(setting) = line.between("${user_config.", "}") {
        return Some(said(
            "here",
            Sentence::of("the setting `{setting}` is not filled in").with("setting", setting),
        ));
    }
    let manifest = line.has("manifest")
        && line.has_any(&["invalid", "validat", "failed to parse"])
        && !line.has_any(&["oauth", "docker", "web"]);
    let settings = line.has("extension")
        && line.has_any(&[
            "required configuration",
            "missing required user config",
            "requires configuration",
        ]);
    (manifest || settings).then(|| {
        let name =
            line.after("extension ").and_then(|rest| rest.split([' ', ':', ',']).next()).unwrap_or("here");
        said(name, line.text)
    })
}

fn said(extension: &str, detail: impl Into<Value>) -> Sign {
    Sign::new().with("extension", extension).with("detail", detail)
}
