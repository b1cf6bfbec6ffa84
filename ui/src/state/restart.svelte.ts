// Claude quit and started again, by itself or around a change. It goes on whichever place is on the screen, so what it
// tells is kept here and not where somebody began it.
import { type Backend, type Change, failureOf, type IpcError, type RestartNews } from "../ipc/backend";

export interface Hearer {
  /** Called at each new step. */
  step: (step: RestartNews["step"]) => void;
  /** Called when the change was made, before Claude is started. */
  made: (change: Change) => void;
}

export class Restart {
  news = $state.raw<RestartNews | null>(null);
  failure = $state.raw<IpcError | null>(null);
  busy = $state(false);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Whether what it tells is about that change. */
  isAbout(change: string): boolean {
    return this.news?.change?.id === change;
  }

  /** Makes the change of that token, if one is named, while Claude is closed. There is one restart at a time. */
  async carryOut(token: string | null, hearer: Hearer): Promise<void> {
    if (this.busy) return;
    this.clear();
    this.busy = true;
    try {
      this.#hear(
        await this.#backend.restartClaude(token, (news) => {
          this.#hear(news, hearer);
        }),
        hearer,
      );
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
    this.busy = false;
  }

  /** Forgets the last one. */
  clear(): void {
    if (this.busy) return;
    this.news = null;
    this.failure = null;
  }

  #hear(news: RestartNews, hearer: Hearer): void {
    const before = this.news;
    this.news = news;
    if (news.change !== null && !before?.change) hearer.made(news.change);
    if (news.step !== before?.step) hearer.step(news.step);
  }
}
