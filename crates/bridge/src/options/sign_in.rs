//! How to sign in: mcp-remote's words and those that it lacks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bridgekeeper_mcp_remote::{CommandLine, HashScheme};
use bridgekeeper_model::Secret;
use bridgekeeper_net::Url;
use bridgekeeper_oauth::discovery::Limits;
use bridgekeeper_oauth::{
    CallbackSettings, ClientInformation, ClientSettings, Grant, IdentityProvider, PortChoice, Ports,
    Resource, Sends, Settings, SigningKey, TokenBinding,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::UsageError;
use super::headers::expand;
use super::own::{Own, WantsSignIn};
use crate::sign_in::{OpensBrowser, SignInOptions};

/// How long a request waits for the person unless `--auth-timeout` says otherwise. Hosts wait for a minute.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a person may take on the sign-in page. Some look for their second factor first.
const OPEN_FOR: Duration = Duration::from_mins(15);

/// The port of the callback where neither the command line nor the URL gives one.
const ANY_PORT: u16 = 0;

/// `--static-oauth-client-info` (RFC 7591 §3.2.1).
#[derive(Deserialize)]
struct ClientInfo {
    client_id: String,
    client_secret: Option<String>,
    token_endpoint_auth_method: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    issuer: Option<String>,
}

/// `--ema-context`: what a company's identity provider said, and who we are on either side.
#[derive(Deserialize)]
struct EnterpriseContext {
    client_id: String,
    client_secret: Option<String>,
    idp_client_id: String,
    idp_client_secret: Option<String>,
    idp_id_token: String,
    idp_token_endpoint: String,
}

/// Reads everything about signing in. `None` where no sign-in is wanted: `--no-auth`, or a token that was given.
pub(super) fn sign_in(
    line: &CommandLine,
    own: &Own,
    server: &Url,
    home: Option<&Path>,
    variable: &impl Fn(&str) -> Option<String>,
    warnings: &mut Vec<String>,
) -> Result<Option<SignInOptions>, UsageError> {
    if own.sign_in == WantsSignIn::No || gives_a_token(line) {
        return Ok(None);
    }
    let value = |flag| line.value(flag).map(|given| given.value.as_str());
    let mut reader = Reader { variable, warnings };
    let enterprise = own.ema_context.as_deref().map(read_context).transpose()?;
    let client = client(line, own, enterprise.as_ref(), &mut reader)?;
    let settings = Settings {
        server: server.clone(),
        account: own.account.clone().unwrap_or_default(),
        grant: grant(line, own, enterprise, &mut reader)?,
        scope: scope(own, &client),
        resource: match value("--resource") {
            _ if line.has("--disable-resource-parameter") => Resource::Omitted,
            Some("") => Resource::Omitted,
            Some(resource) => Resource::Given(resource.to_owned()),
            None => Resource::Published,
        },
        token_endpoint: value("--token-endpoint").map(|text| url("--token-endpoint", text)).transpose()?,
        authorize_params: line
            .values("--authorize-param")
            .filter_map(|given| given.value.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        callback: callback(line, &client, reader.warnings)?,
        binding: own.binding.unwrap_or(TokenBinding::None),
        sends: if line.has("--use-id-token") { Sends::IdToken } else { Sends::AccessToken },
        limits: Limits::default(),
        client,
    };
    let patience = value("--auth-timeout")
        .and_then(|seconds| seconds.trim().parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(PATIENCE);
    let browser = match own.sign_in {
        WantsSignIn::InBrowser => OpensBrowser::Once,
        WantsSignIn::ByLink | WantsSignIn::No => OpensBrowser::Never,
    };
    Ok(Some(SignInOptions { settings, patience, browser, lease: lease(line, home) }))
}

/// A token in the headers is the whole sign-in: a refusal is told, not mended by another one.
fn gives_a_token(line: &CommandLine) -> bool {
    line.headers.iter().any(|header| header.name.eq_ignore_ascii_case("authorization"))
}

fn client(
    line: &CommandLine,
    own: &Own,
    enterprise: Option<&EnterpriseContext>,
    reader: &mut Reader<'_, impl Fn(&str) -> Option<String>>,
) -> Result<ClientSettings, UsageError> {
    let mut settings = ClientSettings::default();
    if let Some(given) = line.value("--static-oauth-client-metadata") {
        settings.metadata = object("--static-oauth-client-metadata", &given.value)?;
    }
    if let Some(given) = line.value("--client-metadata-url") {
        let url = url("--client-metadata-url", &given.value)?;
        if url.scheme() != "https" || url.path() == "/" {
            return Err(UsageError::Value {
                flag: "--client-metadata-url",
                why: "it must be https with a path",
            });
        }
        settings.metadata_url = Some(url);
    }
    if let Some(given) = line.value("--static-oauth-client-info") {
        const FLAG: &str = "--static-oauth-client-info";
        let text = text(FLAG, &given.value)?;
        let info: ClientInfo = serde_json::from_str(&text)
            .map_err(|_| UsageError::Value { flag: FLAG, why: "it must be JSON with a client_id" })?;
        let mut expanded = |text: String| reader.expand(FLAG, &text);
        settings.pre_registered = Some(ClientInformation {
            client_secret: info.client_secret.map(|secret| Secret::new(expanded(secret))),
            token_endpoint_auth_method: info.token_endpoint_auth_method,
            redirect_uris: info.redirect_uris,
            ..ClientInformation::pre_registered(expanded(info.client_id), None)
        });
        settings.issuer = info.issuer;
    }
    if let Some(id) = &own.client_id {
        let secret = own.client_secret.as_ref().map(|secret| reader.secret("--client-secret", secret));
        settings.pre_registered =
            Some(ClientInformation::pre_registered(reader.expand("--client-id", id), secret.transpose()?));
    } else if let Some(context) = enterprise {
        let secret = context.client_secret.as_deref().map(Secret::new);
        settings.pre_registered = Some(ClientInformation::pre_registered(&*context.client_id, secret));
    }
    if let Some(path) = &own.private_key {
        let pem = Secret::new(read_file("--private-key", path)?);
        let key = SigningKey::from_pem(&pem);
        settings.key =
            Some(key.map_err(|source| UsageError::Key { path: path.clone(), source: Box::new(source) })?);
    }
    Ok(settings)
}

fn grant(
    line: &CommandLine,
    own: &Own,
    enterprise: Option<EnterpriseContext>,
    reader: &mut Reader<'_, impl Fn(&str) -> Option<String>>,
) -> Result<Grant, UsageError> {
    if let Some(context) = enterprise {
        let token_endpoint = url("--ema-context", &context.idp_token_endpoint)?;
        let secret = context.idp_client_secret.map(Secret::new);
        return Ok(Grant::EnterpriseManaged(Box::new(IdentityProvider {
            token_endpoint,
            client: ClientInformation::pre_registered(context.idp_client_id, secret),
            id_token: Secret::new(context.idp_id_token),
        })));
    }
    if let Some(assertion) = &own.workload_jwt {
        return Ok(Grant::WorkloadIdentity(reader.secret("--workload-jwt", assertion)?));
    }
    Ok(if line.has("--client-credentials") || line.has("--token-endpoint") {
        Grant::ClientCredentials
    } else if line.has("--device-code") {
        Grant::DeviceCode
    } else {
        Grant::Browser
    })
}

/// `--scope`, or the scope of the client's metadata, as mcp-remote has it.
fn scope(own: &Own, client: &ClientSettings) -> Option<String> {
    own.scope.clone().or_else(|| client.metadata.get("scope").and_then(Value::as_str).map(str::to_owned))
}

fn callback(
    line: &CommandLine,
    client: &ClientSettings,
    warnings: &mut Vec<String>,
) -> Result<CallbackSettings, UsageError> {
    let value = |flag| line.value(flag).map(|given| given.value.as_str());
    // An operator who entered the client for mcp-remote entered mcp-remote's address.
    let is_agreed = client.pre_registered.is_some() || client.metadata_url.is_some();
    let usual = if is_agreed && !cfg!(windows) { "localhost" } else { "127.0.0.1" };
    let path = match value("--callback-path") {
        Some(path) if path.starts_with('/') => path,
        Some(_) => {
            warnings.push("--callback-path must begin with /; /oauth/callback holds".into());
            "/oauth/callback"
        }
        None => "/oauth/callback",
    };
    let derived = line.server_hash(HashScheme::Current).map(|hash| hash.default_port());
    let given = line.callback_port.as_ref().map(|port| port.value);
    let ports = Ports {
        first: given.or(derived).unwrap_or(ANY_PORT),
        choice: if given.is_some() { PortChoice::Exactly } else { PortChoice::Near },
    };
    let success_url = value("--auth-success-url").map(|text| url("--auth-success-url", text)).transpose()?;
    Ok(CallbackSettings {
        host: value("--host").unwrap_or(usual).to_owned(),
        path: path.to_owned(),
        ports,
        open_for: OPEN_FOR,
        success_url,
    })
}

/// The file by which mcp-remote says that it renews this server's tokens.
fn lease(line: &CommandLine, home: Option<&Path>) -> Option<PathBuf> {
    let hash = line.server_hash(HashScheme::Current)?;
    let name = format!("{hash}_refresh_in_progress.json");
    Some(home?.join(".mcp-auth").join("mcp-remote-v1").join(name))
}

fn url(flag: &'static str, text: &str) -> Result<Url, UsageError> {
    let url = Url::parse(text).map_err(|_| UsageError::Value { flag, why: "it is no URL" })?;
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => Err(UsageError::Value { flag, why: "it must be https, or http to this machine" }),
    }
}

fn read_context(path: &Path) -> Result<EnterpriseContext, UsageError> {
    const FLAG: &str = "--ema-context";
    let text = read_file(FLAG, path)?;
    serde_json::from_str(&text).map_err(|_| UsageError::Value {
        flag: FLAG,
        why: "its file must be JSON with client_id, idp_client_id, idp_id_token and idp_token_endpoint",
    })
}

fn read_file(flag: &'static str, path: &Path) -> Result<String, UsageError> {
    std::fs::read_to_string(path).map_err(|source| UsageError::File { flag, path: path.to_owned(), source })
}

/// The text itself, or what stands in the file behind `@`.
fn text(flag: &'static str, value: &str) -> Result<String, UsageError> {
    match value.strip_prefix('@') {
        Some(path) => read_file(flag, Path::new(path)),
        None => Ok(value.to_owned()),
    }
}

fn object(flag: &'static str, value: &str) -> Result<Map<String, Value>, UsageError> {
    let text = text(flag, value)?;
    serde_json::from_str(&text).map_err(|_| UsageError::Value { flag, why: "it must be a JSON object" })
}

struct Reader<'a, V> {
    variable: &'a V,
    warnings: &'a mut Vec<String>,
}

impl<V: Fn(&str) -> Option<String>> Reader<'_, V> {
    fn secret(&mut self, flag: &'static str, value: &str) -> Result<Secret, UsageError> {
        let text = text(flag, value)?;
        Ok(Secret::new(self.expand(flag, text.trim())))
    }

    fn expand(&mut self, flag: &str, text: &str) -> String {
        expand(text, flag, self.variable, self.warnings)
    }
}
