// What the window may ask for. The desktop host answers it, and so does the fake: nothing else in the window knows
// which of the two it has.
import type { ChangesBackend } from "./areas/changes";
import type { ConfigBackend } from "./areas/config";
import type { ServersBackend } from "./areas/servers";
import type { SettingsBackend } from "./areas/settings";
import type { IpcError } from "./bindings";

export type {
  Change,
  Claude,
  ConflictView,
  DiffLine,
  DocumentView,
  EvidenceView,
  Examined,
  Fate,
  Field,
  FindingView,
  FixView,
  FlagView,
  FormEdit,
  GivenFlag,
  Health,
  Indicator,
  IpcError,
  Mended,
  MergedDocument,
  Moment,
  NotChecked,
  Overall,
  Pair,
  Preview,
  Problem,
  ServerForm,
  ServerView,
  Setting,
  Settings,
  SettingsView,
  SignKind,
  SignView,
  Snapshot,
  Standing,
  TextEdit,
  ThingView,
} from "./bindings";

export type { ChangesBackend, ConfigBackend, ServersBackend, SettingsBackend };

/** One interface per area. Every call rejects with an {@link IpcError}. */
export interface Backend extends ChangesBackend, ConfigBackend, ServersBackend, SettingsBackend {}

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
