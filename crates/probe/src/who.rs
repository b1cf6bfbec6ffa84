//! Who can use the server: what is known of each client, applied to what the stages found. Pure.

use bridgekeeper_oauth::discovery::{AuthorizationServer, ProtectedResource, ResourceMatch};

use crate::clients::{CLIENTS, Client, RunsIn, Support};
use crate::stages::tls::TrustedBy;
use crate::{Reach, Stage, StageReport, Status, Who};

/// What the stages found, as far as it decides who can use the server.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) reach: Reach,
    pub(crate) trusted_by: TrustedBy,
    pub(crate) sign_in: SignIn,
}

/// What a client must bring.
#[derive(Debug)]
pub(crate) enum SignIn {
    /// Nobody knows yet.
    Unknown,
    /// Nothing.
    None,
    /// The headers that were given to the probe; whether it goes without is not known.
    GivenHeaders,
    /// A token that one already has.
    FixedToken,
    /// OAuth, on these terms.
    OAuth(Terms),
}

/// How one becomes a client and signs in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) registers: Support,
    pub(crate) takes_documents: Support,
}

impl Terms {
    pub(crate) fn of(server: &AuthorizationServer) -> Self {
        let support = |offered: bool| if offered { Support::Yes } else { Support::No };
        Self {
            registers: support(server.registration_endpoint.is_some()),
            takes_documents: support(server.client_id_metadata_document_supported),
        }
    }
}

/// A published resource with which a client may sign in.
pub(crate) fn is_usable(resource: &ProtectedResource, server: &bridgekeeper_net::Url) -> bool {
    matches!(resource.matches(server), ResourceMatch::Same | ResourceMatch::Parent)
}

/// The verdict on every client.
pub(crate) fn who(facts: &Facts, stages: &[StageReport]) -> Vec<Who> {
    CLIENTS
        .iter()
        .map(|client| {
            let (ok, why) = verdict(client, facts, stages);
            Who { client: client.name, ok, why, as_of: client.as_of }
        })
        .collect()
}

fn verdict(client: &Client, facts: &Facts, stages: &[StageReport]) -> (Option<bool>, String) {
    if let RunsIn::CloudOf(company) = client.runs_in
        && let Some(why) = unreachable_from_cloud(company, facts)
    {
        return (Some(false), why);
    }
    if let Some(failed) = stages.iter().find(|report| stops_everybody(report)) {
        let from_here = matches!(failed.stage, Stage::Dns | Stage::Tcp);
        return match client.runs_in {
            RunsIn::CloudOf(company) if from_here => (
                None,
                format!(
                    "Not reached from here, so it is not known whether {company}'s cloud can. {}",
                    failed.message
                ),
            ),
            RunsIn::CloudOf(_) | RunsIn::OwnMachine => (Some(false), failed.message.clone()),
        };
    }
    let (ok, terms) = sign_in(client, facts);
    if ok != Some(true) {
        return (ok, terms);
    }
    let unproven = match stages.iter().find(|report| report.stage == Stage::Initialize) {
        Some(report) if report.status == Status::Passed => "",
        _ => " Not tried beyond the sign-in.",
    };
    let plans = if client.plans.is_empty() { String::new() } else { format!(" Plans: {}.", client.plans) };
    (Some(true), format!("{terms}: {}.{plans}{unproven}", client.how))
}

/// What a company's cloud cannot do, whatever a machine near the server can.
fn unreachable_from_cloud(company: &str, facts: &Facts) -> Option<String> {
    let place = match facts.reach {
        Reach::Loopback => "on this machine",
        Reach::Private => "in a private network",
        Reach::Public => match facts.trusted_by {
            TrustedBy::Nobody => {
                return Some(format!("It connects from {company}'s cloud, and only over https."));
            }
            TrustedBy::ThisMachine => {
                return Some(format!(
                    "It connects from {company}'s cloud, which does not trust the certificate's authority."
                ));
            }
            TrustedBy::Public | TrustedBy::Unknown => return None,
        },
    };
    Some(format!("It connects from {company}'s cloud, but the server is {place}."))
}

/// A failure that every client meets. One that hides the server's own stream or a tool's name leaves the rest usable.
fn stops_everybody(report: &StageReport) -> bool {
    let needed = match report.stage {
        Stage::Dns
        | Stage::Tcp
        | Stage::Pkce
        | Stage::ResourceIndicator
        | Stage::Initialize
        | Stage::Transport
        | Stage::Session => true,
        // Plain http is no obstacle for a machine that may use it.
        Stage::Tls => report.findings.iter().all(|finding| finding.id != crate::cause::HTTP_URL.id),
        // A refused token says that the token is wrong; who signs people in is another question.
        Stage::Http => report.findings.iter().all(|finding| finding.id != crate::cause::HTTP_401.id),
        Stage::AuthorizationServer => {
            report.findings.iter().all(|finding| finding.id != crate::cause::HTTP_401.id)
        }
        Stage::ResourceMetadata | Stage::Registration | Stage::Streaming | Stage::Tools | Stage::Origin => {
            false
        }
    };
    needed && report.status == Status::Failed
}

fn sign_in(client: &Client, facts: &Facts) -> (Option<bool>, String) {
    let cloud = client.runs_in != RunsIn::OwnMachine;
    match &facts.sign_in {
        SignIn::Unknown => (None, "How the server signs people in could not be checked.".into()),
        SignIn::None => (Some(true), "It needs no sign-in".into()),
        SignIn::GivenHeaders if cloud => (
            None,
            "It cannot send the headers that were given here; whether the server does without is not known."
                .into(),
        ),
        SignIn::GivenHeaders => (Some(true), "With the headers that were given".into()),
        SignIn::FixedToken if cloud => (
            Some(false),
            "The server takes only a fixed token in a header, which this client cannot send.".into(),
        ),
        SignIn::FixedToken => (Some(true), "With the server's token in a header".into()),
        SignIn::OAuth(terms) => oauth(client, *terms),
    }
}

fn oauth(client: &Client, terms: Terms) -> (Option<bool>, String) {
    let both = |ours, theirs| ours == Support::Yes && theirs == Support::Yes;
    let callback = client
        .callback
        .map_or_else(String::new, |url| format!(", which must be allowed to come back to {url}"));
    if terms.registers == Support::Yes {
        return (Some(true), "It signs in with OAuth and registers by itself".into());
    }
    if both(client.client_id_document, terms.takes_documents) {
        return (Some(true), "It signs in with OAuth and shows its metadata document".into());
    }
    if client.own_client_id == Support::Yes {
        return (
            Some(true),
            format!("It signs in with OAuth, and needs a client id from the server's operator{callback}"),
        );
    }
    (
        Some(false),
        "The server lets no client register by itself, and this client cannot be given a client id.".into(),
    )
}
