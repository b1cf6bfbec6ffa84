//! Starting the server's process.

pub(crate) mod cwd_read_only;
pub(crate) mod macos_local_network;
pub(crate) mod macos_quarantine;
pub(crate) mod macos_tcc;
pub(crate) mod missing_env_var;
pub(crate) mod msix_virtual_path;
pub(crate) mod path_not_found;
pub(crate) mod permission_denied;
pub(crate) mod spawn_enoent_docker;
pub(crate) mod spawn_enoent_node;
pub(crate) mod spawn_enoent_other;
pub(crate) mod spawn_enoent_python;
pub(crate) mod spawn_enoent_uv;
pub(crate) mod windows_needs_cmd_wrapper;
pub(crate) mod wsl_path;
