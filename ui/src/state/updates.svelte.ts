// How it stands with newer releases, as the host last said it.
import { type Backend, failureOf, type IpcError, type UpdatesView } from "../ipc/backend";

export class Updates {
  view = $state.raw<UpdatesView | null>(null);
  /** Why the last question was not answered. */
  failure = $state.raw<IpcError | null>(null);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The version that was found and is not installed yet. */
  get newer(): string | null {
    const release = this.view?.release ?? null;
    const is = this.view?.state.is;
    return release === null || is === "off" || is === "installing" ? null : release.version;
  }

  /** Listens first and asks then, so that nothing falls in between. */
  async start(): Promise<() => void> {
    try {
      const stop = await this.#backend.onUpdates((view) => {
        this.view = view;
      });
      await this.#take(() => this.#backend.updates());
      return stop;
    } catch (thrown) {
      this.failure = failureOf(thrown);
      return () => undefined;
    }
  }

  look = (): Promise<void> => this.#take(() => this.#backend.lookForUpdate());
  download = (): Promise<void> => this.#take(() => this.#backend.downloadUpdate());
  install = (): Promise<void> => this.#take(() => this.#backend.installUpdate());
  postpone = (): Promise<void> => this.#take(() => this.#backend.postponeUpdate());

  async #take(answer: () => Promise<UpdatesView>): Promise<void> {
    try {
      this.view = await answer();
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }
}
