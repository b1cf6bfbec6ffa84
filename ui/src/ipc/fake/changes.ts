// A memory of what was fixed and taken back.
import type { Change, ChangesBackend, Preview, ServerView, ThingView } from "../backend";
import { difference, returned, reversed } from "./differences";
import { refuse, type World } from "./world";

interface Planned {
  preview: Preview;
  carryOut: () => Change;
}

export function changes(world: World): ChangesBackend {
  const made = new Changes(world);
  return {
    previewFix: (server, finding, fix) => made.previewFix(server, finding, fix),
    previewReset: (server) => made.previewReset(server),
    applyFix: (token) => made.carryOut(token),
    history: () => Promise.resolve(world.scenario.history),
    previewUndo: (id) => made.previewUndo(id),
    undo: (token) => made.carryOut(token),
    previewLeave: () => made.previewLeave(),
  };
}

/** A reset closes Claude by itself; what comes back of one would be written over by its bridges. */
function closing(things: readonly ThingView[]): Preview["closing"] {
  if (things.some(({ fate }) => fate === "returns")) return "needed";
  return things.some(({ fate }) => fate === "restarts") ? "idle" : "offered";
}

class Changes {
  readonly #world: World;
  readonly #plans = new Map<string, Planned>();
  readonly #before = new Map<string, ServerView | null>();
  readonly #applied = new Map<string, string>();
  #count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  previewFix(server: string | null, finding: string, fix: string): Promise<Preview> {
    if (this.#world.scenario.trouble === "file-is-read-only") {
      return refuse(
        "not-possible",
        "claude_desktop_config.json is write-protected.",
        "Remove the write protection from the file, then try again.",
      );
    }
    const preview = this.#preview(difference(fix));
    return this.#plan(preview, () => this.#apply(server, finding, fix, preview));
  }

  previewReset(server: string | null): Promise<Preview> {
    if (this.#world.scenario.snapshot.servers.length === 0) {
      return refuse("not-possible", "Nothing is stored that could be reset.");
    }
    const preview = this.#preview(difference("reset-auth"));
    return this.#plan(preview, () => this.#apply(server, "", "reset-auth", preview));
  }

  previewUndo(id: string): Promise<Preview> {
    const change = this.#world.scenario.history.find((one) => one.id === id);
    if (change?.can_undo !== true) return refuse("not-possible", "This change cannot be taken back.");
    const { lines, things, ...rest } = difference(this.#applied.get(id) ?? "callback-port");
    const preview = this.#preview({
      ...rest,
      fix_title: change.title,
      lines: reversed(lines),
      things: returned(things),
    });
    return this.#plan(preview, () => this.#undo(change));
  }

  previewLeave(): Promise<Preview> {
    const { history, trouble } = this.#world.scenario;
    const standing = history.filter(({ undone, file }) => !undone && file.endsWith(".json"));
    if (standing.length === 0) {
      return refuse("not-possible", "no change of Bridgekeeper's stands in Claude's configs");
    }
    if (trouble === "host-unreachable") return refuse("io", "The journal cannot be read.");
    const things = standing.map(({ title, server }): ThingView => ({
      kind: server ?? "config",
      place: title,
      size: null,
      age: "1 day",
      fate: "undone",
      note: null,
    }));
    const preview = this.#preview({ fix_title: "Put back", lines: [], things, notes: [] });
    return this.#plan(preview, () => {
      const [last] = standing;
      const left = standing
        .filter(({ why_not }) => why_not !== null)
        .map(({ title, why_not }) => `${title}: ${why_not ?? ""}`);
      this.#world.scenario.history = history.map((one) =>
        one.can_undo ? { ...one, undone: true, can_undo: false } : one,
      );
      this.#world.push({});
      return { ...(last as Change), undone: true, can_undo: false, left };
    });
  }

  carryOut(token: string): Promise<Change> {
    const planned = this.#plans.get(token);
    if (this.#world.scenario.trouble === "file-changes-meanwhile") {
      delete this.#world.scenario.trouble;
      this.#plans.clear();
    }
    if (planned === undefined || !this.#plans.delete(token)) {
      return refuse("stale-preview", "The file was changed by somebody else since this was shown.");
    }
    return Promise.resolve(planned.carryOut());
  }

  #plan(preview: Preview, carryOut: () => Change): Promise<Preview> {
    this.#plans.set(preview.token, { preview, carryOut });
    return Promise.resolve(preview);
  }

  #preview(what: ReturnType<typeof difference>): Preview {
    this.#count += 1;
    const { running, config_path } = this.#world.scenario.snapshot.claude;
    return {
      ...what,
      token: `token-${this.#count}`,
      file: config_path ?? "",
      claude_running: running,
      closing: running === true ? closing(what.things) : "idle",
    };
  }

  #apply(server: string | null, finding: string, fix: string, preview: Preview): Change {
    const { servers, setup_findings } = this.#world.scenario.snapshot;
    const change: Change = {
      id: `change-${this.#count}`,
      at: new Date().toISOString(),
      title: preview.fix_title,
      file: preview.file,
      server,
      undone: false,
      can_undo: true,
      why_not: null,
      left: preview.things
        .filter(({ fate }) => fate === "cannot")
        .map(({ place, note }) => `${place} stays: ${note ?? ""}`),
    };
    this.#world.scenario.history = [change, ...this.#world.scenario.history];
    this.#applied.set(change.id, fix);
    this.#before.set(change.id, servers.find((one) => one.name === server) ?? null);
    this.#world.push({
      setup_findings: server === null ? setup_findings.filter((one) => one.id !== finding) : setup_findings,
      servers: servers.map((one) =>
        one.name === server ? { ...one, findings: one.findings.filter((each) => each.id !== finding) } : one,
      ),
    });
    return change;
  }

  #undo(change: Change): Change {
    const { scenario } = this.#world;
    const undone: Change = { ...change, undone: true, can_undo: false };
    scenario.history = scenario.history.map((one) => (one.id === change.id ? undone : one));
    const before = this.#before.get(change.id);
    this.#world.push({
      servers: scenario.snapshot.servers.map((one) =>
        before && one.name === before.name ? { ...one, findings: before.findings } : one,
      ),
    });
    return undone;
  }
}
