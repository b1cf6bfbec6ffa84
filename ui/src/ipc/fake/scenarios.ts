// One world per state that the window must draw. The names are what `?scenario=` takes.
import type { Change, Claude, FindingView, ServerView, Snapshot } from "../backend";
import {
  coda,
  fastmcp,
  figma,
  filesystem,
  linear,
  many,
  notion,
  splitHeader,
  starting,
  unreachable,
} from "./examples";
import type { ConfigState } from "./config";
import type { FakeKeyring } from "./sign-ins";
import { ago, daysAgo } from "./time";
import type { FakeUpdate } from "./updates";

export interface Scenario {
  snapshot: Snapshot;
  history: Change[];
  /** What is written into the logs while the window is open; nothing where it is not said. */
  log?: "writes" | "floods";
  /** Whether some of the servers are another way each tenth of a second. */
  restless?: true;
  /** How the host misbehaves. */
  keyring?: FakeKeyring;
  trouble?:
    | "nobody-signs-in"
    | "host-unreachable"
    | "file-changes-meanwhile"
    | "file-is-read-only"
    | "settings-are-broken"
    | "computer-is-managed";
  /** How the config file stands. */
  config?: ConfigState;
  /** How it stands with updates. */
  update?: FakeUpdate;
}

const CONFIG = "C:\\Users\\kim\\AppData\\Roaming\\Claude\\claude_desktop_config.json";

const running: Claude = {
  found: true,
  kind: "Store build",
  version: "1.52386",
  running: true,
  config_path: CONFIG,
  why_live: "Claude's log names this file, and Claude wrote it last, today.",
  looked_in: [],
};

const seen = (servers: ServerView[], more: Partial<Snapshot> = {}): Snapshot => ({
  generation: 1,
  claude: running,
  overall: "connected",
  servers,
  setup_findings: [],
  not_checked: [],
  checking: null,
  read_at: ago(0, 2),
  ...more,
});

const past = (): Change[] => [
  {
    id: "20261120-1",
    at: daysAgo(1, 35),
    title: "Give linear port 4202",
    file: CONFIG,
    server: "linear",
    undone: false,
    can_undo: true,
    why_not: null,
    left: [],
  },
  {
    id: "20261120-0",
    at: daysAgo(1, 41),
    title: "Start chg-fastmcp with the built-in bridge",
    file: CONFIG,
    server: "chg-fastmcp",
    undone: true,
    can_undo: false,
    why_not: null,
    left: [],
  },
  {
    id: "20261103-0",
    at: daysAgo(18, 300),
    title: "Remove the comma after the last server",
    file: CONFIG,
    server: null,
    undone: false,
    can_undo: false,
    why_not: "Line 18 was changed by somebody else since.",
    left: [],
  },
];

const trailingComma = (): FindingView => ({
  id: "config-json-invalid",
  severity: "error",
  server: null,
  message: "Claude cannot read its config file: a comma is too many in line 18.",
  why: "Claude reads the file as strict JSON and gives up at the first mistake. No server of the file is started.",
  what_to_do: "Remove the comma at the end of line 18, save, and restart Claude.",
  evidence: [{ file: CONFIG, line: 18, text: "    },", time: null }],
  fixes: [{ id: "remove-comma", title: "Remove the comma", applicability: "automatic", price: null }],
});

const firewallRule = (): FindingView => ({
  id: "node-firewall-rule",
  severity: "info",
  server: null,
  message:
    "The firewall has inbound rules for Node (Node.js JavaScript Runtime); sign-ins on this computer need none.",
  why: "The browser comes back to 127.0.0.1, which never meets the firewall. A rule that allows lets other computers in.",
  what_to_do: "Nothing for the sign-in.",
  evidence: [],
  fixes: [],
});

const configured = (config: ConfigState): Scenario => ({
  snapshot: seen([coda(), linear(), filesystem()], { overall: "failing" }),
  history: past(),
  config,
});

const updating = (update: FakeUpdate) => (): Scenario => ({
  snapshot: seen([fastmcp(), filesystem()]),
  history: [],
  update,
});

