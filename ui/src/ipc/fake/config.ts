// The config file of the fake: what stands on its disk, and what saving does to it.
import type {
  Change,
  ChangesBackend,
  ConfigBackend,
  DiffLine,
  DocumentView,
  FlagView,
  Mended,
  Preview,
  Standing,
  ServerView,
} from "../backend";
import { edits, forms, problems } from "./document";
import { refuse, type World } from "./world";

/** How the config of a scenario stands. */
export type ConfigState =
  "usual" | "broken" | "absent" | "unreadable" | "read-only" | "changes-meanwhile" | "conflict";

const CONFIG = `{
  "mcpServers": {
    "coda": {
      "command": "npx",
      "args": ["-y", "mcp-remote", "https://coda.io/apis/mcp", "3334", "--header", "Authorization: Bearer ⟪••••1⟫", "--transport", "http-first"]
    },
    "linear": {
      "command": "C:\\\\Users\\\\kim\\\\.bridgekeeper\\\\bin\\\\mcp-bridge.exe",
      "args": ["https://mcp.linear.app/mcp", "4202", "--account", "work"]
    },
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "C:\\\\Users\\\\kim\\\\Documents"],
      "env": { "LOG_LEVEL": "info", "NOTES_API_KEY": "⟪••••2⟫" }
    }
  },
  "globalShortcut": "Ctrl+Space"
}
`;

/** The config with so many more entries, every tenth with something that is wrong on Windows. */
function withEntries(names: readonly string[]): string {
  const entry = (name: string, index: number) => {
    const header = index % 10 === 0 ? ', "--header", "X-Team: keepers"' : "";
    return `    "${name}": {\n      "command": "npx",\n      "args": ["-y", "mcp-remote", "https://a.example/${index}"${header}]\n    },\n`;
  };
  return CONFIG.replace('    "coda"', `${names.map(entry).join("")}    "coda"`);
}

const SECRETS = ["pat-51e7aa0c93d24", "k29f3aa81cd0"];

const flag = (
  name: string,
  help: string,
  value: string | null = null,
  more: Partial<FlagView> = {},
): FlagView => ({
  name,
  help,
  value,
  choices: [],
  repeated: false,
  in_mcp_remote: true,
  in_bridge: true,
  ...more,
});

const FLAGS: FlagView[] = [
  flag("--account", "Another account at the same server.", "NAME", { in_mcp_remote: false }),
  flag(
    "--allow-http",
    "Allows http: to other hosts than this machine. What is sent can then be read on the way.",
  ),
  flag("--debug", "Writes a debug log. It holds tokens in plain text."),
  flag("--ignore-tool", "Never offers tools of that name; * is any text.", "TEXT", { repeated: true }),
  flag("--keep-alive", "Pings the server, so that an idle connection is not closed."),
  flag("--transport", "Which transport is tried first: Streamable HTTP (http) or HTTP+SSE (sse).", "TEXT", {
    choices: ["http-first", "sse-first", "http-only", "sse-only"],
  }),
];

type OwnActs = Pick<ChangesBackend, "applyFix" | "previewUndo" | "undo">;

export function config(world: World, others: ChangesBackend): ConfigBackend & OwnActs {
  const file = new File(world);
  return {
    openConfig: () => Promise.resolve(),
    openDocument: () => file.open(),
    documentRevision: () => Promise.resolve(String(file.revision)),
    examineDocument: (text) => {
      file.saw(text);
      return Promise.resolve(examined(text));
    },
    editDocument: (text, change) => {
      try {
        const made = edits(text, change);
        if (made !== null) return Promise.resolve(made);
      } catch {
        // The text is no JSON
      }
      return refuse(
        "not-possible",
        "This part cannot be changed: its name is taken, or it is no longer there.",
      );
    },
    discardDraft: () => {
      file.draft = null;
      return Promise.resolve();
    },
    fixDocument: (text, _, fix) => file.fix(text, fix),
    bringIntoDocument: (text) => {
      const made = edits(text, { kind: "add-server", name: "weather", command: "uvx" });
      return made === null
        ? refuse("not-possible", "Nothing can be brought over.")
        : Promise.resolve({ edits: made, notes: [] });
    },
    revealSecret: (number) => {
      const secret = SECRETS[number - 1];
      return secret === undefined ? refuse("not-possible", "It is not known.") : Promise.resolve(secret);
    },
    previewDocument: (text, revision) => file.preview(text, revision),
    mergeDocument: (text) => file.merge(text),
    previewSwitch: (server, to) => file.previewSwitch(server, to),
    applyFix: (token) => file.carryOut(token) ?? others.applyFix(token),
    previewUndo: (id) => file.previewUndo(id) ?? others.previewUndo(id),
    undo: (token) => file.carryOut(token) ?? others.undo(token),
  };
}

