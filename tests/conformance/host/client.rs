//! An MCP host of either age, as far as the scenarios need one.

use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use bridgekeeper_testkit::host::StdioHost;
use serde_json::{Map, Value, json};

const HANDSHAKE_VERSION: &str = "2025-11-25";
const MODERN_VERSION: &str = "2026-07-28";

/// The server does not speak the version that the request names (JSON-RPC error code).
const UNSUPPORTED_VERSION: i64 = -32022;

/// How often one request may ask for more.
const ROUNDS: usize = 8;

/// Whether the host begins with a handshake (up to 2025-11-25) or without one (2026-07-28).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    Legacy,
    Modern,
}

/// A host that is connected.
#[derive(Debug)]
pub(crate) struct Client {
    host: StdioHost,
    age: Age,
    next_id: u64,
}

impl Client {
    /// Starts the bridge and shakes hands. A modern host that hears of no modern version begins with a handshake
    /// (MCP 2026-07-28, *Backwards Compatibility*).
    pub(crate) fn connect(bridge: Command, age: Age) -> Result<Self> {
        let mut client = Self { host: StdioHost::start(bridge), age, next_id: 0 };
        if age == Age::Modern {
            if client.discovers()? {
                return Ok(client);
            }
            client.age = Age::Legacy;
        }
        let hello = json!({
            "protocolVersion": HANDSHAKE_VERSION,
            "capabilities": capabilities(),
            "clientInfo": client_info(),
        });
        if let Err(error) = client.request("initialize", hello)? {
            bail!("the handshake was answered with {error}");
        }
        client.host.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        Ok(client)
    }

    /// Whether the server speaks the version without a handshake. One that refuses the version and offers it in the
    /// same breath is asked again.
    fn discovers(&mut self) -> Result<bool> {
        let offers = |versions: &Value| {
            versions.as_array().is_some_and(|versions| versions.contains(&json!(MODERN_VERSION)))
        };
        let mut answer = self.request("server/discover", json!({}))?;
        if answer
            .as_ref()
            .is_err_and(|error| error["code"] == UNSUPPORTED_VERSION && offers(&error["data"]["supported"]))
        {
            answer = self.request("server/discover", json!({}))?;
        }
        Ok(answer.is_ok_and(|result| offers(&result["supportedVersions"])))
    }

    /// Every tool.
    pub(crate) fn tools(&mut self) -> Result<Vec<Value>> {
        self.list("tools/list", "tools")
    }

    /// Everything that a list holds.
    pub(crate) fn list(&mut self, method: &str, member: &str) -> Result<Vec<Value>> {
        let mut result = match self.request(method, json!({}))? {
            Ok(result) => result,
            Err(error) => bail!("{method} was answered with {error}"),
        };
        serde_json::from_value(result[member].take()).with_context(|| format!("{method} gave no {member}"))
    }

    /// Calls a tool that must not fail.
    pub(crate) fn call(&mut self, name: &str, arguments: &Value) -> Result<Value> {
        match self.try_call(name, arguments)? {
            Ok(result) => Ok(result),
            Err(error) => bail!("the tool {name} was answered with {error}"),
        }
    }

    /// Calls a tool that may answer with an error.
    pub(crate) fn try_call(&mut self, name: &str, arguments: &Value) -> Result<Result<Value, Value>> {
        self.request("tools/call", json!({ "name": name, "arguments": arguments }))
    }

    /// Sends a request and gives back its result or its error. What the server asks meanwhile is answered.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Result<Value, Value>> {
        let Value::Object(mut params) = params else { bail!("parameters are an object") };
        if self.age == Age::Modern {
            params.insert("_meta".into(), metadata());
        }
        for _ in 0..ROUNDS {
            let answer = self.round(method, &params)?;
            let Ok(result) = &answer else { return Ok(answer) };
            if result["resultType"] != "input_required" {
                return Ok(answer);
            }
            ensure!(self.age == Age::Modern, "a host of this age was asked for input: {result}");
            let questions = result["inputRequests"].as_object().into_iter().flatten();
            let responses: Map<String, Value> = questions
                .map(|(key, question)| (key.clone(), reply(question).unwrap_or_else(|error| error)))
                .collect();
            params.insert("inputResponses".into(), responses.into());
            match result.get("requestState") {
                Some(state) => params.insert("requestState".into(), state.clone()),
                None => params.remove("requestState"),
            };
        }
        bail!("{method} asked for more {ROUNDS} times")
    }

    /// Closes the bridge's input and sees that it ends.
    pub(crate) fn close(mut self) -> Result<()> {
        let status = self.host.finish();
        ensure!(status.success(), "the bridge ended with {status}");
        Ok(())
    }

    fn round(&mut self, method: &str, params: &Map<String, Value>) -> Result<Result<Value, Value>> {
        self.next_id += 1;
        let id = self.next_id;
        self.host.request(id, method, &params.clone().into());
        loop {
            let mut message: Value = serde_json::from_str(&self.host.line())?;
            match (message.get("method"), message.get("id")) {
                (Some(_), Some(asked)) => {
                    ensure!(self.age == Age::Legacy, "a host of this age was asked {message}");
                    let answer = match reply(&message) {
                        Ok(result) => json!({ "jsonrpc": "2.0", "id": asked, "result": result }),
                        Err(error) => json!({ "jsonrpc": "2.0", "id": asked, "error": error }),
                    };
                    self.host.send(&answer.to_string());
                }
                (None, Some(answered)) if *answered == id => {
                    return Ok(match message.get_mut("error") {
                        Some(error) => Err(error.take()),
                        None => Ok(message["result"].take()),
                    });
                }
                (None, _) => bail!("an answer to nothing: {message}"),
                (Some(_), None) => {}
            }
        }
    }
}

/// What this host says to a server's question.
fn reply(question: &Value) -> Result<Value, Value> {
    match question["method"].as_str().unwrap_or_default() {
        "elicitation/create" => {
            let properties = question["params"]["requestedSchema"]["properties"].as_object();
            let content: Map<String, Value> = properties
                .into_iter()
                .flatten()
                .filter_map(|(name, schema)| {
                    let agreed = (schema["type"] == "boolean").then_some(Value::Bool(true));
                    Some((name.clone(), schema.get("default").cloned().or(agreed)?))
                })
                .collect();
            Ok(json!({ "action": "accept", "content": content }))
        }
        "sampling/createMessage" => Ok(json!({
            "role": "assistant",
            "model": "none",
            "stopReason": "endTurn",
            "content": { "type": "text", "text": "a sample" },
        })),
        "roots/list" => Ok(json!({ "roots": [{ "uri": "file:///work", "name": "work" }] })),
        "ping" => Ok(json!({})),
        other => Err(json!({ "code": -32601, "message": format!("this host does not know {other}") })),
    }
}

fn metadata() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
        "io.modelcontextprotocol/clientInfo": client_info(),
        "io.modelcontextprotocol/clientCapabilities": capabilities(),
    })
}

fn client_info() -> Value {
    json!({ "name": "conformance-host", "version": "1" })
}

fn capabilities() -> Value {
    json!({ "roots": {}, "sampling": {}, "elicitation": { "form": { "applyDefaults": true } } })
}
