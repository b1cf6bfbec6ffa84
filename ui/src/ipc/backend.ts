// What the window may ask for. The desktop host answers it, and so does the fake: nothing else in the window knows
// which of the two it has.
import type { AddBackend } from "./areas/add";
import type { ChangesBackend } from "./areas/changes";
import type { ClaudeBackend } from "./areas/claude";
import type { ConfigBackend } from "./areas/config";
import type { LogOf, ServerBackend } from "./areas/server";
import type { ReportBackend } from "./areas/report";
import type { ServersBackend } from "./areas/servers";
import type { SettingsBackend } from "./areas/settings";
import type { SignInsBackend } from "./areas/sign-ins";
import type { UpdatesBackend } from "./areas/updates";
import type { IpcError } from "./bindings";

export type {
  BridgeState,
  BridgeView,
  Change,
  Claude,
  ConflictView,
  DiffLine,
  DocumentView,
  Direction,
  Effect,
  EvidenceView,
  Examined,
  Extension,
  Fate,
  Field,
  FindingView,
  FirewallChange,
  FirewallRuleView,
  FirewallView,
  FixView,
  FlagView,
  FormEdit,
  GivenFlag,
  Health,
  ImportPreview,
  Indicator,
  IpcError,
  KeyringView,
  Mended,
  MergedDocument,
  LineView,
  LogFileView,
  LogFilter,
  LogHits,
  LogLevel,
  LogMark,
  LogSlice,
  KeepSecrets,
  Moment,
  NamedSecret,
  NewLines,
  NotChecked,
  OldFiles,
  OfferedFile,
  OfferedView,
  Overall,
  Pair,
  Preview,
  Problem,
  Risk,
  ServerForm,
  Place,
  ProbeNews,
  ProbeView,
  ReportPlace,
  ReportView,
  RestartNews,
  RestartPlan,
  RestartStep,
  ServerComesUp,
  ServerView,
  Setting,
  Settings,
  SettingsView,
  SignInProgress,
  SignInsView,
  SignInView,
  SignKind,
  SignOutPreview,
  SignView,
  Snapshot,
  Standing,
  TextEdit,
  StageView,
  Switch,
  ThingView,
  ToolsView,
  ToolView,
  TrialNews,
  TrialView,
  Turn,
  UpdateState,
  UpdatesView,
  WhoView,
} from "./bindings";

export type {
  AddBackend,
  ChangesBackend,
  ClaudeBackend,
  ConfigBackend,
  LogOf,
  ReportBackend,
  ServerBackend,
  ServersBackend,
  SettingsBackend,
  SignInsBackend,
  UpdatesBackend,
};

/** One interface per area. Every call rejects with an {@link IpcError}. */
export interface Backend
  extends
    AddBackend,
    ChangesBackend,
    ClaudeBackend,
    ConfigBackend,
    ReportBackend,
    ServerBackend,
    ServersBackend,
    SettingsBackend,
    SignInsBackend,
    UpdatesBackend {}

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
