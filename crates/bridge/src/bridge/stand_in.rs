//! The bridge in the server's place, until the server is there: what the server said last time, or where nothing is
//! remembered one tool that says what it waits for.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::connect::Connection;
use super::{Bridge, Request, Wanted};
use crate::envelope::Id;
use crate::failure::Failure;
use crate::memory::{Era, Remembered};
use crate::modern::splice;
use crate::options::Protocol;

/// The one tool that is offered while nothing is known of the server.
const WAITING_TOOL: &str = "connection_status";

/// Who answers the host while the server is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum StandIn {
    /// Nobody: the host waits.
    #[default]
    None,
    /// What the server said last time.
    Memory,
    /// The bridge itself.
    Own,
}

#[derive(Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    result: ToolsOf<'a>,
}

#[derive(Deserialize)]
struct ToolsOf<'a> {
    #[serde(borrow)]
    tools: &'a RawValue,
}

#[derive(Deserialize)]
struct Result_<'a> {
    #[serde(borrow)]
    result: &'a RawValue,
}

impl Bridge {
    /// What is remembered for this version of MCP, unless the command line says that the server speaks another age.
    pub(super) fn remembered(&self, version: &str) -> Option<Remembered> {
        let remembered = self.memory.recall(version)?;
        let allowed = match self.protocol {
            Protocol::Auto => true,
            Protocol::Legacy => remembered.era == Era::Legacy,
            Protocol::Modern => remembered.era == Era::Modern,
        };
        allowed.then_some(remembered)
    }

    /// Answers `initialize` because the server takes too long.
    pub(super) fn stand_in_for_server(&self, id: &Id) {
        self.log.warning(format_args!("{} is slow; answering the host in its place", self.origin()));
        self.stand_in.set(StandIn::Own);
        let version = super::translation::offered(&self.handshake.borrow().version).to_owned();
        let greeting = json!({
            "protocolVersion": version,
            "capabilities": { "tools": { "listChanged": true } },
            "serverInfo": { "name": "mcp-bridge", "version": env!("CARGO_PKG_VERSION") },
            "instructions": format!(
                "{} has not answered yet. Its tools appear as soon as it does; {WAITING_TOOL} says what is waited for.",
                self.origin()
            ),
        });
        self.finish_with_result(id, &greeting.to_string());
    }

    /// The answer to a request that does not need the server, or cannot wait for it, as the text of its result.
    pub(super) fn answer_in_its_place(&self, request: &Request) -> Option<String> {
        if self.stand_in.get() == StandIn::None {
            return None;
        }
        if *request.method == *"tools/call"
            && self.stand_in.get() == StandIn::Own
            && super::translation::tool_name(&request.line).as_deref() == Some(WAITING_TOOL)
        {
            return Some(self.connection_status());
        }
        if matches!(*self.connection.borrow(), Connection::Made) {
            return None;
        }
        match (&*request.method, self.stand_in.get()) {
            ("ping", _) => Some("{}".to_owned()),
            ("tools/list", StandIn::Own) => Some(waiting_tools(self.upstream.origin())),
            ("tools/list", StandIn::Memory) if matches!(request.wanted, Wanted::Tools(tools) if tools.is_whole()) =>
            {
                let version = self.handshake.borrow().version.clone();
                let tools = self.memory.recall(&version)?.tools?;
                self.shown_tools.set(true);
                Some(self.filter.apply(tools.get()).unwrap_or_else(|| tools.get().to_owned()))
            }
            _ => None,
        }
    }

    fn connection_status(&self) -> String {
        let origin = self.upstream.origin();
        let text = match &*self.connection.borrow() {
            // The link may be newer than the failure.
            Connection::Failed(failure) if matches!(**failure, Failure::SignIn(_)) => {
                let needed = self.upstream.sign_in().map(|sign_in| sign_in.needed().to_string());
                format!("{}. {}", needed.unwrap_or_default(), failure.next_step())
            }
            Connection::Made => format!("{origin} is connected now. Its tools can be listed."),
            Connection::Failed(failure) => {
                format!(
                    "{origin} is not connected: {failure}. {} It is tried again by itself.",
                    failure.next_step()
                )
            }
            Connection::NotBegun | Connection::Making => {
                format!(
                    "{origin} has been asked and has not answered yet. Its tools appear as soon as it does."
                )
            }
        };
        json!({ "content": [{ "type": "text", "text": text }] }).to_string()
    }

