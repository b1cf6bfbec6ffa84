// Invented servers, each in one state.
import type { FindingView, Health, Indicator, ServerView, SignKind, SignView } from "../backend";
import { ago, daysAgo } from "./time";

const quiet = { source: "config", findings: [], timeline: [], signs: [], since: null } as const;

const LOG = "C:\\Users\\kim\\AppData\\Roaming\\Claude\\logs\\mcp-server.log";

const signs = (signedIn: Indicator, tools: Indicator, noCrash: Indicator, time: string): SignView[] => {
  const sign = (kind: SignKind, known: Indicator): SignView => {
    const evidence = { file: LOG, line: 214, text: "Message from server: …", time };
    return { kind, known, evidence: known === "unknown" ? null : evidence };
  };
  return [sign("signed-in", signedIn), sign("tools-listed", tools), sign("no-sign-in-crash", noCrash)];
};

export const splitHeader = (): FindingView => ({
  id: "windows-path-space",
  severity: "error",
  server: "coda",
  message: "Claude splits the header at its space, so the bridge never starts.",
  why: "On Windows, Claude starts npx through cmd.exe and does not quote an argument that holds a space. cmd.exe then looks for a program named `C:\\Program`.",
  what_to_do:
    "1. Quit Claude.\n2. Move the header's value into `env` and write `${AUTH_HEADER}` in its place.\n3. Start Claude.",
  evidence: [
    {
      file: "C:\\Users\\kim\\AppData\\Roaming\\Claude\\logs\\mcp-server-coda.log",
      line: 212,
      text: "'C:\\Program' is not recognized as an internal or external command,",
      time: ago(1, 29),
    },
  ],
  fixes: [
    {
      id: "spaces-to-env",
      title: "Move the header's value into env",
      applicability: "automatic",
      price: null,
    },
    {
      id: "use-the-bridge",
      title: "Start it with the built-in bridge",
      applicability: "ask",
      price: "You sign in once more. It then needs no Node.",
    },
  ],
});

const unsetPort = (): FindingView => ({
  id: "callback-port-not-set",
  severity: "warning",
  server: "coda",
  message: "Its callback port is not set.",
  why: "mcp-remote takes a port by itself. Two servers may take the same one, and the sign-in of the second then fails.",
  what_to_do: "Add a port of its own after the server's address.",
  evidence: [
    {
      file: "C:\\Users\\kim\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
      line: 13,
      text: '        "https://coda.example.com/mcp",',
      time: null,
    },
  ],
  fixes: [
    {
      id: "callback-port",
      title: "Give it port 4201",
      applicability: "ask",
      price: "You may have to sign in again.",
    },
  ],
});

export const coda = (): ServerView => ({
  name: "coda",
  source: "config",
  state: "failing",
  since: ago(1, 28),
  summary: "Claude splits its header at a space",
  command_line: 'npx -y mcp-remote https://coda.example.com/mcp --header "Authorization: Bearer ••••"',
  findings: [splitHeader(), unsetPort()],
  signs: signs("unknown", "unknown", "yes", ago(1, 29)),
  timeline: [
    { label: "Started", at: ago(1, 29), kind: "normal" },
    { label: "cmd.exe", at: ago(1, 29), kind: "normal" },
    { label: "Exited with 1", at: ago(1, 28), kind: "bad" },
    { label: "Started again", at: ago(0, 20), kind: "normal" },
    { label: "Exited with 1", at: ago(0, 19), kind: "bad" },
  ],
});

export const linear = (): ServerView => ({
  name: "linear",
  source: "config",
  state: "needs-sign-in",
  since: ago(21),
  summary: "The sign-in has ended",
  command_line: "npx -y mcp-remote https://linear.example.com/sse 4202",
  findings: [
    {
      id: "oauth-refresh-rejected",
      severity: "error",
      server: "linear",
      message: "The sign-in has ended, and the server does not extend it.",
      why: "The server answered `invalid_grant` when mcp-remote asked for a new token. It waits for you to sign in again.",
      what_to_do:
        "1. Quit Claude from its tray icon.\n2. Start Claude. A page of linear.example.com opens in the browser.\n3. Sign in there and return to Claude.",
      evidence: [
        {
          file: "C:\\Users\\kim\\AppData\\Roaming\\Claude\\logs\\mcp-server-linear.log",
          line: 88,
          text: 'Token refresh failed: {"error":"invalid_grant","error_description":"refresh token is expired"}',
          time: ago(21),
        },
      ],
      fixes: [
        { id: "sign-in-again", title: "Sign in again", applicability: "manual", price: null },
        {
          id: "reset-auth",
          title: "Stop Claude, set the stored sign-ins aside, start Claude again",
          applicability: "ask",
          price: null,
        },
      ],
    },
  ],
  signs: signs("no", "unknown", "yes", ago(21)),
  timeline: [
    { label: "Started", at: ago(22), kind: "normal" },
    { label: "Token refused", at: ago(21), kind: "bad" },
    { label: "Waits for sign-in", at: ago(21), kind: "normal" },
  ],
});

