//! How the bridge is started for each scenario: `tests/conformance/profile.json`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;

/// The file. `{bridge}`, `{url}`, `{home}`, `{extra}`, `{ctx.NAME}`, `{ctxfile}` and `{pemfile}` in it are filled in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profile {
    /// The words of the command line, separated by spaces.
    cmd: String,
    env: BTreeMap<String, String>,
    /// Arguments for every scenario.
    extra_all: Vec<String>,
    /// Arguments by scenario.
    extra: BTreeMap<String, Vec<String>>,
    /// Scenarios that are known not to pass; read by the test, not by the host.
    #[serde(rename = "later")]
    _later: Vec<String>,
}

impl Profile {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no profile", path.display()))
    }

    pub(crate) fn command(
        &self,
        bridge: &str,
        scenario: &str,
        url: &str,
        context: &Value,
        home: &Path,
    ) -> Result<Command> {
        let fill = |word: &str| -> Result<String> {
            let mut word = word.replace("{bridge}", bridge).replace("{url}", url);
            word = word.replace("{home}", &home.to_string_lossy());
            for (name, content) in [
                ("{ctxfile}", context.to_string()),
                ("{pemfile}", context["private_key_pem"].as_str().unwrap_or_default().to_owned()),
            ] {
                if word.contains(name) {
                    let file = home.join(name.trim_matches(['{', '}']));
                    std::fs::write(&file, content)?;
                    word = word.replace(name, &file.to_string_lossy());
                }
            }
            for (name, value) in context.as_object().into_iter().flatten() {
                word = word.replace(&format!("{{ctx.{name}}}"), value.as_str().unwrap_or_default());
            }
            Ok(word)
        };
        let extra = self.extra_all.iter().chain(self.extra.get(scenario).into_iter().flatten());
        let mut words = Vec::new();
        for word in self.cmd.split(' ') {
            if word == "{extra}" {
                words.extend(extra.clone().map(|word| fill(word)).collect::<Result<Vec<_>>>()?);
            } else {
                words.push(fill(word)?);
            }
        }
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("HOME", home).env("USERPROFILE", home);
        for (name, value) in &self.env {
            command.env(name, fill(value)?);
        }
        Ok(command)
    }
}
