//! What a host does in each scenario of the suite.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::client::Client;

/// Plays the scenario's part of the host.
pub(crate) fn play(scenario: &str, context: &Value, client: &mut Client) -> Result<()> {
    match scenario {
        "initialize" | "request-metadata" | "json-schema-ref-no-deref" => client.tools().map(drop),
        "elicitation-sep1034-client-defaults" => {
            listed(client, "test_client_elicitation_defaults", &json!({})).map(drop)
        }
        "sse-retry" => {
            let result = listed(client, "test_reconnection", &json!({}))?;
            ensure!(result.to_string().contains("Reconnection test completed"), "{result}");
            Ok(())
        }
        "json-schema-2020-12-preservation" => {
            let tools = client.tools()?;
            let tool = tools.iter().find(|tool| tool["name"] == "json_schema_2020_12_tool");
            let schema = tool.map_or(Value::Null, |tool| tool["inputSchema"].clone());
            client.call("json_schema_echo", &json!({ "schema": schema })).map(drop)
        }
        "sep-2322-client-request-state" => several_rounds(client),
        "http-standard-headers" => every_kind_of_name(client),
        "http-custom-headers" => {
            client.tools()?;
            for call in context["toolCalls"].as_array().into_iter().flatten() {
                client.call(call["name"].as_str().unwrap_or_default(), &call["arguments"])?;
            }
            Ok(())
        }
        "http-invalid-tool-headers" => {
            for tool in client.tools()? {
                let arguments = json!({ "region": "us", "value": "x", "field1": "a", "field2": "b" });
                // Whether the call works is not the question: it must carry no header that is invalid.
                let _ = client.try_call(tool["name"].as_str().unwrap_or_default(), &arguments)?;
            }
            Ok(())
        }
        name if name.starts_with("auth/") => listed(client, "test-tool", &json!({})).map(drop),
        _ => {
            if let Some(tool) = client.tools()?.first() {
                client.call(tool["name"].as_str().unwrap_or_default(), &json!({ "a": 2, "b": 3 }))?;
            }
            Ok(())
        }
    }
}

/// Lists the tools, as every host does first, and calls one.
fn listed(client: &mut Client, tool: &str, arguments: &Value) -> Result<Value> {
    client.tools()?;
    client.call(tool, arguments)
}

fn several_rounds(client: &mut Client) -> Result<()> {
    client.tools()?;
    for tool in
        ["test_mrtr_echo_state", "test_mrtr_unrelated", "test_mrtr_no_state", "test_mrtr_no_result_type"]
    {
        client.call(tool, &json!({}))?;
    }
    Ok(())
}

fn every_kind_of_name(client: &mut Client) -> Result<()> {
    for tool in client.tools()? {
        client.call(tool["name"].as_str().unwrap_or_default(), &json!({}))?;
    }
    for resource in client.list("resources/list", "resources")? {
        let read = client.request("resources/read", json!({ "uri": resource["uri"] }))?;
        ensure!(read.is_ok(), "{read:?}");
    }
    for prompt in client.list("prompts/list", "prompts")? {
        let got = client.request("prompts/get", json!({ "name": prompt["name"], "arguments": {} }))?;
        ensure!(got.is_ok(), "{got:?}");
    }
    Ok(())
}