function examined(text: string) {
  try {
    const found = problems(text);
    const broken = found.some(({ severity }) => severity === "error");
    const servers = forms(text);
    return {
      parses: !broken,
      can_add: !broken,
      // The entry that a mistake stands in cannot be changed
      servers: servers.map((server) => ({
        ...server,
        editable: !found.some(
          ({ severity, from }) => severity === "error" && from >= server.from && from <= server.to,
        ),
      })),
      problems: found,
    };
  } catch {
    return { parses: text === "", can_add: false, servers: [], problems: [] };
  }
}

class File {
  revision = 1;
  draft: string | null = null;
  readonly #world: World;
  readonly #state: ConfigState;
  readonly #plans = new Map<string, () => Change>();
  readonly #before = new Map<string, string>();
  #text: string;
  #off: string[] = [];
  #count = 0;
  #seen = false;

  constructor(world: World) {
    this.#world = world;
    this.#state = world.scenario.config ?? "usual";
    this.#text = this.#state === "absent" || this.#state === "unreadable" ? "" : CONFIG;
    const { servers } = world.scenario.snapshot;
    if (servers.length > 1000) this.#text = withEntries(servers.slice(3).map(({ name }) => name));
    if (this.#state === "broken") {
      this.#text = CONFIG.replace('Documents"]', 'Documents",]');
    }
    if (servers.some(({ state }) => state === "off")) this.#off = ["notion"];
  }

