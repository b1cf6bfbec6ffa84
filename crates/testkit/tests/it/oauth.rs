use std::collections::BTreeMap;
use std::time::Duration;

use bridgekeeper_testkit::oauth::jwt::{SigningKey, verified};
use bridgekeeper_testkit::oauth::{
    Consent, KnownClient, OAuthServer, Options, RefreshTokens, Sent, TokenEndpoint, browser,
};
use serde_json::{Value, json};
use url::Url;

use crate::http::{FORM, JSON, form, post_form, send};

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:3334/oauth/callback";

fn started(options: Options) -> OAuthServer {
    OAuthServer::start(options).expect("loopback is there")
}

fn at(server: &OAuthServer, path: &str) -> String {
    format!("{}/login{path}", server.origin())
}

fn registered(server: &OAuthServer, method: &str) -> Value {
    let wanted = json!({"redirect_uris": [CALLBACK], "token_endpoint_auth_method": method}).to_string();
    let (status, _, client) = send("POST", &at(server, "/register"), &[JSON], &wanted);
    assert_eq!(status, 201, "{client}");
    client
}

fn authorization_url(server: &OAuthServer, client: &str, more: &[(&str, &str)]) -> String {
    let resource = server.url();
    let mut pairs: BTreeMap<&str, &str> = [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", CALLBACK),
        ("state", "xyz"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("resource", &resource),
    ]
    .into();
    pairs.extend(more.iter().copied());
    let pairs: Vec<(&str, &str)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    format!("{}?{}", at(server, "/authorize"), form(&pairs))
}

/// What came back to the client.
fn returned(url: &str) -> BTreeMap<String, String> {
    let back = browser::redirect_of(url).unwrap().expect("a redirect");
    assert!(back.starts_with(CALLBACK), "{back}");
    Url::parse(&back).unwrap().query_pairs().into_owned().collect()
}

fn exchange(server: &OAuthServer, client: &str, code: &str, verifier: &str) -> (u16, Value) {
    post_form(
        &at(server, "/token"),
        &[
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", verifier),
            ("resource", &server.url()),
        ],
    )
}

fn refreshed(server: &OAuthServer, client: &str, tokens: &Value) -> (u16, Value) {
    post_form(
        &at(server, "/token"),
        &[
            ("grant_type", "refresh_token"),
            ("client_id", client),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
            ("resource", &server.url()),
        ],
    )
}

/// Registers and signs in: client id and tokens.
fn signed_in(server: &OAuthServer, scope: &str) -> (String, Value) {
    let client = registered(server, "none")["client_id"].as_str().unwrap().to_owned();
    let back = returned(&authorization_url(server, &client, &[("scope", scope)]));
    let (status, tokens) = exchange(server, &client, &back["code"], VERIFIER);
    assert_eq!(status, 200, "{tokens}");
    (client, tokens)
}

fn call(server: &OAuthServer, tokens: &Value, message: &Value) -> (u16, String) {
    let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap_or_default());
    let headers =
        [JSON, ("Accept", "application/json, text/event-stream"), ("Authorization", token.as_str())];
    // The server keeps an event stream open after its answer; whether it let us in is what is asked here.
    let (status, head, _) = send("POST", &server.url(), &headers, &message.to_string());
    (status, head)
}

fn notification() -> Value {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}})
}

#[test]
fn somebody_who_signs_in_reaches_the_server() {
    let server = started(Options::default());
    let (_, tokens) = signed_in(&server, "openid tools.read");
    assert_ne!(call(&server, &tokens, &notification()).0, 401);
    assert_eq!(call(&server, &json!({"access_token": "made-up"}), &notification()).0, 401);

    let (_, _, keys) = send("GET", &at(&server, "/jwks"), &[], "");
    let identity = verified(tokens["id_token"].as_str().unwrap(), &keys["keys"][0]).expect("our signature");
    assert_eq!(identity["iss"], format!("{}/login", server.origin()));
    let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let (_, _, person) = send("GET", &at(&server, "/userinfo"), &[("Authorization", &token)], "");
    assert_eq!(person["sub"], identity["sub"]);

    let counts = server.counts();
    assert_eq!((counts.registrations, counts.authorizations, counts.exchanges), (1, 1, 1));
    assert_eq!((counts.admitted, counts.unauthorized), (1, 1));
}

#[test]
fn a_code_counts_once_and_only_with_its_verifier() {
    let server = started(Options::default());
    let client = registered(&server, "none")["client_id"].as_str().unwrap().to_owned();
    let code = returned(&authorization_url(&server, &client, &[])).remove("code").unwrap();
    let (status, error) = exchange(&server, &client, &code, "another-verifier");
    assert_eq!((status, &error["error"]), (400, &json!("invalid_grant")));
    let (_, tokens) = exchange(&server, &client, &code, VERIFIER);
    assert_eq!(exchange(&server, &client, &code, VERIFIER).0, 400);
    assert_eq!(call(&server, &tokens, &notification()).0, 401, "the second use ends the sign-in");
}

