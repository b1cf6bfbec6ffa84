// A change that has not happened yet: what it would do, whether it may, and the act itself.
import { type Change, failureOf, type IpcError, type Preview } from "../ipc/backend";

export type Phase = "working-out" | "shown" | "writing" | "refused" | "done";

export interface Acts {
  preview: () => Promise<Preview>;
  carryOut: (token: string) => Promise<Change>;
}

export class Proposal {
  phase = $state<Phase>("working-out");
  preview = $state.raw<Preview | null>(null);
  failure = $state.raw<IpcError | null>(null);
  /** The file changed between look and click: what is shown now is not what was shown before. */
  stale = $state(false);

  readonly #acts: Acts;

  constructor(acts: Acts) {
    this.#acts = acts;
    void this.workOut();
  }

  async workOut(): Promise<void> {
    this.phase = "working-out";
    try {
      this.preview = await this.#acts.preview();
      this.failure = null;
      this.phase = "shown";
    } catch (thrown) {
      this.failure = failureOf(thrown);
      this.phase = "refused";
    }
  }

  /** Writes exactly what is shown, or nothing. */
  async carryOut(): Promise<Change | null> {
    if (this.preview === null || this.phase !== "shown") return null;
    this.phase = "writing";
    try {
      const change = await this.#acts.carryOut(this.preview.token);
      this.phase = "done";
      return change;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure.code === "stale-preview") {
        await this.workOut();
        this.stale = true;
      } else {
        this.failure = failure;
        this.phase = "refused";
      }
      return null;
    }
  }
}
