// A host that is nothing but the interface: invented servers, and a memory of what was fixed and taken back.
import type { Backend, Change, IpcError, Preview, ServerView, Snapshot } from "../backend";
import { difference, returned, reversed } from "./differences";
import { type Scenario, type ScenarioName, scenarios } from "./scenarios";

interface Planned {
  preview: Preview;
  carryOut: () => Change;
}

/** Takes `failing` where the name is none of the scenarios. */
export function fake(name: string | null): Backend {
  const known = name !== null && name in scenarios ? (name as ScenarioName) : "failing";
  return new FakeHost(scenarios[known]());
}

class FakeHost implements Backend {
  #scenario: Scenario;
  #heard = new Set<(snapshot: Snapshot) => void>();
  #plans = new Map<string, Planned>();
  #before = new Map<string, ServerView | null>();
  #applied = new Map<string, { server: string | null; fix: string; finding: string }>();
  #count = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  snapshot(): Promise<Snapshot> {
    if (this.#scenario.trouble === "host-unreachable") {
      return refuse("io", "Claude's log folder cannot be read.", "Is the drive connected?");
    }
    return Promise.resolve(this.#scenario.snapshot);
  }

  onSnapshot(heard: (snapshot: Snapshot) => void): Promise<() => void> {
    this.#heard.add(heard);
    if (this.#scenario.trouble === "host-unreachable") heard(this.#scenario.snapshot);
    return Promise.resolve(() => this.#heard.delete(heard));
  }

  previewFix(server: string | null, finding: string, fix: string): Promise<Preview> {
    if (this.#scenario.trouble === "file-is-read-only") {
      return refuse(
        "not-possible",
        "claude_desktop_config.json is write-protected.",
        "Remove the write protection from the file, then try again.",
      );
    }
    const preview = this.#preview(difference(fix));
    const carryOut = () => this.#apply(server, finding, fix, preview);
    this.#plans.set(preview.token, { preview, carryOut });
    return Promise.resolve(preview);
  }

  applyFix(token: string): Promise<Change> {
    return this.#carryOut(token);
  }

  history(): Promise<Change[]> {
    return Promise.resolve(this.#scenario.history);
  }

  previewUndo(id: string): Promise<Preview> {
    const change = this.#scenario.history.find((one) => one.id === id);
    if (change?.can_undo !== true) return refuse("not-possible", "This change cannot be taken back.", null);
    const { lines, things, ...rest } = difference(this.#applied.get(id)?.fix ?? "callback-port");
    const preview = this.#preview({
      ...rest,
      fix_title: change.title,
      lines: reversed(lines),
      things: returned(things),
    });
    this.#plans.set(preview.token, { preview, carryOut: () => this.#undo(change) });
    return Promise.resolve(preview);
  }

  undo(token: string): Promise<Change> {
    return this.#carryOut(token);
  }

  openLog(): Promise<void> {
    return Promise.resolve();
  }

  openConfig(): Promise<void> {
    return Promise.resolve();
  }

  #preview(what: ReturnType<typeof difference>): Preview {
    this.#count += 1;
    const { running, config_path } = this.#scenario.snapshot.claude;
    return { ...what, token: `token-${this.#count}`, file: config_path ?? "", claude_running: running };
  }

  #carryOut(token: string): Promise<Change> {
    const planned = this.#plans.get(token);
    if (this.#scenario.trouble === "file-changes-meanwhile") {
      delete this.#scenario.trouble;
      this.#plans.clear();
    }
    if (planned === undefined || !this.#plans.has(token)) {
      return refuse("stale-preview", "The file was changed by somebody else since this was shown.", null);
    }
    this.#plans.delete(token);
    return Promise.resolve(planned.carryOut());
  }

  #apply(server: string | null, finding: string, fix: string, preview: Preview): Change {
    const { servers, setup_findings } = this.#scenario.snapshot;
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
    this.#scenario.history = [change, ...this.#scenario.history];
    this.#applied.set(change.id, { server, fix, finding });
    this.#before.set(change.id, servers.find((one) => one.name === server) ?? null);
    this.#push({
      setup_findings: server === null ? setup_findings.filter((one) => one.id !== finding) : setup_findings,
      servers: servers.map((one) =>
        one.name === server ? { ...one, findings: one.findings.filter((each) => each.id !== finding) } : one,
      ),
    });
    return change;
  }

  #undo(change: Change): Change {
    const undone: Change = { ...change, undone: true, can_undo: false };
    this.#scenario.history = this.#scenario.history.map((one) => (one.id === change.id ? undone : one));
    const before = this.#before.get(change.id);
    this.#push({
      servers: this.#scenario.snapshot.servers.map((one) =>
        before && one.name === before.name ? { ...one, findings: before.findings } : one,
      ),
    });
    return undone;
  }

  #push(news: Partial<Snapshot>): void {
    const { snapshot } = this.#scenario;
    this.#scenario.snapshot = { ...snapshot, ...news, generation: snapshot.generation + 1 };
    for (const heard of this.#heard) heard(this.#scenario.snapshot);
  }
}

function refuse(code: IpcError["code"], message: string, hint: string | null): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the host rejects with plain data
  return Promise.reject({ code, message, hint } satisfies IpcError);
}
