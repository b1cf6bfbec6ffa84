//! Secrets that stand in the keyring and are only named on the command line and in its environment: `${secret:NAME}`.
//!
//! The keyring is asked when the first request is about to be sent, and only where something refers to it. It may ask a
//! person for a password meanwhile, so none of this is done where messages are carried.

use std::path::{Path, absolute};
use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_model::{Secret, SecretName};
use bridgekeeper_net::header::HeaderValue;
use bridgekeeper_oauth::{ClientInformation, Grant};
use bridgekeeper_vault::{Keyring, KeyringError};
use zeroize::Zeroizing;

use crate::options::Options;

/// How long the keyring may take, which may ask a person for a password meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no secret to send. No message holds more than its name.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// What stands between `${secret:` and `}` is no name.
    #[error("a reference `${{secret:…}}` names no secret: {0}")]
    NotAName(bridgekeeper_model::NotASecretName),
    /// The keyring has none of that name.
    #[error("the keyring has no secret `{0}`")]
    Missing(SecretName),
    /// The keyring gave nothing.
    #[error("the secret `{name}` cannot be read: {source}")]
    Keyring {
        /// The secret.
        name: SecretName,
        /// Why.
        source: KeyringError,
    },
    /// With it, a header would hold what HTTP does not allow.
    #[error("the header {0} would hold a character that HTTP does not allow")]
    NotAHeader(String),
}

impl SecretError {
    /// What a person can do about it.
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::NotAName(_) => "Correct the reference in the entry.",
            Self::Missing(_) => "Put it there with `bridgekeeper secrets set NAME`.",
            Self::Keyring { source: KeyringError::Missing { .. }, .. } => {
                "Start the system's keyring, or put the value itself into the entry's env."
            }
            Self::Keyring { .. } => "Unlock the keyring, allow the access, and try again.",
            Self::NotAHeader(_) => "Set the secret again, without line ends.",
        }
    }
}

/// The keyring for this home, the one that the environment names; none where there is no home.
pub(crate) fn keyring(home: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Keyring {
    let Some(home) = home else { return Keyring::none() };
    // The names in the keyring are those of the whole path.
    let home = absolute(home).unwrap_or_else(|_| home.to_owned());
    // Nobody sees a question of a bridge.
    Keyring::chosen(&home, variable, Arc::new(|_| None)).with_patience(PATIENCE)
}

/// The secret of this name.
pub(crate) fn read(keyring: &Keyring, name: &SecretName) -> Result<Secret, SecretError> {
    match keyring.named_secret(name) {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(SecretError::Missing(name.clone())),
        Err(source) => Err(SecretError::Keyring { name: name.clone(), source }),
    }
}

/// Whether anything that these options send refers to a secret.
pub(crate) fn are_referred_to(options: &Options) -> bool {
    options.headers.values().any(|value| value.to_str().is_ok_and(refers))
        || sent_at_sign_in(&mut options.clone()).any(|sent| refers(sent.text()))
}

/// The options with every secret that they refer to in its place.
pub(crate) fn filled(mut options: Options) -> Result<Options, SecretError> {
    let keyring = options.keyring.clone();
    for (name, value) in &mut options.headers {
        let Some(text) = value.to_str().ok().filter(|text| refers(text)) else { continue };
        let text = fill(&keyring, text)?;
        let mut filled = HeaderValue::from_str(text.expose().trim())
            .map_err(|_| SecretError::NotAHeader(name.to_string()))?;
        filled.set_sensitive(true);
        *value = filled;
    }
    for mut sent in sent_at_sign_in(&mut options).filter(|sent| refers(sent.text())) {
        sent.set(fill(&keyring, sent.text())?);
    }
    Ok(options)
}

fn refers(text: &str) -> bool {
    text.contains("${secret:")
}

/// A text that a sign-in sends.
enum Sent<'o> {
    Id(&'o mut String),
    Secret(&'o mut Secret),
}

impl Sent<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Id(text) => text,
            Self::Secret(secret) => secret.expose(),
        }
    }

    fn set(&mut self, filled: Secret) {
        match self {
            Self::Id(text) => filled.expose().clone_into(text),
            Self::Secret(secret) => **secret = filled,
        }
    }
}

