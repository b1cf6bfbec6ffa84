//! The person signs out elsewhere while a process of the server runs: nothing may bring the sign-in back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bridgekeeper_model::Secret;
use bridgekeeper_oauth::{Account, ClientInformation, Credentials, InMemory, SignIn, TokenKind, Tokens};
use bridgekeeper_testkit::oauth::{Consent, OAuthServer, Options};
use bridgekeeper_testkit::scripted::{Reply, Request, ScriptedServer};
use jiff::Timestamp;
use serde_json::json;

use crate::world::{Goes, World, call};

#[tokio::test]
async fn a_sign_in_that_was_ended_elsewhere_is_not_written_back() {
    let (server, world) = (OAuthServer::start(Options::default()).unwrap(), World::new(Goes::ToTheEnd));
    let session = world.session(&server.url(), |_| {});
    call(&session, &server.url(), "x").await.unwrap();
    world.session(&server.url(), |_| {}).sign_out().await.unwrap();
    server.change(|options| options.consent = Consent::Denies);
    // The dead refresh token is not even tried.
    let refused = call(&session, &server.url(), "x").await.unwrap_err();
    assert_eq!(refused.code(), Some("access_denied"));
    assert_eq!(server.counts().reuses, 0);
    assert!(world.store.read(&session.account()).unwrap().is_none());
    assert!(session.access().await.unwrap().is_none());
}

/// What the store holds once the issuer has answered, where its content changes while the issuer thinks.
struct Meanwhile {
    store: Arc<InMemory>,
    session: Arc<bridgekeeper_oauth::Session>,
    /// The tokens that the issuer was told to take back.
    revoked: Vec<String>,
}

/// A renewal, answered thus, while something happens to the store.
async fn renewal(
    answer: fn() -> Reply,
    happens: impl Fn(&InMemory, &Account) + Send + Sync + 'static,
) -> (Meanwhile, Account) {
    renewal_at(answer, || Reply::status(200), happens).await
}

/// The same, at an issuer that takes tokens back in this way.
async fn renewal_at(
    answer: fn() -> Reply,
    revocation: fn() -> Reply,
    happens: impl Fn(&InMemory, &Account) + Send + Sync + 'static,
) -> (Meanwhile, Account) {
    let world = World::new(Goes::Nowhere);
    let (store, account) = (Arc::clone(&world.store), Arc::new(Mutex::new(None::<Account>)));
    let (kept_in, kept_for) = (Arc::clone(&store), Arc::clone(&account));
    let issuer = ScriptedServer::start(move |request| {
        if request.path() == "/revoke" {
            return revocation();
        }
        happens(&kept_in, kept_for.lock().unwrap().as_ref().expect("an account"));
        answer()
    });
    let session = world.session("http://127.0.0.1:1/mcp", |_| {});
    let whose = session.account();
    *account.lock().unwrap() = Some(whose.clone());
    store.write(&whose, &sign_in(issuer.origin(), "first").to_kept()).unwrap();
    let _ = session.access().await;
    let asked = issuer.seen();
    assert_eq!(asked.iter().filter(|request| request.path() == "/token").count(), 1);
    let revoked = asked.iter().filter(|request| request.path() == "/revoke");
    let token = |request: &Request| {
        let mut form = url::form_urlencoded::parse(request.body());
        form.find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
    };
    let revoked = revoked.filter_map(token).collect();
    (Meanwhile { store, session, revoked }, whose)
}

/// A sign-in whose access token is at its end.
fn sign_in(issuer: &str, token: &str) -> SignIn {
    SignIn {
        issuer: issuer.to_owned(),
        resource: None,
        client: ClientInformation::pre_registered("me", None),
        tokens: Some(Tokens {
            access_token: Secret::new(token),
            kind: TokenKind::Bearer,
            expires_at: Some(Timestamp::UNIX_EPOCH),
            life: None,
            refresh_token: Some(Secret::new("r")),
            id_token: None,
            scope: None,
        }),
        token_endpoint: Some(format!("{issuer}/token")),
        revocation_endpoint: Some(format!("{issuer}/revoke")),
        auth_methods: None,
        proof_key: None,
        refreshed_at: None,
        person: None,
    }
}

fn renewed() -> Reply {
    Reply::json(&json!({"access_token": "second", "token_type": "Bearer", "expires_in": 3600}))
}

fn refused() -> Reply {
    Reply::json(&json!({"error": "invalid_grant"})).with_status(400)
}

#[tokio::test]
async fn what_is_signed_out_while_it_is_renewed_stays_signed_out() {
    for answer in [renewed, refused] {
        let (after, account) = renewal(answer, |store, account| store.remove(account).unwrap()).await;
        assert!(after.store.read(&account).unwrap().is_none());
        assert!(after.session.access().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_another_signs_in_to_meanwhile_is_not_written_over() {
    for answer in [renewed, refused] {
        let (after, account) = renewal(answer, |store, account| {
            let mut other = sign_in("https://other.example", "third");
            other.tokens.as_mut().unwrap().expires_at = None;
            store.write(account, &other.to_kept()).unwrap();
        })
        .await;
        let kept = after.store.read(&account).unwrap().unwrap();
        assert_eq!(SignIn::from_kept(&kept).unwrap().issuer, "https://other.example");
        assert!(after.session.access().await.unwrap().is_some());
    }
}

/// Both tokens are new.
fn rotated() -> Reply {
    Reply::json(&json!({
        "access_token": "second",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "next",
    }))
}

#[tokio::test]
async fn what_is_got_for_a_sign_in_that_has_ended_is_taken_back() {
    let (after, account) = renewal(rotated, |store, account| store.remove(account).unwrap()).await;
    assert_eq!(after.revoked, ["next", "second"]);
    assert!(after.store.read(&account).unwrap().is_none());
    let (after, _) = renewal(rotated, |store, account| {
        store.write(account, &sign_in("https://other.example", "third").to_kept()).unwrap();
    })
    .await;
    assert_eq!(after.revoked, ["next", "second"]);
    // One that did not change may be what a reset brings back.
    let (after, _) = renewal(renewed, |store, account| store.remove(account).unwrap()).await;
    assert_eq!(after.revoked, Vec::<String>::new());
    let (after, _) = renewal(rotated, |_, _| {}).await;
    assert_eq!(after.revoked, Vec::<String>::new());
    assert!(after.session.access().await.unwrap().is_some());
}

#[tokio::test]
async fn who_has_signed_in_again_meanwhile_stays_signed_in() {
    let (after, account) = renewal(rotated, |store, account| {
        let had = SignIn::from_kept(&store.read(account).unwrap().unwrap()).unwrap();
        store.write(account, &sign_in(&had.issuer, "third").to_kept()).unwrap();
    })
    .await;
    assert_eq!(after.revoked, Vec::<String>::new());
    let kept = SignIn::from_kept(&after.store.read(&account).unwrap().unwrap()).unwrap();
    assert_eq!(kept.tokens.unwrap().access_token, Secret::new("third"));
}

#[tokio::test]
async fn an_issuer_that_takes_nothing_back_keeps_nobody_waiting() {
    for revocation in [|| Reply::nothing().stall(), || Reply::nothing().close(), || Reply::status(500)] {
        let ends = renewal_at(rotated, revocation, |store, account| store.remove(account).unwrap());
        let (after, account) = tokio::time::timeout(Duration::from_secs(20), ends).await.unwrap();
        assert_eq!(after.revoked, ["next"]);
        assert!(after.store.read(&account).unwrap().is_none());
        assert!(after.session.access().await.unwrap().is_none());
    }
}
