// The text of the config in CodeMirror. It lives in a shadow root: there its style sheets are adopted, which the
// Content-Security-Policy allows, while a style element would be refused.
import {
  history,
  historyKeymap,
  indentWithTab,
  redo,
  standardKeymap,
  toggleTabFocusMode,
  undo,
} from "@codemirror/commands";
import { bracketMatching, foldGutter, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import {
  type Diagnostic,
  lintGutter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnostics,
} from "@codemirror/lint";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { closeSearchPanel, findNext, findPrevious, openSearchPanel, search } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, StateField, Transaction } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  type KeyBinding,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { TextEdit } from "../../ipc/backend";
import { json } from "./json";

/** The words of the editor's own parts. */
export interface Words {
  label: string;
  secret: string;
  phrases: Record<string, string>;
}

export interface Conflict {
  from: number;
  to: number;
  theirs: string;
}

/** What is of use in one file of JSON; the library's own list brings much more into the bundle. */
const keys: KeyBinding[] = [
  { key: "Mod-f", run: openSearchPanel, scope: "editor search-panel" },
  { key: "F3", run: findNext, shift: findPrevious, scope: "editor search-panel", preventDefault: true },
  { key: "Mod-g", run: findNext, shift: findPrevious, scope: "editor search-panel", preventDefault: true },
  { key: "Escape", run: closeSearchPanel, scope: "editor search-panel" },
  { key: "Ctrl-m", mac: "Shift-Alt-m", run: toggleTabFocusMode },
];

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "0.8125rem", color: "var(--text)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "1.6",
    overflow: "auto",
    fontVariantLigatures: "none",
  },
  ".cm-content": { caretColor: "var(--text)", paddingBlock: "0.5rem" },
  // A long value starts beside its name, not on a line of its own after an indentation that looks empty
  ".cm-line": { wordBreak: "break-all" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "var(--sunken)",
    color: "var(--text-2)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-soft)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent)",
  },
  ".cm-secret": {
    color: "var(--text-2)",
    backgroundColor: "var(--idle-soft)",
    borderRadius: "4px",
    padding: "0 0.3em",
    letterSpacing: "0.08em",
  },
  ".cm-conflict": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", borderBottom: "2px solid var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", borderBottom: "2px solid var(--warn)" },
  ".cm-lintRange-info": { backgroundImage: "none", borderBottom: "2px dotted var(--accent)" },
  ".cm-lint-marker": {
    content: "''",
    boxSizing: "border-box",
    width: "0.6em",
    height: "0.6em",
    margin: "0.3em 0.2em",
    forcedColorAdjust: "none",
  },
  ".cm-lint-marker-error": { background: "var(--bad)", borderRadius: "50%" },
  ".cm-lint-marker-warning": { background: "var(--warn)", transform: "rotate(45deg) scale(0.9)" },
  ".cm-lint-marker-info": { border: "2px solid var(--accent)", borderRadius: "2px" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-1)",
    boxShadow: "var(--shadow)",
    fontFamily: "var(--font)",
    maxWidth: "26rem",
  },
  ".cm-diagnostic": { padding: "0.5rem 0.75rem", whiteSpace: "normal" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warn)" },
  ".cm-diagnostic-info": { borderLeft: "4px solid var(--accent)" },
  ".cm-diagnosticAction": {
    font: "inherit",
    fontWeight: "560",
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
    borderRadius: "var(--r-1)",
    padding: "0.15rem 0.6rem",
    margin: "0.4rem 0.4rem 0 0",
    display: "block",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield": {
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--control-line)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--r-1)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-changedLine, &.cm-merge-b .cm-changedLine": { backgroundColor: "var(--add)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--del)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--del-strong)" },
  "&.cm-merge-b .cm-changedText, .cm-changedText": { background: "var(--add-strong)" },
  // The colours of the syntax would be faint on these grounds
  ".cm-changedText, .cm-changedText span, .cm-deletedChunk .cm-deletedText span": { color: "var(--text)" },
  ".cm-collapsedLines": {
    color: "var(--text-2)",
    background: "var(--sunken)",
    borderBlock: "1px solid var(--line)",
    "&:before, &:after": { content: "'⋯'", marginInline: "0.5rem" },
  },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

/** What stands for a secret in the text; the host puts the secret back. */
const STAND_IN = /⟪••••(\d+)⟫/g;

/** The numbers of the secrets that a value holds. */
export function secretsIn(value: string): number[] {
  return [...value.matchAll(STAND_IN)].map(([, number]) => Number(number));
}

/** A value as it may be shown. */
export const masked = (value: string) => value.replaceAll(STAND_IN, "••••");

/** A value with one of its secrets in its place. */
export const withSecret = (value: string, number: number, secret: string) =>
  value.replaceAll(`⟪••••${number}⟫`, () => secret);

class Secret extends WidgetType {
  constructor(readonly words: string) {
    super();
  }
  override eq(): boolean {
    return true;
  }
  toDOM(): HTMLElement {
    const mark = document.createElement("span");
    mark.className = "cm-secret";
    mark.textContent = "••••";
    mark.title = this.words;
    return mark;
  }
}

/** A stand-in is one sign: it is passed over, copied and removed as a whole. */
function secrets(words: string): Extension {
  const decorator = new MatchDecorator({
    regexp: STAND_IN,
    decoration: () => Decoration.replace({ widget: new Secret(words) }),
  });
  return ViewPlugin.fromClass(
    class {
      marks: DecorationSet;
      constructor(view: EditorView) {
        this.marks = decorator.createDeco(view);
      }
      update(update: ViewUpdate) {
        this.marks = decorator.updateDeco(update, this.marks);
      }
    },
    {
      decorations: (plugin) => plugin.marks,
      provide: (plugin) =>
        EditorView.atomicRanges.of((view) => view.plugin(plugin)?.marks ?? Decoration.none),
    },
  );
}

