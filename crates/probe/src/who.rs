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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cause::{HTTP_401, OAUTH_PKCE_UNSUPPORTED, TLS_CERT_EXPIRED};
    use crate::outcome::Outcome;

    const REGISTERS: Terms = Terms { registers: Support::Yes, takes_documents: Support::No };
    const DOCUMENTS: Terms = Terms { registers: Support::No, takes_documents: Support::Yes };
    const NEITHER: Terms = Terms { registers: Support::No, takes_documents: Support::No };

    fn public(sign_in: SignIn) -> Facts {
        Facts { reach: Reach::Public, trusted_by: TrustedBy::Public, sign_in }
    }

    fn passed(stage: Stage) -> StageReport {
        report(stage, Outcome::passed("It is well.", ()))
    }

    fn report(stage: Stage, outcome: Outcome<()>) -> StageReport {
        let Outcome { status, message, details, findings, .. } = outcome;
        StageReport { stage, status, elapsed: Duration::ZERO, message, details, findings }
    }

    /// `y`, `n` or `?` for each client, in the order of the list.
    fn letters(facts: &Facts, stages: &[StageReport]) -> String {
        let letter = |ok: Option<bool>| ok.map_or('?', |ok| if ok { 'y' } else { 'n' });
        who(facts, stages).into_iter().map(|who| letter(who.ok)).collect()
    }

    #[test]
    fn a_public_server_that_works_is_for_everybody() {
        let shaken = [passed(Stage::Initialize)];
        assert_eq!(letters(&public(SignIn::None), &shaken), "yyyyy");
        assert_eq!(letters(&public(SignIn::OAuth(REGISTERS)), &[]), "yyyyy");
    }

    #[test]
    fn how_one_becomes_a_client_decides() {
        assert_eq!(letters(&public(SignIn::OAuth(DOCUMENTS)), &[]), "yyyny");
        assert_eq!(letters(&public(SignIn::OAuth(NEITHER)), &[]), "yyyny");
        let all = who(&public(SignIn::OAuth(NEITHER)), &[]);
        assert!(all[0].why.contains("client id from the server's operator"), "{}", all[0].why);
        assert!(all[0].why.contains("https://claude.ai/api/mcp/auth_callback"), "{}", all[0].why);
    }

    #[test]
    fn a_cloud_sends_no_headers_of_ones_own() {
        assert_eq!(letters(&public(SignIn::FixedToken), &[]), "nnyny");
        assert_eq!(letters(&public(SignIn::GivenHeaders), &[passed(Stage::Initialize)]), "??y?y");
    }

    #[test]
    fn a_cloud_needs_https_that_everybody_trusts() {
        for trusted_by in [TrustedBy::Nobody, TrustedBy::ThisMachine] {
            let facts = Facts { trusted_by, ..public(SignIn::None) };
            assert_eq!(letters(&facts, &[passed(Stage::Initialize)]), "nnyny");
        }
        let facts = Facts { reach: Reach::Private, ..public(SignIn::None) };
        assert_eq!(letters(&facts, &[passed(Stage::Initialize)]), "nnyny");
    }

    #[test]
    fn what_fails_for_everybody_is_the_reason_of_everybody() {
        let expired = report(Stage::Tls, Outcome::failed(&TLS_CERT_EXPIRED, "The certificate expired."));
        let no_pkce = report(Stage::Pkce, Outcome::failed(&OAUTH_PKCE_UNSUPPORTED, "No PKCE."));
        for failed in [expired, no_pkce] {
            let why = failed.message.clone();
            let all = who(&public(SignIn::OAuth(REGISTERS)), &[failed]);
            assert!(all.iter().all(|who| who.ok == Some(false) && who.why == why), "{all:?}");
        }
    }

    #[test]
    fn a_refused_token_does_not_speak_against_oauth() {
        let refused = report(Stage::Http, Outcome::failed(&HTTP_401, "The token is refused."));
        assert_eq!(letters(&public(SignIn::OAuth(REGISTERS)), &[refused]), "yyyyy");
    }

    #[test]
    fn nothing_known_is_nothing_said() {
        assert_eq!(letters(&public(SignIn::Unknown), &[]), "?????");
    }
}
