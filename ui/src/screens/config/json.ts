// Claude's config as CodeMirror sees it: colours, brackets and folds. What is wrong with the text is said by the host,
// so no tree of it is needed here, and no parser to load.
import { foldService, type IndentContext, indentService, StreamLanguage } from "@codemirror/language";
import type { EditorState, Extension } from "@codemirror/state";

const STRING = /^"(?:[^"\\]|\\.)*"?/;
const WORD = /^(?:true|false|null)\b/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/;

const language = StreamLanguage.define<null>({
  name: "json",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(STRING)) return stream.match(/^\s*:/, false) ? "propertyName" : "string";
    if (stream.match(NUMBER)) return "number";
    const word = stream.match(WORD);
    if (word !== null && word !== false) return stream.current() === "null" ? "null" : "bool";
    return /[{}[\],:]/.test(stream.next() ?? "") ? null : "invalid";
  },
  languageData: { closeBrackets: { brackets: ["[", "{", '"'] }, indentOnInput: /^\s*[}\]]$/ },
});

/** What stands in an object or list is one step deeper than the line that it begins in. */
function indent(context: IndentContext, position: number): number {
  const line = context.lineAt(position, -1);
  const before = line.from === position && position > 0 ? context.lineAt(position - 1, -1).text : line.text;
  const after = context.textAfterPos(position, 1);
  const depth = context.countColumn(before, before.search(/\S|$/));
  return depth + (/[{[]\s*$/.test(before) ? context.unit : 0) - (/^\s*[}\]]/.test(after) ? context.unit : 0);
}

/** What can be folded away behind a line: from the bracket that ends it to the line that closes it. */
function fold(state: EditorState, start: number, end: number): { from: number; to: number } | null {
  const line = state.doc.lineAt(start);
  if (!/[{[]\s*$/.test(line.text)) return null;
  const depth = line.text.search(/\S|$/);
  for (let number = line.number + 1; number <= state.doc.lines; number += 1) {
    const next = state.doc.line(number);
    const indent = next.text.search(/\S|$/);
    if (indent > depth || next.text.trim() === "") continue;
    const to = next.from + indent;
    return /^[}\]]/.test(next.text.trim()) && to > end ? { from: end, to } : null;
  }
  return null;
}

export const json = (): Extension => [language, indentService.of(indent), foldService.of(fold)];
