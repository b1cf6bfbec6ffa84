//! What runs and what the computer's checks told, a line each. Command lines stay out: they hold secrets.

use bridgekeeper_formats::secrets::{Redacted, Redactor};
use bridgekeeper_machine::{Process, Role, orphaned_bridges, role, running_claudes};
use bridgekeeper_model::machine::{MachineFacts, StartedProgram};
use jiff::Timestamp;

use crate::bridges;
use crate::context::Context;
use crate::reset::age;

/// Claude with everything below it, and bridges without a starter: what each is, its number and its age.
pub(super) fn processes(context: &Context, redactor: &Redactor) -> Vec<Redacted> {
    let os = context.home.os();
    let processes = match context.machine.processes() {
        Ok(processes) => processes,
        Err(error) => return vec![redactor.redact(&format!("not known: {error}"))],
    };
    let now = (context.now)();
    let claudes = running_claudes(&processes, os);
    let of_claudes = claudes.iter().flat_map(|claude| std::iter::once(&claude.main).chain(&claude.below));
    let told = of_claudes.map(|process| line(process, title(role(process, os)), now));
    let orphans = orphaned_bridges(&processes, os);
    let stray = orphans.iter().map(|process| line(process, "bridge whose starter has ended", now));
    told.chain(stray).map(|text| redactor.redact(&text)).collect()
}

fn line(process: &Process, what: &str, now: Timestamp) -> String {
    let seconds = u64::try_from(now.duration_since(process.started).as_secs()).unwrap_or_default();
    format!("{what}: {}, process {}, age {}", process.name, process.id, age(seconds))
}

const fn title(role: Role) -> &'static str {
    match role {
        Role::Claude => "Claude Desktop",
        Role::ClaudePart => "part of Claude Desktop",
        Role::McpRemote => "mcp-remote",
        Role::McpBridge => "mcp-bridge",
        Role::Other => "server, or what starts one",
    }
}

/// What every bridge of ours that runs says of itself.
pub(super) fn bridges(context: &Context, redactor: &Redactor) -> Vec<Redacted> {
    let running = bridges::running(&context.home);
    let home = &context.home;
    let line = |bridge: &bridges::RunningBridge| {
        redactor.redact(&format!("{}: {}", home.shorten(&bridge.file), bridge.evidence().text))
    };
    running.iter().map(line).collect()
}

/// What the checks told.
pub(super) fn facts(facts: &MachineFacts, redactor: &Redactor) -> Vec<Redacted> {
    let mut lines: Vec<String> = facts.programs.iter().map(program).collect();
    lines.extend(facts.docker.as_ref().map(|docker| match (&docker.engine, &docker.trouble) {
        (Some(version), _) => format!("Docker's engine answers, version {version}"),
        (None, trouble) => format!("Docker's engine does not answer: {}", trouble.as_deref().unwrap_or("")),
    }));
    for port in &facts.ports {
        let holder = port
            .holder
            .as_ref()
            .map_or("not seen in use by another".to_owned(), |holder| format!("held by {holder}"));
        lines.push(format!("callback port {} of {}: {holder}", port.port, port.server));
    }
    if !facts.reserved_ports.is_empty() {
        let ranges = facts.reserved_ports.iter().map(|range| format!("{}-{}", range.first, range.last));
        lines.push(format!("ports that Windows keeps: {}", ranges.collect::<Vec<_>>().join(", ")));
    }
    for file in &facts.certificate_files {
        let trouble = file.trouble.as_deref().unwrap_or("certificates stand in it");
        lines.push(format!("{} {}: {trouble}", file.named_by, file.path));
    }
    for rule in &facts.node_firewall_rules {
        let word = if rule.allows { "allows" } else { "blocks" };
        lines.push(format!("firewall rule {} {word} {}", rule.name, rule.program));
    }
    let proxy = &facts.proxy;
    for (place, set) in
        [("environment", &proxy.environment), ("system", &proxy.system), ("script", &proxy.script)]
    {
        lines.extend(set.as_ref().map(|set| format!("proxy, {place}: {set}")));
    }
    lines.extend(facts.clock_ahead.map(|seconds| format!("clock ahead of a server's by {seconds} s")));
    lines.iter().map(|line| redactor.redact(line)).collect()
}

fn program(program: &StartedProgram) -> String {
    let found = match (&program.found, &program.elsewhere) {
        (Some(found), _) => found.clone(),
        (None, Some(elsewhere)) => format!("not found by Claude, stands at {elsewhere}"),
        (None, None) => "not found".to_owned(),
    };
    let version = program.version.as_ref().map(|version| format!(", version {version}"));
    let node = program.node.as_ref().map(|node| {
        let version = node.version.as_deref().unwrap_or("of unknown version");
        format!(", run by Node {version} at {}", node.path)
    });
    let assumed = if program.assumed { " (the folders searched are assumed)" } else { "" };
    let by = version.or(node).unwrap_or_default();
    format!("{} starts {}: {found}{by}{assumed}", program.server, program.command)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bridgekeeper_claude::Home;
    use bridgekeeper_model::Os;
    use bridgekeeper_testkit::machine::{StandInMachine, process};

    use super::*;
    use crate::engine::Engine;

    #[test]
    fn processes_are_told_without_their_command_lines() {
        let folder = tempfile::tempdir().unwrap();
        let secret = "--token=ordinary-words";
        let machine = StandInMachine::default()
            .with_process(process(10, None, "/usr/lib/claude-desktop/claude-desktop", &[]))
            .with_process(process(11, Some(10), "/usr/bin/python3", &[secret]))
            .with_process(process(
                12,
                None,
                "/usr/bin/node",
                &["/x/.bin/mcp-remote", "https://a.example/mcp"],
            ))
            .with_process(process(13, None, "/usr/bin/editor", &[]));
        let mut context =
            Context::new(Home::stand_in(folder.path(), Os::Linux)).with_machine(Arc::new(machine));
        // Two hours after the processes were started
        context.now = Arc::new(|| Timestamp::from_second(1_767_225_600 + 7200).unwrap());
        let report = Engine::new(context).bundle().markdown();
        let told = report.split("## Running processes").nth(1).unwrap().split("##").next().unwrap();
        let lines: Vec<&str> = told.trim().lines().collect();
        assert_eq!(
            lines,
            [
                "- Claude Desktop: claude-desktop, process 10, age 2 h",
                "- server, or what starts one: python3, process 11, age 2 h",
                "- bridge whose starter has ended: node, process 12, age 2 h",
            ]
        );
        assert!(!report.contains("ordinary-words"));
    }

    #[test]
    fn facts_are_told_a_line_each() {
        let facts = super::facts(
            &MachineFacts {
                programs: vec![StartedProgram {
                    server: "notes".to_owned(),
                    command: "npx".to_owned(),
                    elsewhere: Some("/opt/node/bin/npx".to_owned()),
                    assumed: true,
                    ..StartedProgram::default()
                }],
                clock_ahead: Some(-90),
                ..MachineFacts::default()
            },
            &Redactor::new(),
        );
        let lines: Vec<&str> = facts.iter().map(Redacted::as_str).collect();
        assert_eq!(
            lines,
            [
                "notes starts npx: not found by Claude, stands at /opt/node/bin/npx (the folders searched are assumed)",
                "clock ahead of a server's by -90 s",
            ]
        );
    }
}
