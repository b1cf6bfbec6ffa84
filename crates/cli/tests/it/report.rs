//! What a report tells and, above all, what it does not.

use std::fmt::Write as _;

use bridgekeeper_model::Os;
use bridgekeeper_testkit::home::ClaudeHome;
use serde_json::{Value, json};

use crate::console::Console;

/// A secret of every known shape, made up here. The second text is the piece that must be nowhere.
const SHAPES: &[(&str, &str)] = &[
    ("github classic", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("github oauth", "gho_9aB8c7D6e5F4g3H2i1J0k9L8m7N6o5P4q3R2"),
    ("github fine-grained", "github_pat_11ABCDEFG0xYzW9vU8tS7r_6Q5p4O3n2M1l0K9j8I7h6G5f4E3d2C1b0A"),
    ("slack bot", "xoxb-2413671234567-2419837654321-QmFzZTY0U2VjcmV0VG9r"),
    ("slack user", "xoxp-1234567890123-1234567890124-abcdef0123456789abcdef0123456789"),
    ("slack webhook", "https://hooks.slack.com/services/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"),
    ("discord webhook", "https://discord.com/api/webhooks/112233445566778899/q1W2e3R4t5Y6u7I8o9P0-aSdFgHjKl"),
    ("telegram bot", "6123456789:AAHk3jT9dZq8Lm2vXw5YbN7cR1sE4uO6pQg"),
    ("openai", "sk-9fK2mX7pQ4vT8bN1cR5sW3yZ6aE0dG2h"),
    ("openai project", "sk-proj-Zx9Yv8Wu7Ts6Rq5Po4Nm3Lk2Ji1Hg0Fe"),
    ("anthropic", "sk-ant-api03-R2D2c3POhan50loLeia7Luke9Yoda4Obi"),
    ("stripe live", "sk_live_51HxAbCdEfGhIjKlMnOpQrStUv"),
    ("stripe webhook", "whsec_a1B2c3D4e5F6g7H8i9J0k1L2m3N4"),
    ("aws key id", "AKIAQ3EGRZK7X2PLMN4T"),
    ("aws secret", "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"),
    ("google api key", "AIzaSyD4x8Qm2Kp7Wn5Rt9Lv3Bz6Hc1Jf0Gs8Ea"),
    ("google oauth", "ya29.a0AfB9yDk3LmN7pQrS5tUvW2xYz"),
    ("google refresh", "1//0gKx8mN2pQ7rS5tU3vW9yZ1aB4cD6eF"),
    ("google client secret", "GOCSPX-k3Lm9Np2Qr7St5Uv8Wx1Yz4Ab"),
    ("azure client secret", "Zk48Q~mN3pQ7rS5tU9vW2xY4zA6bC8dE0fG1hI"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MjM0MiIsIm4iOiJ4In0.dQw4w9WgXcQ7r5T3u8V1y6Z2a9B4c0D"),
    ("npm", "npm_aB3dE6fG9hJ2kL5mN8pQ1rS4tU7vW0xY3zA6"),
    ("pypi", "pypi-AgEIcHlwaS5vcmcCJGQ4ZTk3YmM2LWIxYTItNDVj"),
    ("gitlab", "glpat-xK7mQ2pR9sT4vW8yZ1aB"),
    ("notion", "ntn_482915736204pQrStUvWxYz0AbCdEfGhIjKlMn"),
    ("notion old", "secret_9K2mN7pQ4rS8tU1vW5xY3zA6bC0dE2fG4hI6jK8lM"),
    ("linear", "lin_api_7Hg5Fd3Sa1Qw9Er8Ty6Ui4Op2Zx0Cv"),
    ("hugging face", "hf_QwErTyUiOpAsDfGhJkL1234567890zXcV"),
    ("sendgrid", "SG.kQ3mW7xZ9pL2nB5vC8sD1f.G4hJ6kL0qW2eR5tY8uI1oP3aS7dF9gH"),
    ("databricks", "dapi4f8a2c6e0b1d3f5a7c9e2b4d6f8a0c1e"),
    ("postman", "PMAK-64f1a2b3c4d5e6f7a8b9c0d1-e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8"),
    ("nostr", "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"),
    ("hex", "4f9d2c7ab81e603d95fa7be2c0184d6fa3957e1cb2d48f06"),
    ("base64", "m3ZqP9xK7wLvT2bN8cRf5YhJ1sGd4Au6Ei0OzXQjWBk="),
    ("uuid", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
];

/// Texts that hold a secret, and the secret in them.
const TEXTS: &[(&str, &str)] = &[
    ("Authorization: Bearer plainbearervalue77", "plainbearervalue77"),
    ("Authorization: Basic dXNlcjpwYXNzd29yZDEyMw==", "dXNlcjpwYXNzd29yZDEyMw"),
    ("Cookie: sid=hunter2cookie; theme=dark; pref=morecookie9", "morecookie9"),
    ("Set-Cookie: session=setcookievalue5; Path=/", "setcookievalue5"),
    ("X-Api-Key: shortkey9", "shortkey9"),
    ("postgres://svc_app:pgpassw0rd@db.example:5432/notes", "pgpassw0rd"),
    ("redis://:redispassw0rd@cache.example:6379", "redispassw0rd"),
    (
        "SENTRY_DSN=https://0a1b2c3d4e5f60718293a4b5c6d7e8f9@o12.ingest.sentry.io/34",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    ),
    ("GET /callback?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj", "SplxlOBeZQQYbYS6WxSbIA"),
    ("http://127.0.0.1:3334/oauth/callback?code=4P7xKq2m&state=xyzzy42q", "xyzzy42q"),
    (
        "grant_type=authorization_code&code=9zY8xW7v&code_verifier=dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "dBjftJeZ4CVP",
    ),
    ("grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA", "tGzv3JOkF0XG5Qx2TlKWIA"),
    ("redirect=https%3A%2F%2Fa.example%2Fcb%3Fcode%3D8xLOxBtZp8%26x%3D1", "8xLOxBtZp8"),
    ("{\"access_token\":\"opaqueaccess1\",\"refresh_token\":\"opaquerefresh1\"}", "opaquerefresh1"),
    ("--api-key optionvalue7 --depth 2", "optionvalue7"),
    ("SMTP_PASS=mailpassword8", "mailpassword8"),
    (
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=c3RvcmFnZWtleXZhbHVl0123==;EndpointSuffix=y",
        "c3RvcmFnZWtleXZhbHVl0123",
    ),
    ("https://x.blob.core.windows.net/c?sv=2024-01-01&sig=aBcDeF12345%2Bxyz", "aBcDeF12345"),
    ("https://mcp.zapier.com/api/mcp/s/NmZkY2QzYmEtNDk1Yi00/mcp", "NmZkY2QzYmEtNDk1Yi00"),
    ("from ada.lovelace@corp.example to bob", "lovelace"),
    ("cannot open /Users/grace.hopper/Documents/x", "hopper"),
    ("cannot open C:\\Users\\Grace Hopper\\Documents\\x", "Hopper"),
    ("cannot open file:///home/turing/x.js", "turing"),
];

const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\n\
    MIIEowIBAAKCAQEAx4UbaDzGmE1pQyRkHn0T2vWcSfLq9JdOzXiB7YrKtPuMhAgV\n\
    bN3cE5wQ8sZ1xD6yF2jG4kL0oI7uT9rP5aSvHmYqWeRtYuIoPlKjHgFdSaZxCvBn\n\
    Qm9Wn8Eb7Rv6\n-----END RSA PRIVATE KEY-----";
const KEY_LINES: &[&str] = &["MIIEowIBAAKCAQEAx4Uba", "bN3cE5wQ8sZ1xD6yF2jG4", "Qm9Wn8Eb7Rv6"];

/// Short enough to be seen in any text that was cut.
fn piece(secret: &str) -> &str {
    let value = secret.rsplit('/').next().unwrap_or(secret);
    let longest =
        value.split(['-', '.', '_', ':', '~', '+', '=']).max_by_key(|part| part.len()).unwrap_or(value);
    &longest[..longest.len().min(12)]
}

/// Every secret at every place that a report reads.
fn planted(home: &ClaudeHome) {
    let mut servers = serde_json::Map::new();
    for (number, (shape, secret)) in SHAPES.iter().enumerate() {
        servers.insert(
            format!("s{number}"),
            json!({
                "command": "npx",
                "args": ["-y", "x-mcp", "--value", secret, format!("--header=X-Thing: {secret}"), format!("https://a.example/mcp?q={secret}")],
                "env": {"SOME_VALUE": secret, "OTHER_KEY": format!("a{secret}"), format!("NOTE_{number}"): shape},
                "headers": {"X-Other": secret},
                "url": format!("https://u:{}@a.example/mcp", secret.replace(['/', ':'], "")),
            }),
        );
    }
    for (number, (text, _)) in TEXTS.iter().enumerate() {
        servers
            .insert(format!("t{number}"), json!({"command": "npx", "args": ["x", text], "env": {"A": text}}));
    }
    servers.insert("key".to_owned(), json!({"command": "x", "args": [KEY], "env": {"PEM": KEY}}));
    servers.insert(SHAPES[0].1.to_owned(), json!({"command": "x"}));
    let config = json!({"mcpServers": servers, "preferences": {"deep": {"authToken": "preferencetoken6"}}});
    home.write_config(&serde_json::to_string_pretty(&config).unwrap()).unwrap();

    let mut log = String::from("2026-11-20T09:00:00.000Z [s0] [info] Initializing server...\n");
    for (_, secret) in SHAPES {
        let (head, tail) = secret.split_at(secret.len() / 2);
        write!(
            log,
            "connecting with {secret}\nError: {{\"error\":\"invalid_grant\",\"got\":\"{secret}\"}}\n"
        )
        .unwrap();
        // Broken by a line end, as a terminal or a logger does
        write!(log, "value {head}\n{tail}\n").unwrap();
    }
    for (text, _) in TEXTS {
        write!(log, "{text}\n2026-11-20T09:00:01.000Z [s0] [error] failed: {text}\n").unwrap();
    }
    write!(log, "{KEY}\nspawn npx ENOENT\n").unwrap();
    for (number, chunk) in log.split_inclusive('\n').collect::<Vec<_>>().chunks(50).enumerate() {
        let text: String = chunk.concat();
        // A secret broken between two files is not looked for
        home.write_server_log(&format!("s{number}"), &text).unwrap();
    }
    home.write_server_log(SHAPES[0].1, "spawn npx ENOENT\n").unwrap();
    home.write_log("main.log", &format!("2026-11-20 09:00:00 [info] started for {}\n", SHAPES[32].1))
        .unwrap();
    let profile = home.config().parent().unwrap().to_owned();
    let below = profile.strip_prefix(home.root()).unwrap().to_string_lossy().replace('\\', "/");
    home.file(
        &format!("{below}/Claude Extensions Settings/local.dxt.a.b.json"),
        &json!({"isEnabled": true, "userConfig": {"api_key": SHAPES[3].1, "plain": SHAPES[33].1}})
            .to_string(),
    )
    .unwrap();
    home.file(
        &format!("{below}/Claude Extensions/local.dxt.a.b/manifest.json"),
        &json!({"name": "b", "display_name": format!("b {}", SHAPES[9].1), "version": "1.0.0"}).to_string(),
    )
    .unwrap();
}

#[test]
fn no_secret_of_any_known_shape_is_in_a_report() {
    // Where the config has them, the redactor knows them; where only logs do, their shape alone tells
    for (os, config) in [
        (Os::Windows, None),
        (Os::Macos, None),
        (Os::Linux, Some("{\"mcpServers\": {\"s0\": {\"command\": \"npx\"}}}")),
    ] {
        let console = Console::new(os);
        planted(&console.home);
        if let Some(config) = config {
            console.home.write_config(config).unwrap();
        }
        let file = console.home.root().with_file_name("report.md");
        let outcome = console.run(&["report", "--out", &file.display().to_string(), "--json"]);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
        let report = std::fs::read_to_string(&file).unwrap();
        assert!(report.contains("spawn npx ENOENT") && report.contains("## Config files"));
        let mut leaked = Vec::new();
        for (text, what) in [(&report, "file"), (&outcome.stdout, "answer")] {
            let lower = text.to_lowercase();
            let shapes = SHAPES.iter().map(|(shape, secret)| (*shape, piece(secret)));
            let texts = TEXTS.iter().map(|(text, secret)| (*text, *secret));
            let key = KEY_LINES.iter().map(|line| ("private key", *line));
            for (shape, secret) in shapes.chain(texts).chain(key).chain([("preference", "preferencetoken6")])
            {
                for at in lower.match_indices(&secret.to_lowercase()).map(|(at, _)| at).take(2) {
                    let around = &text.get(at.saturating_sub(60)..(at + 60).min(text.len()));
                    leaked.push(format!("{what}: {shape}: {around:?}"));
                }
            }
        }
        assert!(leaked.is_empty(), "{} leaks\n{}", leaked.len(), leaked.join("\n"));
    }
}

#[test]
fn a_report_says_where_to_send_it_and_nothing_is_overwritten() {
    let console = Console::broken(Os::Windows);
    let file = console.file("there.md", "mine");
    let refused = console.run(&["report", "--out", &file, "--json"]);
    assert_eq!(refused.status, 2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let new = console.home.root().with_file_name("new.md").display().to_string();
    let written = console.json(&["report", "--out", &new]);
    assert_eq!((&written["tracker"]["whose"], &written["file"]), (&json!("claude"), &json!(new)));
    assert!(written["tracker"]["address"].as_str().unwrap().starts_with("https://github.com/"));
    assert!(written["title"].as_str().unwrap().contains("[windows-path-space]"), "{written}");
    assert!(written["body"].as_str().unwrap().contains("What happens"));
    let shown: Value = console.json(&["report", "--out", "-"]);
    assert!(shown["markdown"].as_str().unwrap().starts_with("# Bridgekeeper report"));
}

#[cfg(unix)] // a snapshot with paths
#[test]
fn the_report_of_the_broken_home() {
    let report = Console::broken(Os::Windows).shown(&["report", "--out", "-"]);
    insta::assert_snapshot!(report.replace(std::env::consts::ARCH, "ARCH"));
}
