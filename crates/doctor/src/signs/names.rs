//! Names of environment variables in the text of a log.

/// The first word that is written like an environment variable: capitals, digits and at least one underscore.
pub(crate) fn variable(text: &str) -> Option<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).find(|word| is_variable(word))
}

/// Whether a word is written like an environment variable.
pub(crate) fn is_variable(word: &str) -> bool {
    word.len() >= 4
        && word.contains('_')
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !NOT_VARIABLES.iter().any(|start| word.starts_with(start))
}

/// Error codes that are written alike.
const NOT_VARIABLES: &[&str] = &[
    "ERR_",
    "UND_ERR",
    "CERT_",
    "SELF_SIGNED",
    "DEPTH_ZERO",
    "UNABLE_TO",
    "MODULE_NOT",
    "E_",
    "WSL_",
    "INVALID_",
    "HTTP_4",
    "HTTP_5",
    "METHOD_NOT",
    "CERTIFICATE_",
    "SSL_",
    "EAI_",
    "JSON_",
    "TOO_MANY",
    "NOT_FOUND",
    "ERROR_",
];

/// The literal `${NAME}` or `%NAME%` that nobody replaced.
pub(crate) fn placeholder(text: &str) -> Option<&str> {
    let dollar = text.find("${").and_then(|at| {
        let inner = &text[at + 2..];
        inner.find('}').map(|end| &inner[..end])
    });
    let percent = || {
        let at = text.find('%')?;
        let inner = &text[at + 1..];
        inner.find('%').map(|end| &inner[..end])
    };
    let upper = |name: &&str| {
        name.len() > 1
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    dollar.filter(upper).or_else(|| percent().filter(upper))
}
