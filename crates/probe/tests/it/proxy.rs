//! The way through a proxy, as behind a company's firewall. The name is public, the sockets are on loopback.

use std::sync::Arc;

use bridgekeeper_net::{Names, NetOptions, Proxies, Trust};
use bridgekeeper_probe::{Report, Stage, Status};
use bridgekeeper_testkit::network::{TunnelProxy, closed_port};
use bridgekeeper_testkit::tls::{Certificate, TlsServer};

use crate::world::{ids, letters, message, plain_server, probed_with};

const URL: &str = "https://elsewhere.example/mcp";

async fn through(proxy: &TunnelProxy, server: &TlsServer) -> Report {
    let proxies =
        Proxies { https: Some(format!("http://me:passw0rd@{}", proxy.address())), ..Proxies::default() };
    let trust = Trust::Only(vec![server.authority().to_owned()]);
    probed_with(URL, &[], NetOptions { proxies, trust, ..NetOptions::default() }).await
}

#[tokio::test]
async fn the_certificate_is_seen_through_the_tunnel() {
    let server = TlsServer::start(Certificate::OtherName, plain_server);
    let proxy = TunnelProxy::start(Some(server.address())).unwrap();
    let report = through(&proxy, &server).await;
    assert_eq!(letters(&report), "pppp-----ppp-pp", "{report:#?}");
    assert!(message(&report, Stage::Dns).starts_with("The proxy 127.0.0.1"), "{report:#?}");
    let asked = proxy.seen();
    assert_eq!((asked[0].method(), asked[0].target()), ("CONNECT", "elsewhere.example:443"));
    assert!(asked[0].headers()["proxy-authorization"].starts_with("Basic "));
    assert!(!format!("{report:?}").contains("passw0rd"));
}

#[tokio::test]
async fn a_proxy_that_refuses_is_the_cause() {
    let server = TlsServer::start(Certificate::OtherName, plain_server);
    let proxy = TunnelProxy::start(None).unwrap();
    let report = through(&proxy, &server).await;
    assert_eq!(ids(&report), ["proxy-required"]);
    assert_eq!(report.stage(Stage::Tls).unwrap().status, Status::Failed);
    assert!(message(&report, Stage::Tls).contains("407"), "{}", message(&report, Stage::Tls));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_script_that_chooses_the_proxy_is_named_where_there_is_no_way_without() {
    let script = Some("http://wpad.corp.example/proxy.pac".to_owned());
    let nobody = Names::Asked(Arc::new(|_| Box::pin(async { Ok(Vec::new()) })));
    let proxies = Proxies { script, ..Proxies::default() };
    let options = NetOptions { proxies, names: nobody, ..NetOptions::default() };
    let report = probed_with(URL, &[], options.clone()).await;
    assert_eq!(ids(&report), ["dns-failure", "proxy-required"], "{report:#?}");
    let told = &report.stage(Stage::Dns).unwrap().findings[1].message;
    assert!(told.contains("wpad.corp.example/proxy.pac") && told.contains("HTTPS_PROXY"), "{told}");

    // What stands on this machine is no proxy's matter.
    let closed = closed_port().unwrap();
    let report = probed_with(&format!("http://{closed}/mcp"), &[], options).await;
    assert_eq!(ids(&report), ["connection-refused"], "{report:#?}");
}
