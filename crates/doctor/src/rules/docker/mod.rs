//! Docker.

pub(crate) mod docker_daemon_down;
pub(crate) mod docker_image_missing;
pub(crate) mod docker_missing_interactive;
pub(crate) mod docker_permission;