export const fastmcp = (): ServerView => ({
  ...quiet,
  name: "chg-fastmcp",
  state: "connected",
  since: ago(94),
  summary: "Answers since 09:09",
  command_line: "npx -y mcp-remote https://tools.example.com/mcp 4203",
  findings: [],
  signs: signs("yes", "yes", "yes", ago(94)),
  timeline: [
    { label: "Started", at: ago(94, 4), kind: "normal" },
    { label: "Bridge ready", at: ago(94, 1), kind: "normal" },
    { label: "Connected", at: ago(94), kind: "good" },
  ],
});

export const filesystem = (): ServerView => ({
  ...quiet,
  name: "filesystem",
  state: "connected",
  since: ago(94),
  summary: "11 tools, local",
  command_line: "npx -y @modelcontextprotocol/server-filesystem C:\\Users\\kim\\Documents",
  findings: [],
  signs: signs("yes", "yes", "yes", ago(94)),
  timeline: [
    { label: "Started", at: ago(94, 3), kind: "normal" },
    { label: "Connected", at: ago(94), kind: "good" },
  ],
});

export const figma = (): ServerView => ({
  ...quiet,
  name: "Figma",
  source: "extension",
  state: "connected",
  since: daysAgo(1, 12),
  summary: "Extension, answers",
  command_line: "",
  findings: [],
  signs: [],
  timeline: [],
});

export const notion = (): ServerView => ({
  ...quiet,
  name: "notion",
  state: "never-seen",
  summary: "Claude skips this entry: it has a URL, no command",
  command_line: "https://notion.example.com/mcp",
  findings: [
    {
      id: "url-entry",
      severity: "warning",
      server: "notion",
      message: "Claude skips this entry: it has a URL and no command.",
      why: "Claude's config file names programs to start. An entry with `url` alone is left out when Claude starts.",
      what_to_do: "Add the address under Settings > Connectors in Claude, or start it through a bridge.",
      evidence: [
        {
          file: "C:\\Users\\kim\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
          line: 31,
          text: '      "url": "https://notion.example.com/mcp"',
          time: null,
        },
      ],
      fixes: [
        {
          id: "use-the-bridge",
          title: "Start it with the built-in bridge",
          applicability: "ask",
          price: "You sign in once, in the browser.",
        },
      ],
    },
  ],
  signs: signs("no", "unknown", "no", ago(21)),
  timeline: [],
});

export const starting = (): ServerView => ({
  ...quiet,
  name: "coda",
  state: "starting",
  since: ago(0, 6),
  summary: "Claude has started it; no answer yet",
  command_line: "npx -y mcp-remote https://coda.example.com/mcp 4201 --header Authorization:${AUTH_HEADER}",
  findings: [
    {
      ...splitHeader(),
      severity: "info",
      message: `Windows cut a command at a space: \`C:\\Program\`. This was before the change (${ago(1, 10)}).`,
      fixes: [],
    },
  ],
  signs: signs("unknown", "unknown", "yes", ago(0, 6)),
  timeline: [
    { label: "Started", at: ago(0, 6), kind: "normal" },
    { label: "Bridge starts", at: ago(0, 5), kind: "normal" },
  ],
});

export const unreachable = (name: string): ServerView => ({
  ...quiet,
  name,
  state: "failing",
  since: ago(7),
  summary: "This machine has no network",
  command_line: `npx -y mcp-remote https://${name}.example.com/mcp`,
  findings: [
    {
      id: "dns",
      severity: "error",
      server: name,
      message:
        "This machine cannot find the server's address. It has no network, or its DNS does not answer.",
      why: `The name ${name}.example.com could not be resolved. The server itself may be well.`,
      what_to_do: "Connect to a network, then restart Claude. Behind a VPN, connect the VPN first.",
      evidence: [
        {
          file: `/Users/kim/Library/Logs/Claude/mcp-server-${name}.log`,
          line: 41,
          text: `Connection error: TypeError: fetch failed: getaddrinfo ENOTFOUND ${name}.example.com`,
          time: ago(7),
        },
      ],
      fixes: [{ id: "go-online", title: "Connect to a network", applicability: "manual", price: null }],
    },
  ],
  signs: signs("yes", "unknown", "yes", ago(52)),
  timeline: [
    { label: "Connected", at: ago(52), kind: "good" },
    { label: "Stream dropped", at: ago(7, 20), kind: "normal" },
    { label: "Gave up", at: ago(7), kind: "bad" },
  ],
});

const STATES: readonly Health[] = ["connected", "connected", "connected", "stopped", "off"];

/** Enough servers for the filter to matter. Some names are unkind. */
export const many = (quiet = 40): ServerView[] => [
  coda(),
  linear(),
  {
    ...coda(),
    name: "a-server-whose-name-is-far-longer-than-any-list-is-wide-and-has-no-space",
    summary:
      "The program /opt/homebrew/Cellar/node@18/18.20.4/libexec/lib/node_modules/some-server/dist/index.js does not exist",
    command_line: `node ${"/a/rather/deep/folder".repeat(12)}/index.js --verbose --token ••••`,
  },
  ...Array.from({ length: quiet }, (_, index): ServerView => {
    const state = STATES[index % STATES.length] ?? "connected";
    return {
      ...filesystem(),
      name: `server ${String(index + 1).padStart(2, "0")}`,
      state,
      summary: { connected: "Answers", stopped: "Closed with Claude", off: "Switched off" }[state as "off"],
      timeline: [],
    };
  }),
];