fn sent_at_sign_in(options: &mut Options) -> impl Iterator<Item = Sent<'_>> {
    let settings = options.sign_in.as_mut().map(|sign_in| &mut sign_in.settings);
    let (client, grant) =
        settings.map(|settings| (settings.client.pre_registered.as_mut(), &mut settings.grant)).unzip();
    let of_client = client.flatten().into_iter().flat_map(|client| {
        let ClientInformation { client_id, client_secret, .. } = client;
        std::iter::once(Sent::Id(client_id)).chain(client_secret.as_mut().map(Sent::Secret))
    });
    let of_workload = grant.and_then(|grant| match grant {
        Grant::WorkloadIdentity(assertion) => Some(Sent::Secret(assertion)),
        Grant::Browser | Grant::DeviceCode | Grant::ClientCredentials | Grant::EnterpriseManaged(_) => None,
    });
    of_client.chain(of_workload)
}

/// Puts each secret into the place of its reference, once: what a secret itself says is no reference.
fn fill(keyring: &Keyring, text: &str) -> Result<Secret, SecretError> {
    let mut filled = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        match SecretName::of_variable(variable) {
            Some(name) => {
                let name = name.map_err(SecretError::NotAName)?;
                filled.push_str(read(keyring, &name)?.expose());
            }
            None => filled.push_str(&rest[before.len()..rest.len() - behind.len()]),
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(Secret::new(std::mem::take(&mut *filled)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use keyring_core::{CredentialStore, mock};

    use super::*;
    use crate::options::Call;

    /// A keyring in memory with these secrets, and how often it was asked.
    fn keyring(secrets: &[(&str, &str)]) -> (Keyring, Arc<AtomicUsize>) {
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let open = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Arc::clone(&store))
        };
        let keyring = Keyring::opened_by(open, Path::new("/h"));
        for (name, value) in secrets {
            keyring.keep_named_secret(&name.parse().unwrap(), &Secret::new(*value)).unwrap();
        }
        asked.store(0, Ordering::SeqCst);
        (keyring, asked)
    }

    fn options(args: &[&str], keyring: Keyring) -> Options {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let variable = |name: &str| (name == "TOKEN").then(|| "Bearer ${secret:token}".to_owned());
        let Ok(Call::Run(options, warnings)) = Options::parse(&args, variable) else {
            panic!("{args:?}");
        };
        assert_eq!(warnings, Vec::<String>::new());
        Options { keyring, ..*options }
    }

    const URL: &str = "https://example.com/mcp";

    #[test]
    fn headers_variables_and_client_info_refer_to_secrets() {
        let (keyring, asked) = keyring(&[("token", "k29f3aa81c ${secret:other}"), ("client", "s3cr3t")]);
        let info = r#"{"client_id":"me","client_secret":"${secret:client}"}"#;
        let args = [
            URL,
            "--header",
            "A:${TOKEN}",
            "--header",
            "B:${secret:Token}!",
            "--static-oauth-client-info",
            info,
        ];
        let options = options(&args, keyring);
        assert!(are_referred_to(&options));
        assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing is asked before it is needed");
        let filled = filled(options).unwrap();
        // What a secret itself says is no reference.
        assert_eq!(filled.headers["a"], "Bearer k29f3aa81c ${secret:other}");
        assert_eq!(filled.headers["b"], "k29f3aa81c ${secret:other}!");
        let client = filled.sign_in.as_ref().unwrap().settings.client.pre_registered.as_ref().unwrap();
        assert_eq!(client.client_secret.as_ref().unwrap().expose(), "s3cr3t");
        let shown = format!("{filled:?}");
        assert!(!shown.contains("k29f3aa81c") && !shown.contains("s3cr3t"), "{shown}");
    }

    #[test]
    fn without_a_reference_nobody_is_asked() {
        let (keyring, asked) = keyring(&[]);
        let options = options(&[URL, "--header", "A:${NOT", "--client-id", "me"], keyring);
        assert!(!are_referred_to(&options));
        assert_eq!(asked.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_cannot_be_filled_is_told_by_its_name() {
        let told = |reference: &str, keyring: Keyring| {
            let error = filled(options(&[URL, "--header", &format!("A:{reference}")], keyring)).unwrap_err();
            format!("{error}. {}", error.next_step())
        };
        let (with, _) = keyring(&[("lines", "a\nb")]);
        let none = told("${secret:none}", with.clone());
        assert!(none.contains("no secret `none`") && none.contains("bridgekeeper secrets set"), "{none}");
        assert!(told("${secret:a b}", with.clone()).contains("names no secret"));
        assert!(told("${secret:lines}", with).contains("the header a would hold"));
        let missing = told("${secret:none}", Keyring::none());
        assert!(missing.contains("no keyring"), "{missing}");
    }
}
