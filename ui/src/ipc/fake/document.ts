// The config of the fake: a small reader of strict JSON with places, so that the forms and the text are one document
// here, too. What the host finds and mends is only played for what the scenarios hold.
import type { Field, FormEdit, Pair, Problem, ServerForm, TextEdit } from "../backend";

export interface Node {
  from: number;
  to: number;
  value: unknown;
  /** Members of an object, with the place of each key. */
  members: { key: string; from: number; to: number; node: Node }[];
  items: Node[];
}

/** Reads JSON with the place of each value. A comma too many is passed over; anything worse throws. */
export function read(text: string): Node {
  let at = 0;
  const skip = () => {
    while (/[\s,:]/.test(text[at] ?? "")) at += 1;
  };
  const string = (): string => {
    const from = at;
    const found = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(from));
    if (found === null) throw new Error(`no text at ${at}`);
    at += found[0].length;
    return JSON.parse(found[0]) as string;
  };
  const value = (): Node => {
    skip();
    const from = at;
    const node: Node = { from, to: from, value: null, members: [], items: [] };
    if (text[at] === "{") {
      at += 1;
      skip();
      while (text[at] !== "}") {
        const keyFrom = at;
        const key = string();
        const keyTo = at;
        node.members.push({ key, from: keyFrom, to: keyTo, node: value() });
        skip();
      }
      at += 1;
    } else if (text[at] === "[") {
      at += 1;
      skip();
      while (text[at] !== "]") {
        node.items.push(value());
        skip();
      }
      at += 1;
    } else if (text[at] === '"') {
      node.value = string();
    } else {
      const found = /^[-+.\w]+/.exec(text.slice(at));
      if (found === null) throw new Error(`nothing at ${at}`);
      at += found[0].length;
      node.value = found[0];
    }
    node.to = at;
    return node;
  };
  return value();
}

const member = (node: Node | undefined, key: string) => node?.members.find((one) => one.key === key);

const field = (node: Node, value = String(node.value)): Field => ({ value, from: node.from, to: node.to });

const pairs = (node: Node | undefined): Pair[] =>
  (node?.members ?? []).map(({ key, node: value }) => ({ name: key, value: field(value) }));

/** Where the parts of a bridge's command line stand. */
function bridgeLine(args: Node[], first: number) {
  const line = {
    url: -1,
    port: -1,
    headers: [] as number[],
    flags: [] as { name: string; index: number; valued: boolean }[],
  };
  for (let index = first; index < args.length; index += 1) {
    const word = String(args[index]?.value);
    if (word === "--header") line.headers.push((index += 1));
    else if (word.startsWith("--")) {
      const valued = word === "--transport" || word === "--account";
      line.flags.push({ name: word, index, valued });
      if (valued) index += 1;
    } else if (line.url < 0) line.url = index;
    else if (/^\d+$/.test(word)) line.port = index;
  }
  return line;
}

export function forms(text: string): ServerForm[] {
  const servers = member(read(text), "mcpServers")?.node;
  return (servers?.members ?? []).map(({ key, from, node }) => {
    const part = (name: string) => member(node, name)?.node;
    const args = part("args")?.items ?? [];
    const command = part("command");
    const isBridge = String(command?.value).endsWith("mcp-bridge.exe");
    const remote = args.findIndex(({ value }) => String(value).startsWith("mcp-remote"));
    const line = isBridge || remote >= 0 ? bridgeLine(args, isBridge ? 0 : remote + 1) : null;
    const argument = (index: number | undefined) => {
      const found = index === undefined ? undefined : args[index];
      return found === undefined ? null : field(found);
    };
    const variables = pairs(part("env"));
    const header = (index: number): Pair => {
      const found = args[index];
      const words = String(found?.value);
      const colon = words.indexOf(":");
      return {
        name: words.slice(0, colon),
        value: { value: words.slice(colon + 1).trim(), from: found?.from ?? 0, to: found?.to ?? 0 },
      };
    };
    return {
      name: key,
      kind: isBridge ? "bridge" : line === null ? "local" : "mcp-remote",
      editable: true,
      from,
      to: node.to,
      command: command === undefined ? null : field(command),
      arguments: args.map((one) => field(one)),
      variables,
      url: argument(line?.url),
      headers: line?.headers.map(header) ?? [],
      port: argument(line?.port),
      flags:
        line?.flags.map(({ name, index, valued }) => ({
          name,
          argument: index,
          value: valued ? argument(index + 1) : null,
        })) ?? [],
      secret_to_move: variables.some(({ value }) => value.value.includes("⟪")),
      other: [],
    };
  });
}

/** The problems that the scenarios hold. */
export function problems(text: string): Problem[] {
  const found: Problem[] = [];
  const line = (at: number) => text.slice(0, at).split("\n").length;
  for (const { index } of text.matchAll(/,(?=\s*[}\]])/g)) {
    found.push({
      id: "trailing-comma",
      severity: "error",
      server: null,
      message: "There is a comma with nothing after it. Claude rejects the whole file.",
      from: index,
      to: index + 1,
      line: line(index),
      fixes: [
        { id: "repair-json", title: "Repair the JSON syntax", applicability: "automatic", price: null },
      ],
    });
  }
  for (const { index, 0: whole } of text.matchAll(/"[A-Z_]*(?:KEY|TOKEN)": "⟪••••\d+⟫"/g)) {
    found.push({
      id: "secret-in-config",
      severity: "info",
      server: serverAt(text, index),
      message: "A secret stands in the file in plain text.",
      from: index,
      to: index + whole.length,
      line: line(index),
      fixes: [
        { id: "move-secret", title: "Move the secret to the keyring", applicability: "ask", price: null },
      ],
    });
  }
  for (const { index, 0: whole } of text.matchAll(/"[A-Za-z-]+: [^"]+"/g)) {
    found.push({
      id: "args-with-space",
      severity: "warning",
      server: serverAt(text, index),
      message: "An argument has a space. On Windows, Claude splits it there.",
      from: index,
      to: index + whole.length,
      line: line(index),
      fixes: [
        {
          id: "spaces-to-env",
          title: "Take the spaces out of the arguments",
          applicability: "automatic",
          price: null,
        },
      ],
    });
  }
  return found.sort((a, b) => a.from - b.from);
}

