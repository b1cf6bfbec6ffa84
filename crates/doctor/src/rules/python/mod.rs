//! Python and uv.

pub(crate) mod encoding_error;
pub(crate) mod python_dependency_resolution;
pub(crate) mod python_module_missing;
pub(crate) mod python_package_not_found;
pub(crate) mod python_too_old;
