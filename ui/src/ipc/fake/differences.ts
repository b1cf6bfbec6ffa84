// What the invented fixes would change, by fix.
import type { DiffLine, Preview, ThingView } from "../backend";

const same = (at: number, text: string): DiffLine => ({ kind: "same", old: at, new: at, text });
const remove = (old: number, text: string): DiffLine => ({ kind: "remove", old, new: null, text });
const add = (at: number, text: string): DiffLine => ({ kind: "add", old: null, new: at, text });

const AUTH = "~\\.mcp-auth\\mcp-remote-v1\\fcc436b0d1e0a1ed9a2b15bbd638eb13";

const thing = (
  kind: string,
  place: string,
  size: string | null,
  age: string | null,
  fate: ThingView["fate"],
  note: string | null = null,
): ThingView => ({ kind, place, size, age, fate, note });

const DIFFERENCES: Readonly<Record<string, Pick<Preview, "fix_title" | "lines" | "notes" | "things">>> = {
  "add-server": {
    fix_title: "Add the server",
    lines: [
      same(9, "    },"),
      add(10, '    "notes": {'),
      add(11, '      "command": "npx",'),
      add(12, '      "args": ["-y", "@acme/notes"]'),
      add(13, "    }"),
      same(10, "  }"),
    ],
    things: [],
    notes: [],
  },
  "reset-auth": {
    fix_title: "Stop Claude, set the stored sign-ins aside, start Claude again",
    lines: [],
    things: [
      thing(
        "Claude Desktop",
        "C:\\Program Files\\WindowsApps\\Claude\\app\\Claude.exe",
        null,
        "5 h",
        "restarts",
      ),
      thing(
        "running bridge",
        "C:\\Program Files\\nodejs\\node.exe",
        null,
        "2 days",
        "ends",
        "process 7120, whose Claude is gone",
      ),
      thing("callback port", "127.0.0.1:22227", null, null, "ends", "held by node.exe (process 7120)"),
      thing("tokens", `${AUTH}_tokens.json`, "1.9 kB", "3 days", "goes", "shared with linear in Cursor"),
      thing(
        "registration",
        `${AUTH}_client_info.json`,
        "812 B",
        "41 days",
        "goes",
        "shared with linear in Cursor",
      ),
      thing("debug log", `${AUTH}_debug.log`, "4.1 MB", "3 days", "goes"),
      thing(
        "npx cache",
        "~\\AppData\\Local\\npm-cache\\_npx\\705d23756ff7dacc",
        "6.3 MB",
        "41 days",
        "goes",
        "shared with notion",
      ),
      thing(
        "folder",
        "~\\.mcp-auth\\mcp-remote-0.1.29",
        null,
        null,
        "cannot",
        "a link; it is not followed, and what it leads to stays",
      ),
    ],
    notes: [],
  },
  "spaces-to-env": {
    fix_title: "Move the header's value into env",
    lines: [
      same(14, '        "--header",'),
      remove(15, '        "Authorization: Bearer ••••"'),
      add(15, '        "Authorization:${AUTH_HEADER}"'),
      remove(16, "      ]"),
      add(16, "      ],"),
      add(17, '      "env": { "AUTH_HEADER": "Bearer ••••" }'),
    ],
    things: [],
    notes: [],
  },
  "use-the-bridge": {
    fix_title: "Start it with the built-in bridge",
    lines: [
      remove(10, '      "command": "npx",'),
      add(10, '      "command": "C:\\\\Users\\\\kim\\\\.bridgekeeper\\\\bin\\\\mcp-bridge.exe",'),
      same(11, '      "args": ['),
      remove(12, '        "-y", "mcp-remote",'),
      same(13, '        "https://coda.example.com/mcp",'),
      { kind: "gap", old: null, new: null, text: "" },
      same(30, '    "filesystem": {'),
    ],
    things: [],
    notes: ["The file has a comment in line 9. Claude does not read such a file, so the comment goes too."],
  },
  "callback-port": {
    fix_title: "Give it port 4201",
    lines: [
      remove(13, '        "https://coda.example.com/mcp",'),
      add(13, '        "https://coda.example.com/mcp", "4201",'),
    ],
    things: [],
    notes: [],
  },
  "remove-comma": {
    fix_title: "Remove the comma",
    lines: [same(17, '    "filesystem": { … }'), remove(18, "    },"), add(18, "    }"), same(19, "  }")],
    things: [],
    notes: [],
  },
};

/** What applying the fix would change. */
export function difference(fix: string): Omit<Preview, "token" | "file" | "claude_running" | "closing"> {
  return DIFFERENCES[fix] ?? { fix_title: fix, lines: [], things: [], notes: [] };
}

/** The same difference, the other way: what was added goes first, then what was removed comes back. */
export function reversed(lines: readonly DiffLine[]): DiffLine[] {
  const back: DiffLine[] = [];
  let returning: DiffLine[] = [];
  for (const { kind, old, new: at, text } of lines) {
    if (kind === "remove") {
      returning.push({ kind: "add", old: null, new: old, text });
    } else if (kind === "add") {
      back.push({ kind: "remove", old: at, new: null, text });
    } else {
      back.push(...returning, { kind, old: at, new: old, text });
      returning = [];
    }
  }
  return [...back, ...returning];
}

/** The same things, the other way: what went comes back, and what was ended stays so. */
export function returned(things: readonly ThingView[]): ThingView[] {
  return things.filter(({ fate }) => fate === "goes").map((one) => ({ ...one, fate: "returns", note: null }));
}
