use bridgekeeper_probe::{CLIENTS, Report, RunsIn, Stage, Status};
use bridgekeeper_testkit::oauth::{OAuthServer, Options, Placement};
use bridgekeeper_testkit::scripted::{Reply, ScriptedServer};

use crate::world::{plain_server, probed};

fn desktop(report: &Report) -> (Option<bool>, &str) {
    let who = report
        .who
        .iter()
        .find(|who| who.client.contains("claude_desktop_config.json"))
        .expect("it is listed");
    (who.ok, &who.why)
}

#[tokio::test]
async fn a_server_on_this_machine_is_for_this_machine() {
    let server = ScriptedServer::start(plain_server);
    let report = probed(&server.url()).await;
    assert_eq!(report.who.len(), CLIENTS.len());
    for (client, who) in CLIENTS.iter().zip(&report.who) {
        assert_eq!((client.name, client.as_of), (who.client, who.as_of));
        assert_eq!(who.ok, Some(client.runs_in == RunsIn::OwnMachine), "{who:?}");
        if who.ok == Some(false) {
            assert!(who.why.contains("cloud") && who.why.contains("on this machine"), "{}", who.why);
        }
    }
}

#[tokio::test]
async fn a_name_that_leads_nowhere_decides_nothing_for_a_cloud() {
    let report = probed("https://no-such-host.invalid/mcp").await;
    for (client, who) in CLIENTS.iter().zip(&report.who) {
        let expected = if client.runs_in == RunsIn::OwnMachine { Some(false) } else { None };
        assert_eq!(who.ok, expected, "{who:?}");
        assert!(who.why.contains("cannot be looked up"), "{}", who.why);
    }
}

#[tokio::test]
async fn a_fixed_token_is_sent_by_a_bridge() {
    let server = OAuthServer::start(Options {
        resource_metadata: Placement::Missing,
        server_metadata: Placement::Missing,
        ..Options::default()
    })
    .unwrap();
    let report = probed(&server.url()).await;
    let (ok, why) = desktop(&report);
    assert_eq!(ok, Some(true), "{why}");
    assert!(why.contains("token in a header"), "{why}");
}

#[tokio::test]
async fn oauth_is_for_a_bridge_that_signs_in() {
    let server = OAuthServer::start(Options::default()).unwrap();
    let report = probed(&server.url()).await;
    let (ok, why) = desktop(&report);
    assert_eq!(ok, Some(true));
    assert!(why.contains("registers by itself") && why.contains("Not tried beyond the sign-in"), "{why}");
}

#[tokio::test]
async fn a_server_that_asks_for_sign_in_at_the_handshake_needs_one() {
    let server = ScriptedServer::start(|request| match request.rpc_method() {
        "initialize" => Reply::status(401),
        _ => plain_server(request),
    });
    let report = probed(&server.url()).await;
    assert_eq!(report.stage(Stage::Initialize).unwrap().status, Status::NotChecked);
    assert_eq!(desktop(&report).0, None, "{report:#?}");
}
