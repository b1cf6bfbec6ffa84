//! MCP messages between Claude and the server.

pub(crate) mod initialize_timeout;
pub(crate) mod invalid_jsonrpc_message;
pub(crate) mod protocol_version_mismatch;
pub(crate) mod stdout_pollution;
pub(crate) mod tool_call_timeout;
pub(crate) mod tool_schema_invalid;