#[test]
fn a_request_that_is_not_right_comes_back_with_its_error() {
    let server = started(Options::default());
    let client = registered(&server, "none")["client_id"].as_str().unwrap().to_owned();
    for (change, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "everything"), "invalid_scope"),
        (("resource", ""), "invalid_target"),
        (("resource", "https://elsewhere.example/mcp"), "invalid_target"),
    ] {
        let back = returned(&authorization_url(&server, &client, &[change]));
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "xyz"), "{change:?}");
    }
    for change in [("client_id", "nobody"), ("redirect_uri", "https://evil.example/")] {
        let page = browser::open(&authorization_url(&server, &client, &[change])).unwrap();
        assert_eq!(page.status, 400, "{change:?}: nobody is sent anywhere");
    }
}

#[test]
fn tokens_end_with_the_clock_and_are_refreshed_once() {
    let server = started(Options::default());
    let (client, first) = signed_in(&server, "tools.read");
    server.pass_time(Duration::from_hours(1));
    assert_eq!(call(&server, &first, &notification()).0, 401);
    let (status, second) = refreshed(&server, &client, &first);
    assert_eq!(status, 200);
    assert_ne!(call(&server, &second, &notification()).0, 401);

    assert_eq!(refreshed(&server, &client, &first).1["error"], "invalid_grant");
    assert_eq!(call(&server, &second, &notification()).0, 401, "a stolen token ends the family");
    assert_eq!((server.counts().refreshes, server.counts().reuses), (1, 1));
}

#[test]
fn refresh_tokens_that_are_kept_can_be_used_again() {
    let server = started(Options { refresh_tokens: RefreshTokens::Kept, ..Options::default() });
    let (client, tokens) = signed_in(&server, "tools.read");
    for _ in 0..2 {
        assert_eq!(refreshed(&server, &client, &tokens).1["refresh_token"], tokens["refresh_token"]);
    }
}

#[test]
fn what_is_revoked_is_gone() {
    let server = started(Options::default());
    let (client, tokens) = signed_in(&server, "tools.read");
    let token = tokens["refresh_token"].as_str().unwrap();
    let (status, _) = post_form(&at(&server, "/revoke"), &[("token", token), ("client_id", &client)]);
    assert_eq!((status, server.counts().revocations), (200, 1));
    assert_eq!(call(&server, &tokens, &notification()).0, 401);
    assert_eq!(refreshed(&server, &client, &tokens).0, 400);
}

#[test]
fn a_tool_may_ask_for_more() {
    let tool_scopes = [("add".to_owned(), "tools.write".to_owned())].into();
    let server = started(Options { tool_scopes, ..Options::default() });
    let add = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "add"}});
    let (_, tokens) = signed_in(&server, "tools.read");
    let (status, head) = call(&server, &tokens, &add);
    assert_eq!(status, 403);
    assert!(head.contains(r#"error="insufficient_scope", scope="tools.write""#), "{head}");
    let (_, tokens) = signed_in(&server, "tools.read tools.write");
    assert_ne!(call(&server, &tokens, &add).0, 403);
}

#[test]
fn a_person_may_take_their_time_or_say_no() {
    let server = started(Options { consent: Consent::Waits, ..Options::default() });
    let client = registered(&server, "none")["client_id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let page = browser::open(&authorization_url(&server, &client, &[])).unwrap();
        assert_eq!(page.status, 200);
    }
    let [yes, no] = server.pending().try_into().expect("two wait");
    assert!(returned(&yes.allow).contains_key("code"));
    assert_eq!(returned(&no.deny)["error"], "access_denied");
    assert!(server.pending().is_empty());
    assert_eq!(browser::open(&yes.allow).unwrap().status, 404, "a decision is made once");
}

#[test]
fn clients_prove_themselves_by_secret_or_signature() {
    let key = SigningKey::generate().unwrap();
    let robot = KnownClient { id: "robot".into(), key: Some(key.public()), ..KnownClient::default() };
    let shop = KnownClient { id: "shop".into(), secret: Some("a:b c".into()), ..KnownClient::default() };
    let server = started(Options { clients: vec![robot, shop], ..Options::default() });
    let (token, resource) = (at(&server, "/token"), server.url());
    let grant = [("grant_type", "client_credentials"), ("resource", resource.as_str())];

    let post = [&grant[..], &[("client_id", "shop"), ("client_secret", "a:b c")]].concat();
    assert_eq!(post_form(&token, &post).0, 200);
    let wrong = [&grant[..], &[("client_id", "shop"), ("client_secret", "guess")]].concat();
    assert_eq!(
        post_form(&token, &wrong),
        (401, json!({"error": "invalid_client", "error_description": "wrong client secret"}))
    );
    // shop:a%3Ab+c
    let basic = [FORM, ("Authorization", "Basic c2hvcDphJTNBYitj")];
    assert_eq!(send("POST", &token, &basic, &form(&grant)).0, 200);

    let ends = seconds_now() + 60;
    let claims = json!({"iss": "robot", "sub": "robot", "aud": at(&server, ""), "jti": "1", "exp": ends});
    let assertion = key.sign(&claims).unwrap();
    let proof = [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion.as_str()),
    ];
    let signed = [&grant[..], &proof].concat();
    let (status, tokens) = post_form(&token, &signed);
    assert_eq!((status, &tokens["refresh_token"]), (200, &Value::Null), "{tokens}");
    assert_eq!(post_form(&token, &signed).0, 401, "an assertion counts once");
    assert_eq!(server.counts().client_credentials, 3);
}

