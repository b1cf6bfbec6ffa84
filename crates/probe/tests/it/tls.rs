use bridgekeeper_probe::{Report, Stage, Status};
use bridgekeeper_testkit::scripted::ScriptedServer;
use bridgekeeper_testkit::tls::{AUTHORITY, Certificate, TlsServer};

use crate::world::{ids, letters, message, plain_server, probed, probed_trusting};

fn server(certificate: Certificate) -> TlsServer {
    TlsServer::start(certificate, plain_server)
}

async fn trusted(certificate: Certificate) -> Report {
    let server = server(certificate);
    probed_trusting(&server.url(), server.authority()).await
}

#[tokio::test]
async fn a_good_certificate_passes_and_its_private_authority_is_told() {
    let report = trusted(Certificate::Good).await;
    let tls = report.stage(Stage::Tls).unwrap();
    assert_eq!(tls.status, Status::Passed, "{report:#?}");
    assert!(tls.message.starts_with("TLS 1.3; the certificate from") && tls.message.contains(AUTHORITY));
    assert!(tls.message.ends_with(" more days."), "{}", tls.message);
    assert!(tls.details.iter().any(|line| line.contains("localhost, 127.0.0.1")), "{:?}", tls.details);
    assert!(ids(&report).contains(&"tls-private-ca"));
    assert_eq!(report.stage(Stage::Tools).unwrap().status, Status::Passed);
}

#[tokio::test]
async fn an_expired_certificate_says_since_when() {
    let report = trusted(Certificate::Expired).await;
    assert_eq!(letters(&report), "ppF------------");
    assert_eq!(ids(&report), ["tls-cert-expired"]);
    assert!(message(&report, Stage::Tls).contains("1 days ago"), "{}", message(&report, Stage::Tls));
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_a_warning() {
    let report = trusted(Certificate::EndsSoon).await;
    assert_eq!(report.stage(Stage::Tls).unwrap().status, Status::Passed);
    assert!(ids(&report).contains(&"tls-cert-ends-soon"));
}

#[tokio::test]
async fn a_certificate_for_another_name_says_for_which() {
    let report = trusted(Certificate::OtherName).await;
    assert_eq!(ids(&report), ["tls-wrong-name"]);
    assert!(message(&report, Stage::Tls).contains("elsewhere.example"));
}

#[tokio::test]
async fn an_authority_that_nobody_knows_is_named() {
    let (known, unknown) = (server(Certificate::Good), server(Certificate::Good));
    let url = unknown.url();
    let report = probed_trusting(&url, known.authority()).await;
    assert_eq!(letters(&report), "ppF------------");
    assert_eq!(ids(&report), ["tls-untrusted-ca"]);
    assert!(message(&report, Stage::Tls).contains(AUTHORITY), "{}", message(&report, Stage::Tls));
    assert!(unknown.seen().is_empty(), "nothing was sent to it");
}

#[tokio::test]
async fn a_port_without_tls_says_so() {
    let server = ScriptedServer::start(plain_server);
    let report = probed(&format!("https://{}/mcp", server.address())).await;
    assert_eq!(report.stage(Stage::Tls).unwrap().status, Status::Failed, "{report:#?}");
    assert_eq!(ids(&report), ["tls-failure"]);
}
