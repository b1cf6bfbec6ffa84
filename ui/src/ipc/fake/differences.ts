// What the invented fixes would change, by fix.
import type { DiffLine, Preview } from "../backend";

const same = (at: number, text: string): DiffLine => ({ kind: "same", old: at, new: at, text });
const remove = (old: number, text: string): DiffLine => ({ kind: "remove", old, new: null, text });
const add = (at: number, text: string): DiffLine => ({ kind: "add", old: null, new: at, text });

const DIFFERENCES: Readonly<Record<string, Pick<Preview, "fix_title" | "lines" | "notes">>> = {
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
    notes: ["The file has a comment in line 9. Claude does not read such a file, so the comment goes too."],
  },
  "callback-port": {
    fix_title: "Give it port 4201",
    lines: [
      remove(13, '        "https://coda.example.com/mcp",'),
      add(13, '        "https://coda.example.com/mcp", "4201",'),
    ],
    notes: [],
  },
  "remove-comma": {
    fix_title: "Remove the comma",
    lines: [same(17, '    "filesystem": { … }'), remove(18, "    },"), add(18, "    }"), same(19, "  }")],
    notes: [],
  },
};

/** What applying the fix would change. */
export function difference(fix: string): Omit<Preview, "token" | "file" | "claude_running"> {
  return DIFFERENCES[fix] ?? { fix_title: fix, lines: [], notes: [] };
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
