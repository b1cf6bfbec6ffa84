use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::StatusCode;
use bridgekeeper_oauth::Session;
use bridgekeeper_testkit::oauth::{OAuthServer, Options, RefreshTokens, TokenEndpoint};

use crate::world::{Goes, World, call};

async fn signed_in(options: Options) -> (OAuthServer, World, Arc<Session>) {
    let (server, world) = (OAuthServer::start(options).unwrap(), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |_| {});
    call(&session, &server.url(), "x").await.unwrap();
    (server, world, session)
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end_and_no_request_is_refused() {
    let (server, world, session) = signed_in(Options::default()).await;
    let refused = server.counts().unauthorized;
    world.pass_time(Duration::from_secs(3560));
    call(&session, &server.url(), "x").await.unwrap();
    let counts = server.counts();
    assert_eq!((counts.refreshes, counts.unauthorized, counts.authorizations), (1, refused, 1));
}

#[tokio::test]
async fn a_token_that_the_server_forgot_is_renewed_when_it_is_refused() {
    let (server, world, session) = signed_in(Options::default()).await;
    for round in 1..=3 {
        server.forget_access_tokens();
        let status = call(&session, &server.url(), "x").await.unwrap();
        assert_ne!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(server.counts().refreshes, round);
    }
    assert_eq!((server.counts().reuses, world.times_opened()), (0, 1));
    // What was rotated is what the next process finds.
    server.forget_access_tokens();
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    assert_eq!((server.counts().reuses, world.times_opened()), (0, 1));
}

#[tokio::test]
async fn many_requests_at_the_end_of_a_token_renew_it_once() {
    let (server, world, session) = signed_in(Options::default()).await;
    server.forget_access_tokens();
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let (session, url) = (Arc::clone(&session), server.url());
            tokio::spawn(async move { call(&session, &url, "x").await })
        })
        .collect();
    for call in calls {
        assert_ne!(call.await.unwrap().unwrap(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!((server.counts().refreshes, server.counts().reuses, world.times_opened()), (1, 0, 1));
}

#[tokio::test]
async fn where_nothing_can_be_renewed_the_person_signs_in_again() {
    let options = Options { refresh_tokens: RefreshTokens::Absent, ..Options::default() };
    let (server, world, session) = signed_in(options).await;
    server.forget_access_tokens();
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!(world.times_opened(), 2);

    let (server, world, session) = signed_in(Options::default()).await;
    server.forget_all_tokens();
    call(&session, &server.url(), "x").await.unwrap();
    // The same client: the issuer still knows it.
    assert_eq!((world.times_opened(), server.counts().registrations), (2, 1));
}

#[tokio::test]
async fn a_client_that_was_forgotten_registers_anew() {
    let (server, world, session) = signed_in(Options::default()).await;
    server.forget_clients();
    server.forget_all_tokens();
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!((world.times_opened(), server.counts().registrations), (2, 2));
}

#[tokio::test]
async fn a_renewal_that_gets_no_answer_is_an_error_and_no_new_sign_in() {
    let (server, world, session) = signed_in(Options::default()).await;
    server.forget_access_tokens();
    server.change(|options| options.token_endpoint = TokenEndpoint::Unavailable);
    assert!(call(&session, &server.url(), "x").await.is_err());
    assert_eq!(world.times_opened(), 1);
    server.change(|options| options.token_endpoint = TokenEndpoint::Works);
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!(world.times_opened(), 1);
}

#[tokio::test]
async fn a_token_still_good_is_used_while_it_cannot_be_renewed() {
    let (server, world, session) = signed_in(Options::default()).await;
    world.pass_time(Duration::from_secs(3560));
    server.change(|options| options.token_endpoint = TokenEndpoint::Page);
    assert_ne!(call(&session, &server.url(), "x").await.unwrap(), StatusCode::UNAUTHORIZED);
}
