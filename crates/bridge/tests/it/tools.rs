//! Tools that the entry does not let the host use.

use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};
use serde_json::json;

use crate::{VERSION, bridge};

#[test]
fn what_is_filtered_out_is_neither_offered_nor_called() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "tools/list" => Reply::result(
            request,
            &json!({ "tools": [{ "name": "get_user" }, { "name": "delete_user" }, { "name": "get_secret" }] }),
        ),
        "tools/call" => Reply::result(request, &json!({ "called": true })),
        _ => Reply::proper(request),
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
    // Another reader may make a name of what is none here.
    for params in [r#"{"name":["delete_user"]}"#, r#"{"name":"get_user"},"params":{"name":"delete_user"}"#] {
        host.send(&format!(r#"{{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{params}}}"#));
        assert_eq!(host.answer(4)["error"]["code"], -32603, "{params}");
    }
    let called = server.seen().iter().filter(|seen| seen.rpc_method() == "tools/call").count();
    assert_eq!(called, 1);
}
