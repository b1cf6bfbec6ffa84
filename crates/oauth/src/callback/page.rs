//! The few pages that a browser may see. Every word in them stands in [`Words`]: nothing of a request or of a server's
//! answer is shown.

use bridgekeeper_net::Url;

use super::words::{Text, Words};

/// What the browser shows.
#[derive(Debug)]
pub(crate) enum Page {
    SignedIn,
    NotSignedIn,
    /// The user wants another page instead of ours.
    Elsewhere(Url),
    NotExpected,
    NotFound,
    BadRequest,
    OtherMethod,
    OtherHost,
}

impl Page {
    /// The whole HTTP response, in this language.
    pub(super) fn response(&self, words: &Words) -> String {
        let (status, Text { title, text }) = match self {
            Self::SignedIn => ("200 OK", &words.signed_in),
            Self::NotSignedIn => ("200 OK", &words.not_signed_in),
            Self::Elsewhere(url) => {
                return format!(
                    "HTTP/1.1 303 See Other\r\nLocation: {url}\r\n{COMMON_HEADERS}Content-Length: 0\r\n\r\n"
                );
            }
            Self::NotExpected => ("400 Bad Request", &words.not_expected),
            Self::NotFound => ("404 Not Found", &words.nothing_here),
            Self::BadRequest => ("400 Bad Request", &words.nothing_here),
            Self::OtherMethod => ("405 Method Not Allowed", &words.nothing_here),
            Self::OtherHost => ("421 Misdirected Request", &words.nothing_here),
        };
        let language = words.language;
        let body = TEMPLATE.replace("{language}", language).replace("{title}", title).replace("{text}", text);
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Language: {language}\r\n{COMMON_HEADERS}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

/// The address holds the code for a moment: nobody is told where the browser came from, and nothing is kept.
const COMMON_HEADERS: &str = "Cache-Control: no-store\r\n\
    Referrer-Policy: no-referrer\r\n\
    Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n";

const TEMPLATE: &str = r#"<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1.5rem;
  color: light-dark(#1f2328, #e6edf3); background: light-dark(#ffffff, #0d1117); }
h1 { font-size: 1.5rem; font-weight: 600; }
</style>
<main>
<h1>{title}</h1>
<p>{text}</p>
</main>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_length_and_its_language_and_forbids_scripts() {
        for page in [Page::SignedIn, Page::NotSignedIn, Page::NotExpected, Page::NotFound, Page::OtherHost] {
            for words in [Words::usual(), Words::liked(b"de")] {
                let response = page.response(words);
                let (head, body) = response.split_once("\r\n\r\n").unwrap();
                assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
                assert!(head.contains("default-src 'none'") && head.contains("no-store"));
                assert!(body.contains(&format!("<html lang=\"{}\">", words.language)), "{body}");
                assert!(!["{title}", "{text}", "{language}"].iter().any(|gap| body.contains(gap)), "{body}");
            }
        }
    }
}
