// What the window may ask for. The desktop host answers it, and so does the fake: nothing else in the window knows
// which of the two it has.
import type { Change, IpcError, Preview, Snapshot } from "./bindings";

export type {
  Change,
  Claude,
  DiffLine,
  EvidenceView,
  Fate,
  FindingView,
  FixView,
  Health,
  Indicator,
  IpcError,
  Moment,
  NotChecked,
  Overall,
  Preview,
  ServerView,
  SignKind,
  SignView,
  Snapshot,
  ThingView,
} from "./bindings";

/** Every call rejects with an {@link IpcError}. */
export interface Backend {
  snapshot(): Promise<Snapshot>;
  /** Calls `heard` with each new snapshot until the returned function is called. */
  onSnapshot(heard: (snapshot: Snapshot) => void): Promise<() => void>;
  previewFix(server: string | null, finding: string, fix: string): Promise<Preview>;
  applyFix(token: string): Promise<Change>;
  history(): Promise<Change[]>;
  previewUndo(id: string): Promise<Preview>;
  undo(token: string): Promise<Change>;
  openLog(server: string): Promise<void>;
  openConfig(): Promise<void>;
}

const CODES: readonly unknown[] = [
  "stale-preview",
  "not-possible",
  "io",
  "internal",
] satisfies IpcError["code"][];

/** What a rejected call said. Anything that is no {@link IpcError} is a mistake of ours. */
export function failureOf(thrown: unknown): IpcError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && CODES.includes(thrown.code)) {
    return thrown as IpcError;
  }
  return { code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown), hint: null };
}