export const scenarios = {
  failing: (): Scenario => ({
    snapshot: seen([coda(), linear(), fastmcp(), filesystem(), notion()], { overall: "failing" }),
    history: past(),
  }),
  healthy: (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem(), figma()]),
    history: past(),
  }),
  "needs-sign-in": (): Scenario => ({
    snapshot: seen([linear(), fastmcp(), filesystem()], { overall: "needs-sign-in" }),
    history: [],
    trouble: "nobody-signs-in",
  }),
  starting: (): Scenario => ({
    snapshot: seen([starting(), fastmcp(), filesystem()], { overall: "starting" }),
    history: [],
  }),
  "keyring-locked": (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem()]),
    history: [],
    keyring: "locked",
  }),
  loading: (): Scenario => ({
    keyring: "waits",
    snapshot: seen([], { overall: "idle", checking: "the logs of 5 servers", claude: running }),
    history: [],
  }),
  empty: (): Scenario => ({
    keyring: "empty",
    snapshot: seen([], { overall: "idle", claude: { ...running, running: false } }),
    history: [],
  }),
  "claude-missing": (): Scenario => ({
    snapshot: seen([], {
      overall: "idle",
      claude: {
        found: false,
        kind: null,
        version: null,
        running: null,
        config_path: null,
        why_live: null,
        looked_in: [
          "C:\\Users\\kim\\AppData\\Roaming\\Claude",
          "C:\\Users\\kim\\AppData\\Local\\AnthropicClaude",
          "C:\\Users\\kim\\AppData\\Local\\Packages\\Claude_*",
        ],
      },
    }),
    history: [],
  }),
  partial: (): Scenario => ({
    keyring: "missing",
    snapshot: seen([coda(), fastmcp(), filesystem()], {
      overall: "failing",
      claude: { ...running, running: null },
      checking: "the log of linear",
      not_checked: [
        { check: "Which Node Claude starts", why: "npx was not found on PATH" },
        { check: "The log of linear", why: "another program keeps the file locked" },
      ],
    }),
    history: past(),
    trouble: "file-is-read-only",
  }),
  setup: (): Scenario => ({
    snapshot: seen(
      [
        { ...filesystem(), state: "stopped", summary: "Ran until Claude was closed", since: daysAgo(1, 90) },
        { ...notion(), findings: [], summary: "No log mentions it" },
      ],
      { overall: "failing", setup_findings: [trailingComma()] },
    ),
    history: [],
  }),
  "firewall-rule": (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem()], { setup_findings: [firewallRule()] }),
    history: [],
  }),
  stale: (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem()], { read_at: ago(42) }),
    history: past(),
    trouble: "host-unreachable",
  }),
  "settings-broken": (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem()]),
    history: [],
    trouble: "settings-are-broken",
  }),
  managed: (): Scenario => ({
    snapshot: seen([fastmcp(), filesystem()]),
    history: [],
    trouble: "computer-is-managed",
  }),
  offline: (): Scenario => ({
    snapshot: seen([unreachable("coda"), unreachable("linear"), filesystem()], {
      overall: "failing",
      claude: {
        ...running,
        kind: null,
        config_path: "/Users/kim/Library/Application Support/Claude/claude_desktop_config.json",
      },
    }),
    history: [],
  }),
  changed: (): Scenario => ({
    snapshot: seen([{ ...coda(), findings: [splitHeader()] }, fastmcp()], { overall: "failing" }),
    history: [],
    trouble: "file-changes-meanwhile",
  }),
  "config-broken": (): Scenario => configured("broken"),
  "config-absent": (): Scenario => configured("absent"),
  "config-unreadable": (): Scenario => configured("unreadable"),
  "config-read-only": (): Scenario => configured("read-only"),
  "config-changes": (): Scenario => configured("changes-meanwhile"),
  "config-conflict": (): Scenario => configured("conflict"),
  "update-not-looked": updating("not-looked"),
  "update-looking": updating("looking"),
  "update-found": updating("found"),
  "update-downloading": updating("downloading"),
  "update-ready": updating("ready"),
  "update-waiting": updating("waiting"),
  "update-installing": updating("installing"),
  "update-updated": updating("updated"),
  "update-forged": updating("forged"),
  "update-unreachable": updating("unreachable"),
  "update-refused": updating("refused"),
  "update-policy": updating("policy"),
  "update-build": updating("build"),
  "update-packages": updating("packages"),
  "update-rights": updating("rights"),
  "update-place": updating("place"),
  thousand: (): Scenario => ({
    snapshot: seen(many(1000), { overall: "failing" }),
    history: [],
  }),
  restless: (): Scenario => ({
    snapshot: seen(many(1000), { overall: "failing" }),
    history: [],
    restless: true,
  }),
  writing: (): Scenario => ({
    snapshot: seen([coda(), linear(), fastmcp(), filesystem()], { overall: "failing" }),
    history: past(),
    log: "writes",
  }),
  flood: (): Scenario => ({
    snapshot: seen([coda(), fastmcp()], { overall: "failing" }),
    history: [],
    log: "floods",
  }),
  many: (): Scenario => ({
    snapshot: seen(many(), { overall: "failing" }),
    history: past(),
  }),
};

export type ScenarioName = keyof typeof scenarios;
