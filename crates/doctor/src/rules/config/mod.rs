//! Rules that look at `claude_desktop_config.json`.
//!
//! They know the format and the ways in which Claude starts a server, and nothing of this machine: what only the
//! machine can tell (is the program there, is the port free) is `info` here at most.

pub(crate) mod docker;
mod placeholders;
pub(crate) mod reading;

mod args_with_space;
mod builtin_node_hides_global_packages;
mod byte_order_mark;
mod callback_port_clash;
mod command_includes_args;
mod command_not_on_path;
mod comment_line;
mod control_character;
mod curl_as_bridge;
mod cwd_not_honoured;
mod directory_trailing_backslash_ok;
mod docker_run_without_i;
mod duplicate_key;
mod empty_file;
mod env_name_passed_as_arg;
mod excerpt_marker;
mod foreign_literal;
mod foreign_space;
mod fragment;
mod git_url_as_package;
mod http_url;
mod json_in_args;
mod json_in_env;
mod lan_address;
mod mcp_servers_missing;
mod missing_args;
mod missing_colon;
mod missing_comma;
mod missing_command;
mod missing_mcp_servers_key;
mod missing_outer_braces;
mod missing_value;
mod nested_too_deep;
mod not_utf8;
mod npm_package_misspelled;
mod npx_absolute_path_without_path_env;
mod nul_bytes;
mod outdated_mcp_remote;
mod over_escaped_json_arg;
mod path_with_spaces;
mod placeholder_not_replaced;
mod private_ip_https;
mod relative_command;
mod relative_path;
mod remote_url_entry;
mod second_object;
mod secret_in_args;
pub(crate) mod secret_in_config;
mod shell_wrapper;
mod single_backslash;
mod single_quotes;
mod smart_quotes;
mod space_in_url;
mod stderr_merged_into_stdout;
mod tabs;
mod text_outside_json;
mod tls_verify_disabled;
mod trailing_comma;
mod trailing_space_in_path;
mod unbalanced_braces;
mod unclosed_brace;
mod unclosed_string;
mod unescaped_quote;
mod unexpected_text;
mod unknown_keys;
mod unquoted_text;
mod wrong_command;
mod wrong_punctuation;
mod wrong_type_value;
mod wsl_path;

use crate::rule::Rule;

/// The rules that look at the config file: the text, its shape, then entries.
pub static ALL: &[&Rule] = &[
    &byte_order_mark::BYTE_ORDER_MARK,
    &not_utf8::NOT_UTF8,
    &empty_file::EMPTY_FILE,
    &nul_bytes::NUL_BYTES,
    &comment_line::COMMENT_LINE,
    &trailing_comma::TRAILING_COMMA,
    &missing_comma::MISSING_COMMA,
    &missing_colon::MISSING_COLON,
    &missing_value::MISSING_VALUE,
    &wrong_punctuation::WRONG_PUNCTUATION,
    &single_backslash::SINGLE_BACKSLASH,
    &smart_quotes::SMART_QUOTES,
    &single_quotes::SINGLE_QUOTES,
    &unescaped_quote::UNESCAPED_QUOTE,
    &unquoted_text::UNQUOTED_TEXT,
    &missing_outer_braces::MISSING_OUTER_BRACES,
    &unclosed_brace::UNCLOSED_BRACE,
    &unclosed_string::UNCLOSED_STRING,
    &unbalanced_braces::UNBALANCED_BRACES,
    &second_object::SECOND_OBJECT,
    &text_outside_json::TEXT_OUTSIDE_JSON,
    &excerpt_marker::EXCERPT_MARKER,
    &control_character::CONTROL_CHARACTER,
    &foreign_space::FOREIGN_SPACE,
    &foreign_literal::FOREIGN_LITERAL,
    &unexpected_text::UNEXPECTED_TEXT,
    &nested_too_deep::NESTED_TOO_DEEP,
    &duplicate_key::DUPLICATE_KEY,
    &tabs::TABS,
    &fragment::FRAGMENT,
    &missing_mcp_servers_key::MISSING_MCP_SERVERS_KEY,
    &mcp_servers_missing::MCP_SERVERS_MISSING,
    &wrong_type_value::WRONG_TYPE_VALUE,
    &missing_command::MISSING_COMMAND,
    &missing_args::MISSING_ARGS,
    &remote_url_entry::REMOTE_URL_ENTRY,
    &unknown_keys::UNKNOWN_KEYS,
    &wrong_command::WRONG_COMMAND,
    &command_includes_args::COMMAND_INCLUDES_ARGS,
    &command_not_on_path::COMMAND_NOT_ON_PATH,
    &npx_absolute_path_without_path_env::NPX_ABSOLUTE_PATH_WITHOUT_PATH_ENV,
    &relative_command::RELATIVE_COMMAND,
    &relative_path::RELATIVE_PATH,
    &cwd_not_honoured::CWD_NOT_HONOURED,
    &args_with_space::ARGS_WITH_SPACE,
    &path_with_spaces::PATH_WITH_SPACES,
    &space_in_url::SPACE_IN_URL,
    &trailing_space_in_path::TRAILING_SPACE_IN_PATH,
    &directory_trailing_backslash_ok::DIRECTORY_TRAILING_BACKSLASH_OK,
    &placeholder_not_replaced::PLACEHOLDER_NOT_REPLACED,
    &secret_in_args::SECRET_IN_ARGS,
    &secret_in_config::SECRET_IN_CONFIG,
    &env_name_passed_as_arg::ENV_NAME_PASSED_AS_ARG,
    &json_in_args::JSON_IN_ARGS,
    &json_in_env::JSON_IN_ENV,
    &over_escaped_json_arg::OVER_ESCAPED_JSON_ARG,
    &npm_package_misspelled::NPM_PACKAGE_MISSPELLED,
    &git_url_as_package::GIT_URL_AS_PACKAGE,
    &docker_run_without_i::DOCKER_RUN_WITHOUT_I,
    &shell_wrapper::SHELL_WRAPPER,
    &stderr_merged_into_stdout::STDERR_MERGED_INTO_STDOUT,
    &curl_as_bridge::CURL_AS_BRIDGE,
    &http_url::HTTP_URL,
    &lan_address::LAN_ADDRESS,
    &private_ip_https::PRIVATE_IP_HTTPS,
    &tls_verify_disabled::TLS_VERIFY_DISABLED,
    &builtin_node_hides_global_packages::BUILTIN_NODE_HIDES_GLOBAL_PACKAGES,
    &wsl_path::WSL_PATH,
    &callback_port_clash::CALLBACK_PORT_CLASH,
    &outdated_mcp_remote::OUTDATED_MCP_REMOTE,
];