fn seconds_now() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

#[test]
fn a_device_asks_until_somebody_has_decided() {
    let server = started(Options { consent: Consent::Waits, ..Options::default() });
    let client = registered(&server, "none")["client_id"].as_str().unwrap().to_owned();
    let (_, device) =
        post_form(&at(&server, "/device"), &[("client_id", &client), ("resource", &server.url())]);
    let poll = || {
        post_form(
            &at(&server, "/token"),
            &[
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", device["device_code"].as_str().unwrap()),
                ("client_id", &client),
            ],
        )
    };
    assert_eq!(poll().1["error"], "authorization_pending");
    server.change(|options| options.device_interval = Duration::from_secs(5));
    assert_eq!(poll().1["error"], "slow_down");
    server.pass_time(Duration::from_secs(5));
    browser::open(device["verification_uri_complete"].as_str().unwrap()).unwrap();
    assert_eq!(poll().0, 200);
    server.pass_time(Duration::from_secs(5));
    assert_eq!(poll().1["error"], "invalid_grant", "a device code counts once");
}

#[test]
fn an_identity_becomes_a_token_without_a_browser() {
    let server = started(Options::default());
    let (client, tokens) = signed_in(&server, "openid");
    let issuer = format!("{}/login", server.origin());
    let (status, assertion) = post_form(
        &at(&server, "/token"),
        &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            ("subject_token", tokens["id_token"].as_str().unwrap()),
            ("audience", &issuer),
            ("resource", &server.url()),
            ("client_id", &client),
        ],
    );
    assert_eq!(status, 200, "{assertion}");
    let redeem = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", assertion["access_token"].as_str().unwrap()),
        ("client_id", client.as_str()),
    ];
    let (status, tokens) = post_form(&at(&server, "/token"), &redeem);
    assert_eq!(status, 200, "{tokens}");
    assert_ne!(call(&server, &tokens, &notification()).0, 401);
    assert_eq!(post_form(&at(&server, "/token"), &redeem).0, 400);
}

#[test]
fn the_world_misbehaves_as_it_is_told() {
    let server = started(Options {
        state: Sent::Missing,
        iss: Sent::Wrong,
        token_endpoint: TokenEndpoint::LosesAnswer,
        token_length: 4000,
        ..Options::default()
    });
    let client = registered(&server, "none")["client_id"].as_str().unwrap().to_owned();
    let back = returned(&authorization_url(&server, &client, &[]));
    assert!(!back.contains_key("state") && back["iss"] == "https://another-issuer.example", "{back:?}");
    assert_eq!(exchange(&server, &client, &back["code"], VERIFIER).1, Value::Null);
    assert_eq!(server.counts().exchanges, 1, "it was done all the same");

    server.change(|options| *options = Options { token_length: 4000, ..Options::default() });
    let (client, tokens) = signed_in(&server, "tools.read");
    assert_eq!(tokens["access_token"].as_str().unwrap().len(), 4000);
    server.forget_clients();
    assert_eq!(
        refreshed(&server, &client, &tokens),
        (401, json!({"error": "invalid_client", "error_description": "no such client"}))
    );
}

#[test]
fn a_client_is_known_by_its_document() {
    let id = "https://client.example/metadata.json";
    let document = json!({"client_id": id, "redirect_uris": [CALLBACK]});
    let server = started(Options {
        client_documents: [(id.to_owned(), document)].into(),
        changes: json!({"client_id_metadata_document_supported": true, "registration_endpoint": null}),
        ..Options::default()
    });
    assert!(returned(&authorization_url(&server, id, &[])).contains_key("code"));
    assert_eq!(send("POST", &at(&server, "/register"), &[JSON], "{}").0, 404);
}
