//! Tools that the entry does not let the host use.

use bridgekeeper_testkit::fault::{FaultServer, Reply};
use serde_json::json;

use crate::{VERSION, bridge};

#[test]
fn what_is_filtered_out_is_neither_offered_nor_called() {
    let server = FaultServer::start(|request| {
        match (request.method.as_str(), request.rpc_method().as_str()) {
            ("POST", "initialize") => Reply::initialized(request, ""),
            ("POST", "tools/list") => Reply::result(
                request,
                &json!({ "tools": [{ "name": "get_user" }, { "name": "delete_user" }, { "name": "get_secret" }] }),
            ),
            ("POST", "tools/call") => Reply::result(request, &json!({ "called": true })),
            ("POST", _) => Reply::accepted(),
            _ => Reply::new(405, &[], ""),
        }
    });
    let mut host = bridge(&server.url(), &["--allow-tool", "GET_*", "--ignore-tool", "*secret"]);
    host.initialize(VERSION);
    let tools = host.call(1, "tools/list", &json!({}));
    assert_eq!(tools["result"]["tools"], json!([{ "name": "get_user" }]));
    assert_eq!(host.call(2, "tools/call", &json!({ "name": "get_user" }))["result"]["called"], true);
    let error = &host.call(3, "tools/call", &json!({ "name": "delete_user" }))["error"];
    assert_eq!(error["code"], -32603);
    assert!(
        error["message"].as_str().is_some_and(|text| text.contains("\"delete_user\" is not available")),
        "{error}"
    );
    let called = server.seen().iter().filter(|seen| seen.rpc_method() == "tools/call").count();
    assert_eq!(called, 1);
}
