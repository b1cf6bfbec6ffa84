// The words that the desktop host and the window speak. Same shape as what the host's types generate.
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";

export const commands = {
  snapshot: () => invoke<Snapshot>("snapshot"),
  previewFix: (server: string | null, finding: string, fix: string) =>
    invoke<Preview>("preview_fix", { server, finding, fix }),
  applyFix: (token: string) => invoke<Change>("apply_fix", { token }),
  history: () => invoke<Change[]>("history"),
  previewUndo: (id: string) => invoke<Preview>("preview_undo", { id }),
  undo: (token: string) => invoke<Change>("undo", { token }),
  openLog: (server: string) => invoke<null>("open_log", { server }),
  openConfig: () => invoke<null>("open_config"),
};

export const events = {
  snapshotChanged: {
    listen: (heard: (event: { payload: Snapshot }) => void): Promise<UnlistenFn> =>
      listen<Snapshot>("snapshot-changed", heard),
  },
};

/** Everything the window shows, as one value. A later one has a higher generation. */
export type Snapshot = {
  generation: number;
  claude: Claude;
  overall: Overall;
  servers: ServerView[];
  /** What concerns the set-up as a whole. */
  setup_findings: FindingView[];
  not_checked: NotChecked[];
  /** What is being waited for; null when everything has been read. */
  checking: string | null;
  /** RFC 3339. */
  read_at: string;
};

export type Claude = {
  found: boolean;
  kind: string | null;
  version: string | null;
  /** Null where it could not be told. */
  running: boolean | null;
  config_path: string | null;
  /** Why that file is the one Claude reads. */
  why_live: string | null;
  looked_in: string[];
};

export type Overall = "failing" | "needs-sign-in" | "starting" | "connected" | "idle";

export type ServerView = {
  name: string;
  source: Source;
  state: Health;
  since: string | null;
  summary: string;
  /** Secrets masked. */
  command_line: string;
  /** The root cause first. */
  findings: FindingView[];
  timeline: Moment[];
};

export type Source = "config" | "extension" | "connector";

export type Health =
  | "connected"
  | "starting"
  | "needs-sign-in"
  | "failing"
  | "stopped"
  | "never-seen"
  | "off";

export type Moment = { label: string; at: string | null; kind: MomentKind };

export type MomentKind = "normal" | "bad" | "good";

export type FindingView = {
  id: string;
  severity: Severity;
  server: string | null;
  message: string;
  why: string;
  what_to_do: string;
  evidence: EvidenceView[];
  /** Best first. */
  fixes: FixView[];
};

export type Severity = "error" | "warning" | "info";

export type EvidenceView = { file: string; line: number; text: string; time: string | null };

export type FixView = {
  id: string;
  title: string;
  applicability: Applicability;
  /** What it costs, to be said before the click. */
  price: string | null;
};

export type Applicability = "automatic" | "ask" | "manual";

export type NotChecked = { check: string; why: string };

/** What a fix or an undo will change. The token stands for exactly this difference. */
export type Preview = {
  token: string;
  file: string;
  fix_title: string;
  lines: DiffLine[];
  notes: string[];
  claude_running: boolean | null;
};

export type DiffLine = { kind: DiffKind; old: number | null; new: number | null; text: string };

export type DiffKind = "same" | "add" | "remove" | "gap";

export type Change = {
  id: string;
  at: string;
  title: string;
  file: string;
  server: string | null;
  undone: boolean;
  can_undo: boolean;
  why_not: string | null;
};

export type IpcError = { code: ErrorCode; message: string; hint: string | null };

export type ErrorCode = "stale-preview" | "not-possible" | "io" | "internal";
