import { ensureSyntaxTree, foldable, getIndentation, indentUnit } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, it } from "vitest";
import { json } from "./json";

const CONFIG = `{
  "mcpServers": {
    "coda": { "command": "npx", "args": ["-y", 3, true, null] }
  }
}`;

const state = (doc: string) => EditorState.create({ doc, extensions: [json(), indentUnit.of("  ")] });

function parts(doc: string): string[] {
  const named: string[] = [];
  ensureSyntaxTree(state(doc), doc.length)?.iterate({
    enter: (node) => {
      if (!node.type.isTop) named.push(`${node.name} ${doc.slice(node.from, node.to)}`);
    },
  });
  return named;
}

it("tells keys from texts, and what JSON does not know", () => {
  expect(parts(`{"a\\"b" : "c", "d": [1.5e3, true, null], x}`)).toEqual([
    `propertyName "a\\"b"`,
    `string "c"`,
    `propertyName "d"`,
    "number 1.5e3",
    "bool true",
    "null null",
    "invalid x",
  ]);
});

it("folds an object from its bracket to the line that closes it", () => {
  const { doc } = state(CONFIG);
  const [first, second, third] = [doc.line(1), doc.line(2), doc.line(3)];
  expect(foldable(state(CONFIG), first.from, first.to)).toEqual({ from: 1, to: CONFIG.length - 1 });
  expect(foldable(state(CONFIG), second.from, second.to)).toEqual({
    from: second.to,
    to: doc.line(4).to - 1,
  });
  expect(foldable(state(CONFIG), third.from, third.to)).toBeNull();
  const open = state(`{\n  "a": [\n    1\n`);
  expect(foldable(open, 0, 1)).toBeNull();
});

it("steps in behind a bracket and out before one", () => {
  const { doc } = state(CONFIG);
  expect([2, 3, 4, 5].map((line) => getIndentation(state(CONFIG), doc.line(line).from))).toEqual([
    2, 4, 2, 0,
  ]);
});