const setConflicts = StateEffect.define<readonly Conflict[]>();

/** Where both sides changed the same; the places move along with the text. */
const conflictField = StateField.define<readonly Conflict[]>({
  create: () => [],
  update(conflicts, transaction) {
    for (const effect of transaction.effects) if (effect.is(setConflicts)) return effect.value;
    if (!transaction.docChanged || conflicts.length === 0) return conflicts;
    return conflicts.map(({ from, to, theirs }) => ({
      from: transaction.changes.mapPos(from, -1),
      to: transaction.changes.mapPos(to, 1),
      theirs,
    }));
  },
  provide: (field) =>
    EditorView.decorations.from(field, (conflicts) =>
      Decoration.set(
        conflicts
          .filter(({ from, to }) => from < to)
          .map(({ from, to }) => Decoration.mark({ class: "cm-conflict" }).range(from, to)),
        true,
      ),
    ),
});

const reading = (words: Words): Extension => [
  lineNumbers(),
  json(),
  syntaxHighlighting(colours),
  secrets(words.secret),
  look,
  EditorView.lineWrapping,
  EditorState.phrases.of(words.phrases),
];

/** The text that is edited, with its one history. */
export class Editor {
  readonly view: EditorView;

  constructor(
    parent: HTMLElement,
    text: string,
    words: Words,
    readOnly: boolean,
    changed: (text: string) => void,
  ) {
    const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          reading(words),
          history(),
          foldGutter(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          lintGutter(),
          search({ top: false }),
          conflictField,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": words.label, tabindex: "0" }),
          keymap.of([...keys, ...historyKeymap, ...standardKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(this.text);
          }),
        ],
      }),
    });
  }

  /** With the line ends that the document has. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  get conflicts(): readonly Conflict[] {
    return this.view.state.field(conflictField);
  }

  /** Makes edits that were computed for this very text, as one step of the history. */
  edit(edits: readonly TextEdit[]): void {
    if (edits.length === 0) return;
    const changes = this.view.state.changes(edits.map(({ from, to, insert }) => ({ from, to, insert })));
    this.view.dispatch({
      changes,
      effects: EditorView.scrollIntoView(changes.mapPos(edits[0]?.from ?? 0), { y: "nearest", yMargin: 40 }),
      annotations: Transaction.userEvent.of("input.type"),
    });
  }

  /** Puts another text in the place of this one, touching only what differs. */
  replace(text: string, conflicts: readonly Conflict[] = [], remembered = true): void {
    const before = this.text;
    let from = 0;
    while (from < before.length && from < text.length && before[from] === text[from]) from += 1;
    let [end, to] = [before.length, text.length];
    while (end > from && to > from && before[end - 1] === text[to - 1]) {
      end -= 1;
      to -= 1;
    }
    this.view.dispatch({
      changes: { from, to: end, insert: text.slice(from, to) },
      effects: setConflicts.of(conflicts),
      annotations: Transaction.addToHistory.of(remembered),
    });
  }

  /** Settles a conflict, with our side or theirs. */
  settle(conflict: Conflict, side: "mine" | "theirs"): void {
    const rest = this.conflicts.filter((one) => one !== conflict);
    const { from, to, theirs } = conflict;
    if (side === "theirs") this.view.dispatch({ changes: { from, to, insert: theirs } });
    const moved =
      side === "theirs" ? this.conflicts.filter((_, index) => index !== this.#index(conflict, rest)) : rest;
    this.view.dispatch({ effects: setConflicts.of(moved) });
  }

  #index(conflict: Conflict, rest: readonly Conflict[]): number {
    return rest.filter((one) => one.from < conflict.from).length;
  }

  diagnose(found: Diagnostic[]): void {
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** Shows a place and puts the cursor there. */
  show(from: number, to: number, focus = true): void {
    const length = this.view.state.doc.length;
    this.view.dispatch({
      selection: { anchor: Math.min(from, length), head: Math.min(to, length) },
      effects: EditorView.scrollIntoView(Math.min(from, length), { y: "center" }),
    });
    if (focus) this.view.focus();
  }

  /** Brings a place onto the screen and leaves the cursor where it is. */
  bringUp(from: number): void {
    const place = Math.min(from, this.view.state.doc.length);
    this.view.dispatch({ effects: EditorView.scrollIntoView(place, { y: "start", yMargin: 40 }) });
  }

  nextProblem(backwards: boolean): void {
    (backwards ? previousDiagnostic : nextDiagnostic)(this.view);
    this.view.focus();
  }

  undo(): boolean {
    return undo(this.view);
  }

  redo(): boolean {
    return redo(this.view);
  }

  search(): void {
    openSearchPanel(this.view);
  }

  destroy(): void {
    this.view.destroy();
  }
}

/** Both texts beside each other, or within each other where the width is small. */
export function compare(
  parent: HTMLElement,
  before: string,
  after: string,
  words: Words & { before: string; after: string },
  narrow: boolean,
): () => void {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: "open" });
  const side = (label: string): Extension => [
    reading(words),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  ];
  const collapse = { margin: 3, minSize: 6 };
  if (narrow) {
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: after,
        extensions: [
          side(words.after),
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: collapse }),
        ],
      }),
    });
    return () => {
      view.destroy();
    };
  }
  const view = new MergeView({
    root,
    parent: root,
    a: { doc: before, extensions: side(words.before) },
    b: { doc: after, extensions: side(words.after) },
    collapseUnchanged: collapse,
  });
  return () => {
    view.destroy();
  };
}
