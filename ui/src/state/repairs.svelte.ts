// What was mended in this window and may be taken back on the spot. The lasting list is the host's history.
import type { Change, ServerView } from "../ipc/backend";

/** How a change came to be: by itself; with everything started anew; or around a Claude that was closed for it. */
export type How = "edit" | "reset" | "in-use";

export interface Repair {
  change: Change;
  server: string | null;
  finding: string;
  /** After an edit it is left to do to restart Claude. */
  kind: How;
}

export class Repairs {
  #all = $state.raw<readonly Repair[]>([]);

  /** The newest of that server, unless the server has failed again since: then it did not help. */
  of(server: ServerView): Repair | undefined {
    const repair = this.#all.find((one) => one.server === server.name);
    return repair !== undefined && server.state === "failing" && isAfter(server.since, repair)
      ? undefined
      : repair;
  }

  /** The newest of the set-up as a whole. */
  ofSetup(): Repair | undefined {
    return this.#all.find((one) => one.server === null);
  }

  add(repair: Repair): void {
    this.#all = [repair, ...this.#all];
  }

  /** Claude was started since, and so uses it. */
  takeIntoUse(change: string): void {
    this.#all = this.#all.map((repair) =>
      repair.change.id === change ? { ...repair, kind: "in-use" } : repair,
    );
  }

  forget(change: string): void {
    this.#all = this.#all.filter((repair) => repair.change.id !== change);
  }
}

/** Whether that moment lies after the repair. */
export function isAfter(moment: string | null, repair: Repair): boolean {
  return moment !== null && Date.parse(moment) > Date.parse(repair.change.at);
}
