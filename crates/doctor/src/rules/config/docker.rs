//! How `docker run` is called, as far as the rules and fixes need it.

use super::reading::Started;

/// Long options of `docker run` and `docker exec` that take no value.
const SWITCHES: [&str; 13] = [
    "--detach",
    "--disable-content-trust",
    "--help",
    "--init",
    "--interactive",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--privileged",
    "--publish-all",
    "--quiet",
    "--read-only",
    "--rm",
    "--sig-proxy",
];

/// Index (in the program's arguments) of `run` or `exec` when no `-i` follows it before the image.
pub(crate) fn verb_without_interactive(started: &Started<'_>) -> Option<usize> {
    if !matches!(started.program.as_str(), "docker" | "podman" | "nerdctl") {
        return None;
    }
    let words: Vec<&str> = started.args.iter().map(|arg| arg.value.as_str()).collect();
    let verb = verb(&words)?;
    (!is_interactive(&words[verb + 1..])).then_some(verb)
}

/// The place of `run` or `exec`, behind the program's own options and `container`.
fn verb(words: &[&str]) -> Option<usize> {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        match *word {
            "run" | "exec" => return Some(index),
            "container" => index += 1,
            "-H" | "--host" | "--context" | "-c" | "--config" | "-l" | "--log-level" => index += 2,
            option if option.starts_with('-') => index += 1,
            _ => return None,
        }
    }
    None
}

/// Whether `-i` stands among the options, which end with the image or container.
fn is_interactive(words: &[&str]) -> bool {
    let mut index = 0;
    while let Some(word) = words.get(index) {
        if let Some(long) = word.strip_prefix("--") {
            let name = word.split('=').next().unwrap_or(word);
            if name == "--interactive" {
                return !word.ends_with("=false");
            }
            let takes_next = !long.contains('=') && !SWITCHES.contains(&name) && name != "--tty";
            index += if takes_next { 2 } else { 1 };
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            // `-it`: letters without a value, up to the first that takes one.
            let switches: String = short.chars().take_while(|letter| "ditPq".contains(*letter)).collect();
            if switches.contains('i') {
                return true;
            }
            let value_follows = switches.len() + 1 == short.len();
            index += if value_follows { 2 } else { 1 };
        } else {
            return false;
        }
    }
    false
}
