//! What `mcp-bridge --help` prints.

/// The help, grouped by what a person wants to do.
pub const HELP: &str = concat!(
    "mcp-bridge ",
    env!("CARGO_PKG_VERSION"),
    "
Connects a program that speaks MCP over stdio, such as Claude Desktop, with a
server that speaks it over HTTP. It takes mcp-remote's command line.

Usage: mcp-bridge URL [PORT] [OPTIONS]
       mcp-bridge exec --env KEY=secret:NAME -- COMMAND [ARG...]
                          start a local server with secrets from the keyring;
                          see mcp-bridge exec --help

  URL   the server's MCP endpoint, often ending in /mcp
  PORT  where the browser brings the answer of a sign-in, on this machine

In claude_desktop_config.json:
  \"my-server\": {
    \"command\": \"/home/me/.bridgekeeper/bin/mcp-bridge\",
    \"args\": [\"https://example.com/mcp\",
             \"--header\", \"Authorization:${secret:my-token}\"]
  }

Headers
  --header \"Name:Value\"   send this with every request; ${VARIABLE} is taken
                          from the environment. May be repeated
                          ${secret:NAME}, also in such a variable, is taken from
                          the system's keyring, where `bridgekeeper secrets set
                          NAME` has put it
  --header-file FILE      one Name:Value per line; # begins a comment

Tools
  --allow-tool PATTERN    offer only tools of that name; * is any text. May be
                          repeated
  --ignore-tool PATTERN   never offer tools of that name. May be repeated

Protocol
  --transport ORDER       http-first (default), sse-first, http-only, sse-only
  --protocol AGE          auto (default): what the server said last time, or ask
                          it; legacy: versions up to 2025-11-25, also for a
                          server whose tools cannot ask you in auto; modern:
                          2026-07-28
  --keep-alive            ping the server every 30 s
  --ping-interval SECS    ping it so often instead
  --disable-cookies       do not send the server's cookies back to it

Sign-in, where the server wants one; a --header Authorization replaces it
  --no-auth               begin none
  --no-browser            open no browser; the link stands in the log and in
                          what tools answer
  --account NAME          another account at the same server
  --scope SCOPES          ask for these rights, whatever the server says
  --auth-timeout SECS     how long a request waits for the person before it is
                          answered with the link (20)
  --device-code           show a code to enter on any device
  --client-id ID, --client-secret SECRET
                          the client that the server's operator gave out;
                          SECRET may be ${VARIABLE}, ${secret:NAME} or @FILE
  --private-key FILE      prove the client with this key (PEM) instead
  --client-credentials    sign in as that client, without a person
  --workload-jwt JWT      sign in with this statement about the workload, or
                          @FILE
  --ema-context FILE      let the company's identity provider vouch: JSON with
                          client_id, idp_client_id, idp_id_token,
                          idp_token_endpoint and the secrets
  --dpop                  bind tokens to a key of this machine
  --static-oauth-client-info JSON, --static-oauth-client-metadata JSON,
  --client-metadata-url URL, --resource URI, --disable-resource-parameter,
  --authorize-param NAME=VALUE, --token-endpoint URL, --use-id-token,
  --host NAME, --callback-path PATH, --auth-success-url URL
                          as mcp-remote has them; JSON may be @FILE

Network
  --connect-timeout SECS  longest time to connect (10)
  --timeout SECS          longest silence of the server in a request (300, 0 for
                          no limit); also --headers-timeout, --body-timeout
  --allow-http            allow http: to other hosts than this machine
  --ipv4                  use no IPv6
  --ca-file FILE          trust the certificates in FILE (PEM) too, as
                          NODE_EXTRA_CA_CERTS does. May be repeated
  --ca-only               trust them and no others
  --client-cert FILE      show this certificate to the server (PEM, with the
                          certificates above it)
  --client-key FILE       its key (PEM), where it stands in another file
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are followed; where none is
  set, the proxy of Windows or macOS is. --enable-proxy is not needed. A script
  that chooses proxies (PAC) is not run: name the proxy as HTTPS_PROXY.

Logs, on standard error; never a header's value, a token or a message
  --debug                 each step
  --silent                nothing
  --log-file FILE         write them to FILE too, and keep it small

Others
  --home DIR              use DIR in place of your home. In DIR/.bridgekeeper
                          the bridge keeps what servers said last (servers)
                          and how it is doing (run)
  BRIDGEKEEPER_KEYRING=file:PATH
                          keep tokens in an encrypted file, in the place of the
                          system's keyring; BRIDGEKEEPER_KEYRING_PASSPHRASE
                          opens it. With =none they live in this process alone
  --help, --version
"
);

/// What `mcp-bridge exec --help` prints.
pub const EXEC_HELP: &str = "\
Starts a local server with secrets in its environment that stand in no file.

Usage: mcp-bridge exec --env KEY=secret:NAME [--env ...] [--] COMMAND [ARG...]

  --env KEY=secret:NAME   the variable KEY holds the secret NAME, which
                          `bridgekeeper secrets set NAME` has put into the
                          system's keyring. May be repeated
  --home DIR              use the secrets of DIR in place of your home's
  --help                  print this

In claude_desktop_config.json:
  \"notes\": {
    \"command\": \"/home/me/.bridgekeeper/bin/mcp-bridge\",
    \"args\": [\"exec\", \"--env\", \"API_KEY=secret:notes.api_key\", \"--\",
             \"uvx\", \"notes-mcp\"]
  }

The command gets its arguments, its standard streams and the rest of the
environment as they are, BRIDGEKEEPER_KEYRING_PASSPHRASE aside; no shell is
between. On Linux and macOS it takes the
place of this program. On Windows this program waits for it, ends with the same
status, and takes it along when it is ended itself.

Exit status: the command's own; 127 there is no such command, 126 it does not
start, 125 a secret cannot be read or the command line is wrong.
";

#[cfg(test)]
mod tests {
    use bridgekeeper_mcp_remote::FLAGS;

    use super::*;

    #[test]
    fn every_flag_of_mcp_remote_stands_in_the_help() {
        for flag in FLAGS {
            assert!(HELP.contains(flag.name), "{}", flag.name);
        }
    }

    #[test]
    fn the_help_fits_on_a_terminal() {
        for line in HELP.lines().chain(EXEC_HELP.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