  open(): Promise<DocumentView> {
    const { claude } = this.#world.scenario.snapshot;
    const standing: Partial<Record<ConfigState, Standing>> = {
      absent: this.#text === "" ? "absent" : "there",
      unreadable: "unreadable",
      "read-only": "read-only",
    };
    return Promise.resolve({
      file: claude.config_path ?? "claude_desktop_config.json",
      revision: String(this.revision),
      text: this.#text,
      draft: this.draft,
      standing: standing[this.#state] ?? "there",
      why_unreadable: this.#state === "unreadable" ? "Permission denied (os error 13)" : null,
      claude_running: claude.running,
      off: this.#off,
      decoys:
        this.#state === "usual"
          ? [{ file: "C:\\Users\\kim\\claude_desktop_config.json", servers: ["weather"] }]
          : [],
      flags: FLAGS,
    });
  }

  /** Somebody else writes the file as soon as the text here is another. */
  saw(text: string): void {
    this.draft = text === this.#text ? null : text;
    const meanwhile = this.#state === "changes-meanwhile" || this.#state === "conflict";
    if (!meanwhile || this.#seen || this.draft === null) return;
    this.#seen = true;
    this.#text = CONFIG.replace("Ctrl+Space", "Alt+C");
    if (this.#state === "conflict") this.#text = this.#text.replace('"3334"', '"5555"');
    this.revision += 1;
    setTimeout(() => {
      this.#world.push({});
    });
  }

  fix(text: string, fix: string): Promise<Mended> {
    const [found] = problems(text).filter(({ fixes }) => fixes.some(({ id }) => id === fix));
    if (found === undefined) return refuse("not-possible", "There is nothing to mend any more.");
    if (fix === "move-secret") {
      const at = text.slice(found.from, found.to).indexOf("⟪") + found.from;
      const insert = "${secret:filesystem.NOTES_API_KEY}";
      const note =
        "The value goes to this system's keyring when the file is saved. Undo puts it back into the file.";
      return Promise.resolve({ edits: [{ from: at, to: found.to - 1, insert }], notes: [note] });
    }
    const insert = fix === "repair-json" ? "" : text.slice(found.from, found.to).replaceAll(" ", "");
    return Promise.resolve({ edits: [{ from: found.from, to: found.to, insert }], notes: [] });
  }

  preview(text: string, revision: string): Promise<Preview> {
    if (revision !== String(this.revision)) {
      return refuse("stale-preview", "The file was changed by somebody else since this was shown.");
    }
    const notes = problems(text).some(({ severity }) => severity === "error")
      ? ["Claude cannot read this text: it is not valid JSON, so Claude would start none of its servers."]
      : [];
    return this.#plan("Edit the config", this.#text, text, notes);
  }

  async merge(text: string) {
    const document = await this.open();
    const merged = text.replace("Ctrl+Space", "Alt+C");
    const at = this.#state === "conflict" ? merged.indexOf(', "--header"') : -1;
    const start = merged.lastIndexOf('"', at - 2);
    const conflicts = at < 0 ? [] : [{ from: start, to: at, theirs: '"5555"' }];
    return { document, text: merged, conflicts };
  }

  previewSwitch(server: string, to: "off" | "on"): Promise<Preview> {
    if (to === "on") {
      const made = edits(this.#text, { kind: "add-server", name: server, command: "npx" });
      const [edit] = made ?? [];
      const after =
        edit === undefined
          ? this.#text
          : this.#text.slice(0, edit.from) + edit.insert + this.#text.slice(edit.to);
      return this.#plan(`${server}: Switch the server on`, this.#text, after, [], () => {
        this.#off = this.#off.filter((name) => name !== server);
        this.#show(server, { state: "never-seen", summary: "Claude has not started it yet", since: null });
      });
    }
    const [edit] = edits(this.#text, { kind: "remove-server", server }) ?? [];
    const after =
      edit === undefined
        ? this.#text
        : this.#text.slice(0, edit.from) + edit.insert + this.#text.slice(edit.to);
    return this.#plan(`${server}: Switch the server off`, this.#text, after, [], () => {
      this.#off = [...this.#off, server];
      this.#show(server, { state: "off", summary: "Switched off", findings: [], since: null });
    });
  }

  /** The list of servers tells what became of one. */
  #show(server: string, news: Partial<ServerView>): void {
    const { servers } = this.#world.scenario.snapshot;
    this.#world.push({
      servers: servers.map((one) => (one.name === server ? { ...one, ...news } : one)),
    });
  }

  previewUndo(id: string): Promise<Preview> | null {
    const before = this.#before.get(id);
    if (before === undefined) return null;
    const change = this.#world.scenario.history.find((one) => one.id === id);
    return this.#plan(change?.title ?? "", this.#text, before, [], () => {
      this.#world.scenario.history = this.#world.scenario.history.map((one) =>
        one.id === id ? { ...one, undone: true, can_undo: false } : one,
      );
    });
  }

  carryOut(token: string): Promise<Change> | null {
    const planned = this.#plans.get(token);
    if (planned === undefined) return null;
    this.#plans.delete(token);
    if (this.#state === "read-only") {
      return refuse(
        "io",
        "claude_desktop_config.json is marked read-only, so nothing was written; allow writing to it first",
      );
    }
    return Promise.resolve(planned());
  }

  #plan(
    title: string,
    before: string,
    after: string,
    notes: string[],
    done: () => void = () => undefined,
  ): Promise<Preview> {
    this.#count += 1;
    const { claude } = this.#world.scenario.snapshot;
    const id = `document-${this.#count}`;
    const file = claude.config_path ?? "";
    this.#plans.set(id, () => {
      this.#text = after;
      this.draft = null;
      this.revision += 1;
      this.#before.set(id, before);
      const change: Change = {
        id,
        at: new Date().toISOString(),
        title,
        file,
        server: null,
        undone: false,
        can_undo: true,
        why_not: null,
        left: [],
      };
      this.#world.scenario.history = [change, ...this.#world.scenario.history];
      done();
      this.#world.push({});
      return change;
    });
    return Promise.resolve({
      token: id,
      file,
      fix_title: title,
      lines: changed(before.split("\n"), after.split("\n")),
      things: [],
      notes,
      claude_running: claude.running,
      closing: claude.running === true ? "offered" : "idle",
    });
  }
}

/** The lines that differ, with three around them. */
function changed(before: string[], after: string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let [b, a] = [before.length, after.length];
  while (b > start && a > start && before[b - 1] === after[a - 1]) {
    b -= 1;
    a -= 1;
  }
  if (b === start && a === start) return [];
  const line = (kind: DiffLine["kind"], from: string[], index: number): DiffLine => ({
    kind,
    old: kind === "add" ? null : index + 1,
    new: kind === "remove" ? null : index + 1,
    text: (from[index] ?? "").replaceAll(/⟪(••••)\d+⟫/g, "$1"),
  });
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  return [
    ...range(Math.max(0, start - 3), start).map((index) => line("same", before, index)),
    ...range(start, b).map((index) => line("remove", before, index)),
    ...range(start, a).map((index) => line("add", after, index)),
    ...range(a, Math.min(after.length, a + 3)).map((index) => line("same", after, index)),
  ];
}
