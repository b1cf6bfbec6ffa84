//! Every rule there is. A new cause is one file and one line here.

use std::sync::LazyLock;

use crate::rule::Rule;

pub mod config;
mod config_file;
mod docker;
mod http;
pub mod machine;
mod network;
mod node;
mod oauth;
mod process;
mod protocol;
mod python;
mod state;

/// The rules that look at logs, causes before what follows from them: among findings of one severity this order
/// decides which stands first.
pub static LOG: &[&Rule] = &[
    &config_file::config_json_invalid::RULE,
    &config_file::config_schema_invalid::RULE,
    &config_file::extension_manifest_invalid::RULE,
    &config_file::command_includes_args::RULE,
    &config_file::config_path_escaping::RULE,
    &config_file::windows_path_space::RULE,
    &process::wsl_path::RULE,
    &process::windows_needs_cmd_wrapper::RULE,
    &process::macos_quarantine::RULE,
    &process::macos_tcc::RULE,
    &process::cwd_read_only::RULE,
    &node::node_too_old::RULE,
    &node::npx_cache_corrupt::RULE,
    &node::npm_package_not_found::RULE,
    &node::npm_permission::RULE,
    &process::spawn_enoent_node::RULE,
    &process::spawn_enoent_uv::RULE,
    &process::spawn_enoent_python::RULE,
    &process::spawn_enoent_docker::RULE,
    &process::spawn_enoent_other::RULE,
    &process::msix_virtual_path::RULE,
    &process::missing_env_var::RULE,
    &python::python_too_old::RULE,
    &python::python_package_not_found::RULE,
    &python::python_dependency_resolution::RULE,
    &python::encoding_error::RULE,
    &docker::docker_permission::RULE,
    &docker::docker_daemon_down::RULE,
    &docker::docker_image_missing::RULE,
    &docker::docker_missing_interactive::RULE,
    &node::node_module_missing::RULE,
    &python::python_module_missing::RULE,
    &process::path_not_found::RULE,
    &process::permission_denied::RULE,
    &oauth::oauth_coordination_null_port::RULE,
    &oauth::oauth_dcr_unsupported::RULE,
    &oauth::oauth_redirect_uri_mismatch::RULE,
    &oauth::oauth_token_exchange_failed::RULE,
    &oauth::oauth_invalid_client::RULE,
    &oauth::oauth_invalid_grant::RULE,
    &oauth::oauth_callback_timeout::RULE,
    &oauth::oauth_duplicate_instance::RULE,
    &network::port_in_use::RULE,
    &network::tls_cert_expired::RULE,
    &network::tls_untrusted_ca::RULE,
    &network::dns_failure::RULE,
    &process::macos_local_network::RULE,
    &network::proxy_required::RULE,
    &network::connect_timeout::RULE,
    &network::connection_refused::RULE,
    &network::connection_reset::RULE,
    &http::session_expired::RULE,
    &protocol::protocol_version_mismatch::RULE,
    &http::transport_mismatch::RULE,
    &http::api_key_invalid::RULE,
    &http::http_421::RULE,
    &http::http_429::RULE,
    &http::http_415::RULE,
    &http::http_406::RULE,
    &http::http_405::RULE,
    &http::http_403::RULE,
    &http::http_401::RULE,
    &http::http_404::RULE,
    &http::http_400::RULE,
    &http::http_5xx::RULE,
    &oauth::oauth_other::RULE,
    &protocol::invalid_jsonrpc_message::RULE,
    &protocol::tool_schema_invalid::RULE,
    &protocol::initialize_timeout::RULE,
    &protocol::stdout_pollution::RULE,
    &protocol::tool_call_timeout::RULE,
    &state::config_wrong_location::RULE,
    &state::server_crash_early::RULE,
    &state::client_shutdown::RULE,
];

/// Every rule: those of the logs, then those of the config file, then those of the machine.
pub static ALL: LazyLock<Vec<&'static Rule>> =
    LazyLock::new(|| LOG.iter().chain(config::ALL).chain(machine::ALL).copied().collect());

/// Ids that rules had once. They are never used again.
pub static RETIRED: &[&str] = &[];