function serverAt(text: string, at: number): string | null {
  try {
    return forms(text).find(({ from, to }) => from <= at && at < to)?.name ?? null;
  } catch {
    return null;
  }
}

/** The edits that a change in a form means; null where it cannot be made. */
export function edits(text: string, change: FormEdit): TextEdit[] | null {
  const servers = member(read(text), "mcpServers");
  if (servers === undefined) return null;
  if (change.kind === "add-server") {
    if (member(servers.node, change.name) !== undefined) return null;
    const entry = { command: change.command, args: [] };
    return [rewritten(text, servers.node, (all) => ({ ...all, [change.name]: entry }))];
  }
  const entry = member(servers.node, change.server);
  const form = forms(text).find(({ name }) => name === change.server);
  if (entry === undefined || form === undefined) return null;
  const set = (place: { from: number; to: number } | undefined | null, value: string): TextEdit[] | null =>
    place ? [{ from: place.from, to: place.to, insert: JSON.stringify(value) }] : null;
  const list = (change: (args: string[]) => string[]) => [
    rewritten(text, entry.node, (all) => ({
      ...all,
      args: change(Array.isArray(all.args) ? (all.args as string[]) : []),
    })),
  ];
  const variables = (change: (env: Record<string, unknown>) => Record<string, unknown>) => [
    rewritten(text, entry.node, (all) => ({
      ...all,
      env: change(typeof all.env === "object" ? (all.env as Record<string, unknown>) : {}),
    })),
  ];
  const behind = 1 + form.arguments.findIndex(({ from }) => from === (form.port ?? form.url)?.from);
  switch (change.kind) {
    case "rename-server":
      return set(entry, change.name);
    case "remove-server":
      return [
        rewritten(text, servers.node, (all) =>
          Object.fromEntries(Object.entries(all).filter(([name]) => name !== change.server)),
        ),
      ];
    case "command":
      return set(form.command, change.value);
    case "url":
      return set(form.url, change.value);
    case "argument":
      return set(form.arguments[change.index], change.value);
    case "add-argument":
      return list((args) => args.toSpliced(change.index, 0, change.value));
    case "remove-argument":
      return list((args) => args.toSpliced(change.index, 1));
    case "move-argument":
      return list((args) =>
        args.toSpliced(change.index, 2, args[change.index + 1] ?? "", args[change.index] ?? ""),
      );
    case "variable": {
      const present = form.variables.find(({ name }) => name === change.name);
      return (
        set(present?.value, change.value) ?? variables((env) => ({ ...env, [change.name]: change.value }))
      );
    }
    case "rename-variable":
      return variables((env) =>
        Object.fromEntries(
          Object.entries(env).map(([name, value]) => [name === change.name ? change.to : name, value]),
        ),
      );
    case "remove-variable":
      return variables((env) =>
        Object.fromEntries(Object.entries(env).filter(([name]) => name !== change.name)),
      );
    case "port": {
      const { value } = change;
      if (value === null) return list((args) => args.filter((one) => one !== form.port?.value));
      return set(form.port, String(value)) ?? list((args) => args.toSpliced(behind, 0, String(value)));
    }
    case "header": {
      const words = `${change.name}: ${change.value}`;
      return (
        set(form.headers[change.index]?.value, words) ??
        list((args) => args.toSpliced(behind, 0, "--header", words))
      );
    }
    case "remove-header": {
      const at = form.arguments.findIndex(({ from }) => from === form.headers[change.index]?.value.from);
      return list((args) => args.toSpliced(at - 1, 2));
    }
    case "flag": {
      const flag = form.flags.find((one) => one.argument === change.argument);
      if (flag !== undefined) return set(flag.value, change.value ?? "");
      return list((args) =>
        args.toSpliced(behind, 0, change.name, ...(change.value === null ? [] : [change.value])),
      );
    }
    case "remove-flag": {
      const flag = form.flags.find((one) => one.argument === change.argument);
      return list((args) => args.toSpliced(change.argument, flag?.value === null ? 1 : 2));
    }
  }
}

/** Writes one value anew, with the indentation of its line. */
function rewritten(
  text: string,
  node: Node,
  change: (value: Record<string, unknown>) => Record<string, unknown>,
): TextEdit {
  const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", node.from) + 1))?.[0] ?? "";
  const value = JSON.parse(text.slice(node.from, node.to)) as Record<string, unknown>;
  const insert = JSON.stringify(change(value), null, 2)
    .replace(
      /\[\s+((?:"(?:[^"\\]|\\.)*",?\s*)+)\]/g,
      (_, items: string) => `[${items.trim().replace(/,\s+/g, ", ")}]`,
    )
    .replaceAll("\n", `\n${indent}`);
  return { from: node.from, to: node.to, insert };
}
