//! Several processes: each session opens the lock files for itself, as a process would.

use std::sync::Arc;
use std::time::Duration;

use bridgekeeper_net::StatusCode;
use bridgekeeper_oauth::{Error, Locks, Opened, Progress, Session};
use bridgekeeper_testkit::oauth::{Consent, OAuthServer, Options, browser};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::world::{Goes, World, call, invitation};

fn together(goes: Goes) -> (OAuthServer, World, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(goes);
    world.locks = Some(Locks::in_folder(folder.path().join("locks")));
    (OAuthServer::start(Options::default()).unwrap(), world, folder)
}

fn spawn(session: &Arc<Session>, server: &OAuthServer) -> JoinHandle<Result<StatusCode, Error>> {
    let (session, url) = (Arc::clone(session), server.url());
    tokio::spawn(async move { call(&session, &url, "x").await })
}

async fn all(calls: Vec<JoinHandle<Result<StatusCode, Error>>>) {
    for call in calls {
        let status = tokio::time::timeout(Duration::from_secs(30), call).await.unwrap().unwrap().unwrap();
        assert_ne!(status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_without_a_token_one_signs_in() {
    let (server, world, _folder) = together(Goes::ToTheEnd);
    let sessions: Vec<_> = (0..50).map(|_| world.session(&server.url(), |_| {})).collect();
    all(sessions.iter().map(|session| spawn(session, &server)).collect()).await;
    let counts = server.counts();
    assert_eq!((world.times_opened(), counts.registrations, counts.exchanges), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_with_an_old_token_one_renews_it() {
    let (server, world, _folder) = together(Goes::ToTheEnd);
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    server.forget_access_tokens();
    let sessions: Vec<_> = (0..50).map(|_| world.session(&server.url(), |_| {})).collect();
    all(sessions.iter().map(|session| spawn(session, &server)).collect()).await;
    let counts = server.counts();
    assert_eq!((counts.refreshes, counts.reuses, world.times_opened()), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_one_takes_over_from_who_dies_half_way() {
    let (server, world, _folder) = together(Goes::Nowhere);
    let first = world.session(&server.url(), |_| {});
    let dying = spawn(&first, &server);
    invitation(&first).await;
    let others: Vec<_> = (0..5).map(|_| world.session(&server.url(), |_| {})).collect();
    let calls: Vec<_> = others.iter().map(|session| spawn(session, &server)).collect();
    for session in &others {
        let mut progress = session.progress();
        progress.wait_for(|progress| matches!(progress, Progress::Elsewhere)).await.unwrap();
    }
    assert_eq!(world.times_opened(), 1);
    dying.abort();
    let _ = dying.await;
    // One of those who waited invites the person now.
    let mut invited: Vec<_> = Vec::new();
    for session in &others {
        let session = Arc::clone(session);
        invited.push(tokio::spawn(async move { invitation(&session).await }));
    }
    let invitation = loop {
        if let Some(at) = invited.iter().position(JoinHandle::is_finished) {
            break invited.remove(at).await.unwrap();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(world.times_opened(), 2);
    let url = invitation.url.to_string();
    tokio::task::spawn_blocking(move || browser::open(&url)).await.unwrap().unwrap();
    all(calls).await;
    for waiting in invited {
        waiting.abort();
    }
    assert_eq!((world.times_opened(), server.counts().exchanges), (2, 1));
}

#[tokio::test]
async fn accounts_do_not_wait_for_each_other() {
    let (server, world, _folder) = together(Goes::Nowhere);
    let first = world.session(&server.url(), |_| {});
    let second = world.session(&server.url(), |settings| settings.account = "work".into());
    let calls = [spawn(&first, &server), spawn(&second, &server)];
    invitation(&first).await;
    invitation(&second).await;
    assert_eq!(world.times_opened(), 2);
    for call in calls {
        call.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_no_the_others_wait_with_links_for_whoever_signs_in() {
    let (server, world, _folder) = together(Goes::ToTheEnd);
    server.change(|options| options.consent = Consent::Denies);
    let refused = call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap_err();
    assert_eq!(refused.code(), Some("access_denied"));
    server.change(|options| options.consent = Consent::Approves);
    let sessions: Vec<_> = (0..4).map(|_| world.session(&server.url(), |_| {})).collect();
    let calls = sessions.iter().map(|session| spawn(session, &server)).collect();
    for session in &sessions {
        assert_eq!(invitation(session).await.browser, Opened::No);
    }
    assert_eq!(world.times_opened(), 1);
    // What one of them brings is for all.
    sessions[2].person_acts();
    all(calls).await;
    assert_eq!((world.times_opened(), server.counts().exchanges), (2, 1));
    // From now on it goes as ever.
    server.forget_all_tokens();
    call(&world.session(&server.url(), |_| {}), &server.url(), "x").await.unwrap();
    assert_eq!(world.times_opened(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signed_in_without_a_keyring_is_asked_anew_by_another_issuer_and_by_no_other() {
    let (server, world, _folder) = together(Goes::ToTheEnd);
    let session = world.session_without_keyring(&server.url());
    call(&session, &server.url(), "x").await.unwrap();
    assert_eq!(world.times_opened(), 1);
    // One who has not signed in has a link: a browser was opened for another a moment ago.
    let other = world.session_without_keyring(&server.url());
    let waiting = spawn(&other, &server);
    assert_eq!(invitation(&other).await.browser, Opened::No);

    server.forget_all_tokens();
    server.change(|options| options.issuer = "{origin}/elsewhere".into());
    all(vec![spawn(&session, &server)]).await;
    assert_eq!((world.times_opened(), server.counts().exchanges), (2, 2));

    // The same issuer asks again: that could go on for ever, so a person begins it.
    server.forget_all_tokens();
    let again = spawn(&session, &server);
    let mut progress = session.progress();
    progress.wait_for(|progress| matches!(progress, Progress::Invited(_))).await.unwrap();
    assert_eq!(invitation(&session).await.browser, Opened::No);
    session.person_acts();
    all(vec![again]).await;
    assert_eq!(world.times_opened(), 3);
    waiting.abort();
}
