//! The passphrase of an encrypted keyring file, typed unseen.

use std::io::IsTerminal as _;

use bridgekeeper_engine::Purpose;
use bridgekeeper_model::Secret;

/// Asks whoever sits at the terminal; `None` where nobody does. A new one is typed twice: a slip of the finger would
/// lock everything away.
pub(crate) fn ask(purpose: Purpose) -> Option<Secret> {
    if !std::io::stderr().is_terminal() || !std::io::stdin().is_terminal() {
        return None;
    }
    match purpose {
        Purpose::Open => typed("Passphrase of the keyring file: "),
        Purpose::Create => {
            let first = typed("Passphrase for the new keyring file: ")?;
            typed("The same once more: ").filter(|again| *again == first)
        }
    }
}

fn typed(prompt: &str) -> Option<Secret> {
    rpassword::prompt_password(prompt).ok().filter(|text| !text.is_empty()).map(Secret::new)
}
