// What the host sees, as it last said it. There is one copy, and only the host replaces it.
import { type Backend, failureOf, type IpcError, type Snapshot } from "../ipc/backend";
import { news } from "./news";
import { keeping } from "./same";

export class Live {
  snapshot = $state.raw<Snapshot | null>(null);
  /** Why the last question was not answered. What stands in `snapshot` is then older than it should be. */
  failure = $state.raw<IpcError | null>(null);
  /** What has changed, for those who listen instead of looking. */
  announcement = $state("");

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Listens first and asks then, so that nothing falls in between. */
  async start(): Promise<() => void> {
    try {
      const stop = await this.#backend.onSnapshot((snapshot) => {
        this.#take(snapshot);
      });
      await this.ask();
      return stop;
    } catch (thrown) {
      this.failure = failureOf(thrown);
      return () => undefined;
    }
  }

  async ask(): Promise<void> {
    try {
      this.#take(await this.#backend.snapshot());
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }

  announce(words: string): void {
    this.announcement = words;
  }

  #take(next: Snapshot): void {
    if (this.snapshot !== null) {
      if (next.generation < this.snapshot.generation) return;
      const changed = news(this.snapshot, next);
      if (changed !== "") this.announcement = changed;
    }
    this.snapshot = { ...next, servers: keeping(this.snapshot?.servers ?? [], next.servers) };
  }
}
