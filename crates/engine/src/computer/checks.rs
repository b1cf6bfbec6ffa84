//! Each check: asks, and brings the answer into the shape of facts.

use bridgekeeper_formats::secrets;
use bridgekeeper_machine::{
    Listener, MachineError, PortState, Process, Territory, firewall, orphaned_bridges, proxy_of_environment,
    reserved_ports, role, running_claudes, system_proxy, trouble_with_certificates,
};
use bridgekeeper_model::Os;
use bridgekeeper_model::machine::{
    CallbackPort, CertificateFile, MachineFacts, ProxySettings, RunningClaude,
};

use super::entries::{EntryFacts, Subject};
use super::{Check, ForFixes, Told, programs};
use crate::context::Context;

/// Variables that name a file with certificates.
const CERTIFICATE_VARIABLES: [&str; 2] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];

pub(super) fn run(check: Check, subject: &Subject) -> Result<Told, String> {
    let told = match check {
        Check::Processes => processes(&subject.context),
        Check::Programs => return programs::look(subject),
        Check::Docker => return programs::look_at_docker(subject),
        Check::Ports => ports(subject),
        Check::ReservedPorts => reserved_ports(&*subject.context.machine)
            .map(|reserved_ports| facts(MachineFacts { reserved_ports, ..MachineFacts::default() })),
        Check::Certificates => return certificates(subject),
        Check::Proxy => proxy(subject),
        Check::Firewall => firewall::node_rules(&*subject.context.machine).map(|node_firewall_rules| {
            facts(MachineFacts { node_firewall_rules, ..MachineFacts::default() })
        }),
    };
    told.map_err(|error| error.to_string())
}

fn facts(facts: MachineFacts) -> Told {
    Told { facts, ..Told::default() }
}

pub(super) fn processes(context: &Context) -> Result<Told, MachineError> {
    let os = context.home.os();
    let processes = context.machine.processes()?;
    let running = running_claudes(&processes, os);
    let claudes = running.iter().map(|claude| RunningClaude {
        process: claude.main.id.0,
        program: claude.program().map_or_else(|| claude.main.name.clone(), |path| path.display().to_string()),
        started: Some(claude.started()),
    });
    let installs = context.home.installs().found.into_iter().map(|install| {
        let version = install.version.map(|version| format!(" {version}")).unwrap_or_default();
        format!("{}{version}", install.build.title())
    });
    Ok(facts(MachineFacts {
        claudes: claudes.collect(),
        orphaned_bridges: orphaned_bridges(&processes, os).iter().map(|bridge| bridge.id.0).collect(),
        installs: installs.collect(),
        ..MachineFacts::default()
    }))
}

fn ports(subject: &Subject) -> Result<Told, MachineError> {
    let listeners = subject.context.machine.listeners()?;
    let processes = subject.context.machine.processes()?;
    let reached = || listeners.iter().filter(|listener| listener.is_reached_from_here());
    let mut ports = Vec::new();
    for entry in &subject.entries {
        let Some(line) = entry.bridge() else { continue };
        let Some(port) = line.callback_port.as_ref().map(|port| port.value) else { continue };
        let url = line.server_url.as_ref().map(|url| url.value.as_str());
        let listener = reached().find(|listener| listener.address.port() == port);
        let holder = match listener {
            Some(listener) => holder(listener, &processes, url, subject.context.home.os()),
            // Of a stand-in home's processes alone something is known
            None if *subject.context.machine.territory() == Territory::User => {
                let taken = subject.context.machine.port(port) == PortState::Taken;
                taken.then(|| "a program of somebody else".to_owned())
            }
            None => None,
        };
        ports.push(CallbackPort { server: entry.name.clone(), port, holder });
    }
    let taken_ports = reached().map(|listener| listener.address.port()).collect();
    Ok(facts(MachineFacts { ports, taken_ports, ..MachineFacts::default() }))
}

/// Who holds a port, unless it is a bridge to the same server: that is the entry's own.
fn holder(listener: &Listener, processes: &[Process], url: Option<&str>, os: Os) -> Option<String> {
    let process = processes.iter().find(|process| process.id == listener.process);
    let is_own = process.is_some_and(|process| {
        role(process, os).is_bridge() && url.is_some_and(|url| process.args.iter().any(|arg| arg == url))
    });
    (!is_own).then(|| format!("`{}` (process {})", listener.name, listener.process))
}

fn certificates(subject: &Subject) -> Result<Told, String> {
    if subject.context.home.os() != Os::current() {
        return Err("the paths are those of another system".to_owned());
    }
    let mut told = Told::default();
    for entry in &subject.entries {
        for (named_by, path) in named_in(entry) {
            let file = certificate_file(Some(entry.name.clone()), named_by, path);
            told.facts.certificate_files.push(file);
        }
    }
    for variable in CERTIFICATE_VARIABLES {
        let Some(path) = subject.context.home.environment().get(variable).filter(|path| !path.is_empty())
        else {
            continue;
        };
        let file = certificate_file(None, variable, path);
        if file.trouble.is_none() {
            told.for_fixes.ca_file.get_or_insert_with(|| path.clone());
        }
        told.facts.certificate_files.push(file);
    }
    Ok(told)
}

/// The files that an entry names, each with what names it.
fn named_in(entry: &EntryFacts) -> Vec<(&str, &str)> {
    let variables =
        CERTIFICATE_VARIABLES.iter().filter_map(|name| Some((*name, entry.env.get(*name)?.as_str())));
    let flag = entry.args.iter().position(|arg| arg == "--ca-file");
    let file = flag.and_then(|flag| entry.args.get(flag + 1)).map(|path| ("--ca-file", path.as_str()));
    variables.chain(file).filter(|(_, path)| !path.is_empty() && !path.contains('$')).collect()
}

fn certificate_file(server: Option<String>, named_by: &str, path: &str) -> CertificateFile {
    CertificateFile {
        server,
        named_by: named_by.to_owned(),
        path: path.to_owned(),
        trouble: trouble_with_certificates(path.as_ref()),
    }
}

fn proxy(subject: &Subject) -> Result<Told, MachineError> {
    let environment = proxy_of_environment(subject.context.home.environment());
    let system = system_proxy(&*subject.context.machine, subject.context.home.os())?;
    let shown = |address: &Option<String>| address.as_deref().map(|url| secrets::mask(url).into_owned());
    Ok(Told {
        for_fixes: ForFixes { proxy: environment.clone().or(system.url.clone()), ..ForFixes::default() },
        ..facts(MachineFacts {
            proxy: ProxySettings {
                environment: shown(&environment),
                system: shown(&system.url),
                script: shown(&system.script),
            },
            ..MachineFacts::default()
        })
    })
}
