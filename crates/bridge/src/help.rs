//! What `mcp-bridge --help` prints.

/// The help, grouped by what a person wants to do.
pub const HELP: &str = concat!(
    "mcp-bridge ",
    env!("CARGO_PKG_VERSION"),
    "
Connects a program that speaks MCP over stdio, such as Claude Desktop, with a
server that speaks it over HTTP. It takes mcp-remote's command line.

Usage: mcp-bridge URL [PORT] [OPTIONS]

  URL   the server's MCP endpoint, often ending in /mcp
  PORT  accepted for mcp-remote's sake

In claude_desktop_config.json:
  \"my-server\": {
    \"command\": \"/home/me/.bridgekeeper/bin/mcp-bridge\",
    \"args\": [\"https://example.com/mcp\", \"--header\", \"Authorization:${MY_TOKEN}\"],
    \"env\": { \"MY_TOKEN\": \"Bearer ...\" }
  }

Headers
  --header \"Name:Value\"   send this with every request; ${VARIABLE} is taken
                          from the environment. May be repeated
  --header-file FILE      one Name:Value per line; # begins a comment

Tools
  --allow-tool PATTERN    offer only tools of that name; * is any text. May be
                          repeated
  --ignore-tool PATTERN   never offer tools of that name. May be repeated

Protocol
  --transport ORDER       http-first (default), sse-first, http-only, sse-only
  --protocol AGE          auto (default): what the server said last time, or ask
                          it; legacy: versions up to 2025-11-25; modern:
                          2026-07-28
  --keep-alive            ping the server every 30 s
  --ping-interval SECS    ping it so often instead
  --no-auth               begin no sign-in
  --disable-cookies       do not send the server's cookies back to it

Network
  --connect-timeout SECS  longest time to connect (10)
  --timeout SECS          longest silence of the server in a request (300, 0 for
                          no limit)
  --allow-http            allow http: to other hosts than this machine
  --ipv4                  use no IPv6
  --ca-file FILE          trust the certificates in FILE (PEM) too, as
                          NODE_EXTRA_CA_CERTS does. May be repeated
  --ca-only               trust them and no others
  --client-cert FILE      show this certificate to the server (PEM, with the
                          certificates above it)
  --client-key FILE       its key (PEM), where it does not stand in the same file
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are followed; where none is
  set, the proxy of Windows or macOS is.

Logs, on standard error; never a header's value, a token or a message
  --debug                 each step
  --silent                nothing
  --log-file FILE         write them to FILE too, and keep it small

Others
  --home DIR              use DIR in place of your home. In DIR/.bridgekeeper the
                          bridge keeps what servers said last (servers) and how
                          it is doing (run)
  --help, --version
"
);
