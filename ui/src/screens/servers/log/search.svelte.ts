// A search through a whole log: how many lines hold the text, and the one that is shown.
import {
  failureOf,
  type IpcError,
  type LogFilter,
  type LogOf,
  type Place,
  type ServerBackend,
} from "../../../ipc/backend";

export class LogSearch {
  text = $state("");
  count = $state(0);
  /** Hundredths of the file that were searched. */
  searched = $state(100);
  failure = $state.raw<IpcError | null>(null);
  /** Which of the hits is shown, from 0; -1 before one was. */
  at = $state(-1);

  readonly #backend: ServerBackend;
  #places: Place[] = [];
  #turn = 0;

  constructor(backend: ServerBackend) {
    this.#backend = backend;
  }

  async find(of: LogOf, filter: LogFilter, text: string): Promise<void> {
    this.#turn += 1;
    const own = this.#turn;
    this.text = text;
    this.count = 0;
    this.at = -1;
    this.#places = [];
    this.failure = null;
    this.searched = text === "" ? 100 : 0;
    if (text === "") return;
    try {
      await this.#backend.searchLog(of, filter, text, (hits) => {
        if (own !== this.#turn) return;
        for (const place of hits.new) this.#places.push(place);
        this.count = hits.count;
        this.searched = hits.searched;
      });
    } catch (thrown) {
      if (own === this.#turn) this.failure = failureOf(thrown);
    }
  }

  get busy(): boolean {
    return this.searched < 100 && this.failure === null;
  }

  /** The hit after or before the one that is shown; the first is the last that stands before `near`. */
  step(way: 1 | -1, near: Place): Place | null {
    const count = this.#places.length;
    if (count === 0) return null;
    if (this.at < 0) {
      const after = this.#places.findIndex((place) => place > near);
      const before = (after < 0 ? count : after) - 1;
      this.at = way < 0 ? Math.max(before, 0) : after < 0 ? count - 1 : after;
    } else {
      this.at = (this.at + way + count) % count;
    }
    return this.#places[this.at] ?? null;
  }
}
