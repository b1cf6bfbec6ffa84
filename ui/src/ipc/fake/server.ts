// What a server's page asks for: its tools, its bridges, a trial and a look from outside.
import type {
  BridgeView,
  FindingView,
  ProbeView,
  ServerBackend,
  StageView,
  ToolView,
  TrialView,
} from "../backend";
import { logs } from "./log";
import { ago } from "./time";
import { refuse, type World } from "./world";

/** How long each step of something slow takes here, in milliseconds. */
const STEP = 120;
const pause = () => new Promise((resolve) => setTimeout(resolve, STEP));

export function server(world: World): ServerBackend {
  const trial = { cancelled: false };
  let bridges = [
    bridge(8124, {}),
    bridge(7120, { stray: true, state: "failing", in_flight: 0, last_error: BROKEN }),
  ];
  const isCancelled = () => trial.cancelled;
  const remote = (name: string) => !["filesystem", "notion"].includes(name);
  return {
    ...logs(world),
    tryServer: async (name, heard) => {
      trial.cancelled = false;
      heard({
        kind: "waits",
        what: "a second copy of the server, which is asked for its era as Claude does",
      });
      await pause();
      heard({
        kind: "printed",
        what: { stream: "stderr", text: "Connecting to https://mcp.example.com/mcp" },
      });
      heard({ kind: "waits", what: "the server's first answer" });
      for (let step = 0; step < (world.scenario.log === "writes" ? 100 : 3); step += 1) {
        await pause();
        if (isCancelled()) return null;
      }
      return world.scenario.snapshot.servers.find((one) => one.name === name)?.state === "failing"
        ? failed(name)
        : worked(name);
    },
    cancelTrial: () => {
      trial.cancelled = true;
      return Promise.resolve();
    },
    probeServer: async (name, heard) => {
      if (!remote(name)) return refuse("not-possible", `${name} runs on this computer and has no address`);
      const view = probed(name);
      for (const stage of view.stages) {
        heard({ kind: "waits", what: `the server's ${stage.stage}` });
        await pause();
        heard({ kind: "stage", what: stage });
      }
      return view;
    },
    tools: (name) =>
      Promise.resolve(remote(name) && name !== "coda" ? { tools: TOOLS, seen: ago(42) } : null),
    bridges: (name) => Promise.resolve(name === "linear" ? bridges : []),
    endBridge: (process) => {
      bridges = bridges.filter((one) => one.process !== process);
      return Promise.resolve();
    },
  };
}

const BROKEN = "the server refused the sign-in (401); sign in again";

function bridge(process: number, more: Partial<BridgeView>): BridgeView {
  return {
    process,
    version: "0.1.0",
    state: "connected",
    since: ago(12),
    started: ago(95),
    session_since: ago(12),
    in_flight: 1,
    protocol: "2025-11-25",
    last_error: null,
    stray: false,
    ...more,
  };
}

export const TOOLS: ToolView[] = [
  {
    name: "list_documents",
    title: "List documents",
    description: "Lists the documents that you may see, newest first.",
    input:
      '{\n  "type": "object",\n  "properties": {\n    "limit": {\n      "type": "integer"\n    }\n  }\n}',
    effect: "read-only",
  },
  {
    name: "delete_document",
    title: null,
    description: "Removes a document for everybody. It cannot be brought back after 30 days.",
    input: '{\n  "type": "object",\n  "required": [\n    "id"\n  ]\n}',
    effect: "destructive",
  },
  { name: "ping", title: null, description: null, input: null, effect: null },
];

const start = (name: string) => ({
  command_line: `npx -y mcp-remote https://${name}.example.com/mcp --header "Authorization: Bearer ••••"`,
  program: "C:\\Program Files\\nodejs\\npx.cmd",
  search_path: ["C:\\WINDOWS\\system32", "C:\\WINDOWS", "C:\\Program Files\\nodejs"],
  folder: "C:\\WINDOWS\\system32",
  remarks: [],
  not_run: null,
});

const worked = (name: string): TrialView => ({
  ...start(name),
  handshake: { protocol: "2025-11-25", name: `${name} 2.4.1`, ms: 412 },
  tools: TOOLS,
  printed: [{ stream: "stderr", text: `Connecting to https://${name}.example.com/mcp` }],
  exit: null,
  verdict: "ok",
  findings: [],
});

const splits: FindingView = {
  id: "windows-path-space",
  severity: "error",
  server: "coda",
  message: "Claude splits the header at its space, so the bridge never starts.",
  why: "On Windows, Claude starts npx through cmd.exe and does not quote an argument that holds a space.",
  what_to_do: "Move the header's value into `env`.",
  evidence: [
    {
      file: "this trial",
      line: 4,
      text: "'C:\\Program' is not recognized as an internal or external command,",
      time: null,
    },
  ],
  fixes: [
    {
      id: "spaces-to-env",
      title: "Move the header's value into env",
      applicability: "automatic",
      price: null,
    },
  ],
};

const failed = (name: string): TrialView => ({
  ...start(name),
  remarks: ["cmd.exe takes the text behind the first space as another argument."],
  handshake: null,
  tools: null,
  printed: [
    { stream: "stderr", text: "'C:\\Program' is not recognized as an internal or external command," },
    { stream: "stderr", text: "operable program or batch file." },
    { stream: "not-protocol", text: "Press any key to go on . . ." },
  ],
  exit: "exit code: 1",
  verdict: "problem",
  findings: [splits],
});

const stage = (name: string, ms: number, message: string, more: Partial<StageView> = {}): StageView => ({
  stage: name,
  ok: true,
  checked: true,
  ms,
  message,
  details: [],
  findings: [],
  ...more,
});

const probed = (name: string): ProbeView => ({
  url: `https://${name}.example.com/mcp`,
  stages: [
    stage("dns", 12, `${name}.example.com is 203.0.113.7.`),
    stage("tcp", 31, "203.0.113.7:443 takes connections."),
    stage("tls", 44, "The certificate is valid until 3 February 2027.", {
      details: ["CN=*.example.com, issued by Example CA"],
    }),
    stage("http", 87, "It wants a sign-in (401) and says where."),
    stage("resource-metadata", 90, "It names one authorization server."),
    stage("registration", 0, "Clients may register themselves."),
    stage("initialize", 0, "Without a sign-in it does not answer.", { ok: null }),
    stage("tools", 0, "Needs a sign-in.", { ok: null, checked: false }),
  ],
  who: [
    {
      client: "Claude Desktop, config file with a bridge",
      ok: true,
      why: "A bridge signs in through the browser.",
      as_of: "2026-10",
    },
    {
      client: "Claude, custom connector",
      ok: false,
      why: "It connects from Anthropic's cloud, but the server is inside your network.",
      as_of: "2026-10",
    },
    {
      client: "VS Code",
      ok: null,
      why: "Whether it takes this sign-in could not be told.",
      as_of: "2026-09",
    },
  ],
  notes: ["The header Authorization stands in the keyring and was not sent."],
  clean: true,
});
