use proptest::prelude::*;

use super::*;

fn masked(text: &str) -> String {
    mask(text).into_owned()
}

#[test]
fn tokens_are_known_by_their_shape() {
    for token in [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0abcdefghijkl",
        "sk-ant-api03-abcdef0123456789",
        "sk-proj-abc123def456",
        "xoxb-123456789012-abcdef",
        "AKIAIOSFODNN7EXAMPLE",
        "glpat-abcDEF123456",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.SflKxwRJSMeKKF2QT4fw",
    ] {
        assert!(is_token(token), "{token}");
        assert_eq!(masked(&format!("token is {token}, yes")), format!("token is {MASK}, yes"));
    }
}

#[test]
fn headers_and_schemes() {
    assert_eq!(masked("Authorization: Bearer k29f3aa81c"), format!("Authorization: Bearer {MASK}"));
    assert_eq!(
        masked("\"Authorization\": \"Basic YWRhOnB3\""),
        format!("\"Authorization\": \"Basic {MASK}\"")
    );
    assert_eq!(masked("x-api-key: abc123"), format!("x-api-key: {MASK}"));
    assert_eq!(masked("--header Authorization:${AUTH_HEADER}"), "--header Authorization:${AUTH_HEADER}");
    assert_eq!(masked("Authorization: Bearer ${TOKEN}"), "Authorization: Bearer ${TOKEN}");
}

#[test]
fn names_beside_values() {
    assert_eq!(masked("NOTES_API_KEY=k29f3"), format!("NOTES_API_KEY={MASK}"));
    assert_eq!(
        masked(r#"{"client_secret": "abc", "client_id": "x"}"#),
        format!(r#"{{"client_secret": "{MASK}", "client_id": "x"}}"#)
    );
    assert_eq!(
        masked(r#"{\"access_token\":\"abc\",\"n\":1}"#),
        format!(r#"{{\"access_token\":\"{MASK}\",\"n\":1}}"#)
    );
    assert_eq!(masked("--api-key k29f3 --depth 2"), format!("--api-key {MASK} --depth 2"));
    assert_eq!(masked(r#""--token", "k29f3", "x""#), format!(r#""--token", "{MASK}", "x""#));
    assert_eq!(masked("password=two words"), format!("password={MASK} words"));
}

#[test]
fn urls() {
    assert_eq!(masked("postgres://ada:pw1@db.example/x"), format!("postgres://ada:{MASK}@db.example/x"));
    assert_eq!(masked("https://token@git.example/x"), format!("https://{MASK}@git.example/x"));
    assert_eq!(masked("https://a.example/cb?code=abc&x=1"), format!("https://a.example/cb?code={MASK}&x=1"));
    assert_eq!(
        masked("https://a.example/mcp?api_key=abc#f"),
        format!("https://a.example/mcp?api_key={MASK}")
    );
}

#[test]
fn what_stands_around_an_address_stays() {
    assert_eq!(
        masked("on its command line (`https://a.example/mcp?api_key=k29f3aa81c`), where"),
        format!("on its command line (`https://a.example/mcp?api_key={MASK}`), where")
    );
    assert_eq!(
        masked("(`https://hooks.slack.com/services/T1/B2/x3`)"),
        format!("(`https://hooks.slack.com/services/{MASK}`)")
    );
    assert_eq!(masked("[x](https://a.example/?token=abc)"), format!("[x](https://a.example/?token={MASK})"));
}

#[test]
fn a_random_part_of_a_path_is_masked_but_not_claimed_to_be_a_secret() {
    let text = "GET https://a.example/t/x7q2m9k4t1z8w3p6/mcp?page=2 failed";
    assert_eq!(masked(text), format!("GET https://a.example/t/{MASK}/mcp?page=2 failed"));
    assert_eq!(known_spans(text), []);
}

#[test]
fn tenants_are_told_apart_by_what_stays_of_their_uuids() {
    let text = "issuer https://a.example/550e8400-e29b-41d4-a716-446655440000/v2.0, not \
                https://a.example/6fa459ea-ee8a-3ca4-894e-db77e160355e/v2.0";
    assert_eq!(
        masked(text),
        format!("issuer https://a.example/550e8400-{MASK}/v2.0, not https://a.example/6fa459ea-{MASK}/v2.0")
    );
}

#[test]
fn plain_words_stay() {
    for text in [
        "Connected to remote server using StreamableHTTPClientTransport",
        "Authentication required. Initializing auth...",
        "Token exchange failed: HTTP 400",
        "Using existing client port: 3334",
        "max_tokens: 4096, tokenizer: bpe",
        "token_endpoint: https://as.example/token",
        "Authorization: <your-token>",
        "basic usage of the server, bearer of news",
        "https://a.example/path?page=2&q=key",
        "npx -y mcp-remote https://a.example/mcp 3334 --debug",
        "keyboard: de",
        "[1234] {\"jsonrpc\":\"2.0\",\"method\":\"initialize\"}",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn a_value_is_judged_by_its_name() {
    assert_eq!(mask_value("NOTES_TOKEN", "abc"), MASK);
    assert_eq!(mask_value("NOTES_TOKEN", "${secret:notes}"), "${secret:notes}");
    assert_eq!(mask_value("NOTES_HOST", "notes.example"), "notes.example");
    assert_eq!(mask_value("DATABASE_URL", "postgres://a:b@c/d"), format!("postgres://a:{MASK}@c/d"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::test_cases(1_000)))]

    #[test]
    fn masking_never_fails_and_a_token_never_survives(
        before in "[ -~äß😀\"\\\\:=]{0,30}",
        after in "[ ,;\"'\n]",
        rest in "[ -~äß😀\"\\\\:=]{0,30}",
        name in prop_oneof![Just("Authorization: Bearer "), Just("API_KEY="), Just("\"token\": \""), Just("--password ")],
    ) {
        let secret = "q7Zk29f3aa81cXw";
        let text = format!("{before} {name}{secret}{after}{rest}");
        let shown = masked(&text);
        prop_assert!(!shown.contains(secret), "{} -> {}", text, shown);
    }

    #[test]
    fn spans_lie_on_characters(text in "\\PC{0,80}") {
        for span in spans(&text) {
            prop_assert!(text.get(span).is_some());
        }
        let _ = masked(&text);
    }
}

#[test]
fn a_reference_after_a_name_keeps_its_braces() {
    for shown in [
        "Authorization:${AUTH_HEADER}",
        "\"Authorization:${AUTH_HEADER}\"",
        "API_KEY=${KEY}",
        "X-Api-Key: ${KEY}",
        "Authorization:${secret:notes.authorization}",
        "API_KEY=secret:notes.api_key",
        r#"["exec", "--env", "API_KEY=secret:notes.api_key", "--", "uvx"]"#,
    ] {
        assert_eq!(mask(shown), shown);
    }
}

#[test]
fn a_masked_text_has_nothing_more_to_mask() {
    // The mask of the first part and of the password joined the rest of the address to the token.
    let text = "Authorization: Bearer eyJhbGciOiJ.\u{fffd}y.c2ln\u{fffd}https://user:p]ss@example.com/?a=k";
    let masked = mask(text);
    assert_eq!(mask(&masked), masked);
}

#[test]
fn only_a_name_after_the_word_secret_is_a_reference() {
    for hidden in ["secret: k29f3aa81c", "x secret:k29f3aa81c", "API_KEY=secret:k29f/3aa81c"] {
        assert!(mask(hidden).contains(MASK), "{}", mask(hidden));
    }
}
