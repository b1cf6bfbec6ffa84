use std::fmt::Write as _;

use bridgekeeper_engine::NamedSecret;
use bridgekeeper_model::SecretName;

use super::Setting;
use super::style::{DIM, GOOD, WARNING, painted};

/// Every secret by its name, and where it is used.
pub(crate) fn secrets(secrets: &[NamedSecret], setting: Setting<'_>) -> String {
    let set = setting.command("secrets set NAME");
    if secrets.is_empty() {
        return format!("No secrets are kept. To keep one in the system's keyring:\n  {set}\n");
    }
    let mut text = String::new();
    for secret in secrets {
        let state = if secret.kept { String::new() } else { painted(WARNING, "  not set") };
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(text, "{}{state}", secret.name);
        for used in &secret.used_by {
            let place = format!("  {} in {}", used.server, setting.path(&used.path));
            let _ = writeln!(text, "{}", painted(DIM, &place));
        }
    }
    if secrets.iter().any(|secret| !secret.kept) {
        let _ = writeln!(text, "\nTo set one:\n  {set}");
    }
    text
}

/// It stands in the keyring.
pub(crate) fn secret_set(name: &SecretName) -> String {
    format!(
        "{} `{name}` is in the system's keyring. Entries of mcp-bridge refer to it as {}\n",
        painted(GOOD, "✓"),
        name.reference()
    )
}

/// It no longer does.
pub(crate) fn secret_removed(name: &SecretName) -> String {
    format!("{} `{name}` is no longer in the system's keyring.\n", painted(GOOD, "✓"))
}

/// The entries that refer to a secret.
pub(crate) fn users(secret: &NamedSecret) -> String {
    let servers: Vec<&str> = secret.used_by.iter().map(|used| used.server.as_str()).collect();
    servers.join(", ")
}
