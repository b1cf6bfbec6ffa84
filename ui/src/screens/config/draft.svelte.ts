// The config while it is edited: one text with one history, the forms that are read from it, and what became of the
// file meanwhile. The text itself lives in the editor; the host says what stands in it and what an edit of a form means.
import {
  type Backend,
  type Change,
  type DocumentView,
  type Examined,
  failureOf,
  type FormEdit,
  type IpcError,
  type Mended,
  type Preview,
  type Problem,
  type ServerForm,
} from "../../ipc/backend";
import type { How } from "../../state/repairs.svelte";
import type { Conflict, Editor } from "./editor";

/** How long typing pauses before the text is looked at. */
const PAUSE_MS = 120;

const EMPTY = '{\n  "mcpServers": {}\n}\n';

interface Asked {
  change: FormEdit;
  done: (made: boolean) => void;
}

export class Draft {
  document = $state.raw<DocumentView | null>(null);
  text = $state("");
  examined = $state.raw<Examined | null>(null);
  conflicts = $state.raw<readonly Conflict[]>([]);
  failure = $state.raw<IpcError | null>(null);
  /** What a fix wants to be known. */
  notes = $state.raw<readonly string[]>([]);
  /** The file was changed while the text here was, too. */
  changedOnDisk = $state(false);
  /** Both sides were brought together, and nothing was saved since. */
  merged = $state(false);
  /** The text that was not saved the last time is here again. */
  restored = $state(false);
  saved = $state.raw<Change | null>(null);
  /** Claude was started since, and so uses what was saved. */
  inUse = $state(false);
  readonly dirty = $derived(this.document !== null && this.text !== this.document.text);
  readonly readOnly = $derived(this.document?.standing === "unreadable");

  readonly #backend: Backend;
  #editor: Editor | null = null;
  #asked: Asked[] = [];
  #working = false;
  #look = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get editor(): Editor | null {
    return this.#editor;
  }

  async open(): Promise<void> {
    try {
      const document = await this.#backend.openDocument();
      this.failure = null;
      this.document = document;
      this.changedOnDisk = false;
      this.restored = document.draft !== null;
      this.#show(document.draft ?? document.text, []);
      await this.#examine();
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  /** Takes the editor that shows the text from now on. */
  attach(editor: Editor): void {
    this.#editor = editor;
    this.#diagnose();
  }

  detach(): void {
    clearTimeout(this.#timer);
    this.#editor = null;
  }

  /** The editor's text is another. */
  typed(text: string): void {
    this.text = text;
    this.conflicts = this.#editor?.conflicts ?? [];
    this.saved = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#examine(), PAUSE_MS);
  }

  /** Makes a change of a form. A newer change of the same field takes the place of one that still waits. */
  change(change: FormEdit): Promise<boolean> {
    return new Promise((done) => {
      const last = this.#asked.at(-1);
      if (last !== undefined && sameField(last.change, change)) {
        last.done(true);
        this.#asked.pop();
      }
      this.#asked.push({ change, done });
      if (!this.#working) void this.#work();
    });
  }

  async fix(fix: string, server: string | null): Promise<void> {
    await this.#mend(() => this.#backend.fixDocument(this.text, server, fix));
  }

  async bring(decoy: string): Promise<void> {
    await this.#mend(() => this.#backend.bringIntoDocument(this.text, decoy));
  }

  makeFile(): void {
    this.#show(EMPTY, [], true);
    void this.#examine();
  }

  /** Looks whether the file is still the one that was read. */
  async compare(): Promise<void> {
    if (this.document === null) return;
    try {
      const revision = await this.#backend.documentRevision();
      if (revision === this.document.revision) return;
      if (this.dirty) this.changedOnDisk = true;
      else await this.open();
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  async merge(): Promise<void> {
    try {
      const { document, text, conflicts } = await this.#backend.mergeDocument(this.text);
      this.document = document;
      this.changedOnDisk = false;
      this.merged = true;
      this.#show(text, conflicts, true);
      await this.#examine();
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  settle(conflict: Conflict, side: "mine" | "theirs"): void {
    this.#editor?.settle(conflict, side);
    this.conflicts = this.#editor?.conflicts ?? [];
    this.text = this.#editor?.text ?? this.text;
    void this.#examine();
  }

  async discard(): Promise<void> {
    this.merged = false;
    await this.#backend.discardDraft();
    await this.open();
  }

  preview(): Promise<Preview> {
    return this.#backend.previewDocument(this.text, this.document?.revision ?? "");
  }

  async keep(change: Change, how: How): Promise<void> {
    this.merged = false;
    this.restored = false;
    this.notes = [];
    await this.open();
    this.saved = change;
    this.inUse = how === "in-use";
  }

  undo(): void {
    this.#editor?.undo();
  }

  redo(): void {
    this.#editor?.redo();
  }

  server(name: string | null): ServerForm | undefined {
    return this.examined?.servers.find((server) => server.name === name);
  }

  problemsOf(server: string | null): Problem[] {
    return this.examined?.problems.filter((problem) => problem.server === server) ?? [];
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let asked = this.#asked.shift(); asked !== undefined; asked = this.#asked.shift()) {
      try {
        const edits = await this.#backend.editDocument(this.text, asked.change);
        this.#editor?.edit(edits);
        this.failure = null;
        await this.#examine();
        asked.done(true);
      } catch (thrown) {
        this.failure = failureOf(thrown);
        asked.done(false);
      }
    }
    this.#working = false;
  }

  async #mend(ask: () => Promise<Mended>): Promise<void> {
    try {
      const { edits, notes } = await ask();
      this.#editor?.edit(edits);
      this.notes = notes;
      this.failure = null;
      await this.#examine();
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  async #examine(): Promise<void> {
    clearTimeout(this.#timer);
    this.#look += 1;
    const look = this.#look;
    try {
      const examined = await this.#backend.examineDocument(this.text);
      // A newer text was typed meanwhile, and is looked at by itself
      if (look !== this.#look) return;
      this.examined = examined;
      this.#diagnose();
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  #show(text: string, conflicts: readonly Conflict[], remembered = false): void {
    this.text = text;
    this.conflicts = conflicts;
    this.#editor?.replace(text, conflicts, remembered);
    clearTimeout(this.#timer);
  }

  #diagnose(): void {
    const length = this.text.length;
    this.#editor?.diagnose(
      (this.examined?.problems ?? []).map(({ from, to, severity, message, server, fixes }) => ({
        from: Math.min(from, length),
        to: Math.min(Math.max(to, from + 1), length),
        severity,
        message,
        actions: fixes.slice(0, 2).map(({ id, title }) => ({
          name: title,
          apply: () => void this.fix(id, server),
        })),
      })),
    );
  }
}

/** Whether one change takes the place of the other: the same field, typed on. */
function sameField(a: FormEdit, b: FormEdit): boolean {
  const settles = ["command", "argument", "variable", "url", "port", "header", "flag"];
  if (a.kind !== b.kind || !settles.includes(a.kind)) return false;
  const field = (change: FormEdit) => JSON.stringify({ ...change, value: null });
  return field(a) === field(b) && !(a.kind === "flag" && a.argument === null);
}
