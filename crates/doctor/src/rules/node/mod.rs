//! Node and npm.

pub(crate) mod node_module_missing;
pub(crate) mod node_too_old;
pub(crate) mod npm_package_not_found;
pub(crate) mod npm_permission;
pub(crate) mod npx_cache_corrupt;
