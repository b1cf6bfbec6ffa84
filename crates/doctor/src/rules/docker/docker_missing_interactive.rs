use bridgekeeper_formats::log::Event;
use bridgekeeper_model::Severity;

use crate::log_scan::{LogLine, Sign};
use crate::rule;
use crate::rule::{Detect, Reads, Role};
use crate::signs::program;
use crate::signs::program::Family;

rule! {
    /// The container was started without `-i`, or with a terminal that is not there.
    ///
    /// ## Why it matters
    ///
    /// An MCP server talks over standard input. Without `-i` Docker closes it at once and the server ends; with
    /// `-t` it wants a terminal that Claude does not have.
    ///
    /// ## What to do
    ///
    /// Add `-i` right behind `run` in `args`, and remove `-t`.
    ///
    /// ## Examples
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.110Z [box] [info] Using MCP server command: /usr/local/bin/docker with args and path: {
    ///   metadata: {
    ///     args: [ 'run', '--rm', 'acme/box', [length]: 3 ],
    ///     paths: [ '/usr/bin', [length]: 1 ]
    ///   }
    /// } %o
    /// 2026-03-02T08:15:00.120Z [box] [info] Server started and connected successfully { metadata: undefined }
    /// 2026-03-02T08:15:01.120Z [box] [info] Server transport closed { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// 2026-03-02T08:15:00.110Z [box] [info] Using MCP server command: docker with args and path: { metadata: { args: [ 'run', '--rm', 'acme/box' ] } }
    /// 2026-03-02T08:15:01.120Z [box] [info] Server transport closed { metadata: undefined }
    /// ```
    ///
    /// ```log,finds
    /// the input device is not a TTY
    /// ```
    ///
    /// ```log,silent
    /// 2026-03-02T08:15:00.110Z [box] [info] Using MCP server command: docker with args and path: {
    ///   metadata: {
    ///     args: [ 'run', '-i', '--rm', 'acme/box', [length]: 4 ],
    ///   }
    /// } %o
    /// 2026-03-02T08:15:01.120Z [box] [info] Server transport closed { metadata: undefined }
    /// ```
    ///
    /// ```log,silent
    /// cannot attach file to issue
    /// ```
    pub(crate) static RULE = {
        id: "docker-missing-interactive",
        severity: Severity::Error,
        message: "`docker run` of this entry lacks `-i`, so the server gets no input",
        hides: &[],
        fixes: &["docker-interactive", "edit-config"],
        detect: Detect::Log {
            needles: &[
                "server transport closed", "input device is not a tty", "cannot attach stdin",
                "stdin is not a terminal",
            ],
            role: Role::Cause,
            reads: Reads::Reports,
            sign,
        },
    };
}

fn sign(line: &LogLine<'_>) -> Option<Sign> {
    if line.has_any(&["input device is not a tty", "cannot attach stdin", "stdin is not a terminal"]) {
        return Some(Sign::new());
    }
    let docker = line.session().program.as_deref().is_some_and(|program| {
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        program::family(name) == Family::Docker
    });
    let closed = matches!(line.event, Some(Event::TransportClosed | Event::ClosedUnexpectedly))
        && !line.session().closing;
    if !docker || !closed || line.session().answered.is_some() {
        return None;
    }
    // Up to the command itself: Claude writes the arguments below it, older versions on the same line.
    let mut block: Vec<String> = Vec::new();
    for before in line.raw_before() {
        let command = before.contains("Using MCP server command");
        block.push(before.into_owned());
        if command {
            break;
        }
    }
    let says = |arg: &str| block.iter().any(|text| text.contains(&format!("'{arg}'")));
    let interactive =
        says("--interactive") || block.iter().flat_map(|text| text.split('\'')).any(is_interactive);
    (says("run") && !interactive).then(Sign::new)
}

/// `-i`, alone or together with other short options.
fn is_interactive(arg: &str) -> bool {
    arg.strip_prefix('-')
        .is_some_and(|short| !short.starts_with('-') && short.contains('i') && short.len() <= 4)
}
