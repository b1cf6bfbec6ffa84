//! The config file, as Claude's messages show it.

pub(crate) mod command_includes_args;
pub(crate) mod config_json_invalid;
pub(crate) mod config_path_escaping;
pub(crate) mod config_schema_invalid;
pub(crate) mod extension_manifest_invalid;
pub(crate) mod windows_path_space;