    /// Once the server is there: tells the host to list the tools again if it was shown others.
    pub(super) async fn tell_what_is_different(self: &Rc<Self>) {
        let differs = match self.stand_in.get() {
            StandIn::None => false,
            StandIn::Own => true,
            StandIn::Memory => self.shown_tools.get() && self.tools_differ().await,
        };
        if differs {
            self.host.send(br#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#.to_vec());
        }
    }

    /// Compares the tools with those that are remembered, and remembers the new ones.
    async fn tools_differ(self: &Rc<Self>) -> bool {
        let version = self.handshake.borrow().version.clone();
        let answer = match self.ask("tools/list").await {
            Ok(answer) => self.learn_tools_where_modern(answer),
            Err(failure) => {
                self.log.debug(format_args!("the tools could not be compared: {failure}"));
                return true;
            }
        };
        let Ok(Result_ { result }) = serde_json::from_slice(&answer) else { return true };
        let Ok(Listed { result: now }) = serde_json::from_slice(&answer) else { return true };
        let before = self.memory.recall(&version).and_then(|remembered| remembered.tools);
        let same = before.is_some_and(|before| {
            serde_json::from_str(before.get()).is_ok_and(|ToolsOf { tools }| tools.get() == now.tools.get())
        });
        if !same {
            self.memory.keep_tools(&version, Some(result));
        }
        !same
    }
}

fn waiting_tools(origin: &str) -> String {
    json!({ "tools": [{
        "name": WAITING_TOOL,
        "title": "Connection status",
        "description": format!("{origin} has not answered yet. This says what is waited for and what to do."),
        "inputSchema": { "type": "object", "properties": {} },
        "annotations": { "readOnlyHint": true },
    }] })
    .to_string()
}

/// The result of `initialize`, saying that the list of tools may change: it does when the server turns out to have
/// others than it had.
pub(super) fn with_changing_tools(greeting: &str) -> String {
    #[derive(Deserialize)]
    struct Greeting<'a> {
        #[serde(borrow)]
        capabilities: Capabilities<'a>,
    }
    #[derive(Deserialize)]
    struct Capabilities<'a> {
        #[serde(borrow)]
        tools: &'a RawValue,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Tools<'a> {
        #[serde(default, borrow)]
        list_changed: Option<&'a RawValue>,
    }
    let Ok(Greeting { capabilities: Capabilities { tools } }) = serde_json::from_str(greeting) else {
        return greeting.to_owned();
    };
    match serde_json::from_str(tools.get()) {
        Ok(Tools { list_changed: Some(value) }) => splice::replace(greeting, value.get(), "true"),
        Ok(Tools { list_changed: None }) => {
            splice::replace(greeting, tools.get(), &splice::with_members(tools.get(), "\"listChanged\":true"))
        }
        Err(_) => greeting.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_says_that_its_tools_may_change_and_keeps_every_other_byte() {
        let cases = [
            (
                r#"{"capabilities":{ "tools":{ } },"n":1.50}"#,
                r#"{"capabilities":{ "tools":{"listChanged":true } },"n":1.50}"#,
            ),
            (
                r#"{"capabilities":{"tools":{"listChanged":false}}}"#,
                r#"{"capabilities":{"tools":{"listChanged":true}}}"#,
            ),
            (r#"{"capabilities":{"prompts":{}}}"#, r#"{"capabilities":{"prompts":{}}}"#),
        ];
        for (before, after) in cases {
            assert_eq!(with_changing_tools(before), after);
        }
    }
}
