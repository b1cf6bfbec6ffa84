use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};

rule! {
    /// The image of the container does not exist under this name, or only signed-in users may load it.
    ///
    /// ## Why it matters
    ///
    /// Docker can neither find it on this machine nor load it, so no container starts.
    ///
    /// ## What to do
    ///
    /// Correct the image's name, build it (`docker build -t NAME .`), or sign in to its registry with `docker
    /// login`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// docker: Error response from daemon: pull access denied for acme/wether, repository does not exist or may require 'docker login'.
    /// ```
    ///
    /// ```log,finds
    /// Error response from daemon: manifest for acme/weather:9.9 not found: manifest unknown: manifest unknown
    /// ```
    ///
    /// ```log,finds
    /// Error: No such image: acme-mcp:latest
    /// ```
    ///
    /// ```log,silent
    /// Unable to find image 'acme/weather:latest' locally
    /// ```
    ///
    /// ```log,silent
    /// Status: Downloaded newer image for acme/weather:latest
    /// ```
    pub(crate) static RULE = {
        id: "docker-image-missing",
        severity: Severity::Error,
        message: "Docker cannot get the image {image}",
        hides: &["http-404", "http-403"],
        fixes: &["correct-image-name", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "pull access denied", "repository does not exist", "manifest unknown", "manifest for ",
                "no such image", "no matching manifest", "requested access to the resource is denied",
                "invalid reference format", "failed to resolve reference", "image not found", "/manifests/",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    let missing = line.has_any(&[
        "pull access denied",
        "repository does not exist",
        "manifest unknown",
        "no such image",
        "no matching manifest",
        "requested access to the resource is denied",
        "invalid reference format",
        "failed to resolve reference",
    ]) || line.has("manifest for ") && line.has("not found")
        || line.has("/manifests/") && line.has_any(&["denied", "not found", "unauthorized"]);
    let image = line
        .after("pull access denied for ")
        .or_else(|| line.after("manifest for "))
        .or_else(|| line.after("no such image: "))
        .and_then(|rest| rest.split([',', ' ']).next())
        .unwrap_or("of this name");
    missing.then(|| Sign::new().with("image", image))
}
