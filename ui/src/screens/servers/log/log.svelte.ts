// One log as the page holds it: the lines around where the person looks, never all of them. The host reads, filters and
// searches; what is kept here is bounded, however long the log is and however fast it grows.
import {
  failureOf,
  type IpcError,
  type LineView,
  type LogFilter,
  type LogMark,
  type LogOf,
  type LogSlice,
  type NewLines,
  type Place,
  type ServerBackend,
} from "../../../ipc/backend";

/** Lines that are kept at most. */
export const MOST = 12_000;

export const NO_FILTER: LogFilter = { least: null, direction: null, text: "" };

/** How a change of the lines moves what is shown: so many came or went above it. */
export type Moved = (above: number) => void;

export class LogLines {
  /** The lines in the order of the file. Replaced, never changed in place. */
  lines = $state.raw<readonly LineView[]>([]);
  phase = $state<"reading" | "shown" | "refused">("reading");
  failure = $state.raw<IpcError | null>(null);
  /** Whether the last line here is the last of the file, so that new ones follow it. */
  live = $state(true);
  paused = $state(false);
  /** Lines that were written and are not shown, because the person looks elsewhere. */
  unseen = $state(0);
  /** Whether the log was begun anew while it was looked at. */
  anew = $state(false);
  moreBefore = $state(false);
  marks = $state.raw<readonly LogMark[]>([]);

  readonly #backend: ServerBackend;
  readonly #of: LogOf;
  readonly #filter: LogFilter;
  readonly #moved: Moved;
  #from: Place = 0;
  #to: Place = 0;
  #busy = false;
  /** What was written since the last frame. */
  #heard: LineView[] = [];
  #stop: (() => void) | null = null;
  #closed = false;

  constructor(backend: ServerBackend, of: LogOf, filter: LogFilter, moved: Moved) {
    this.#backend = backend;
    this.#of = of;
    this.#filter = filter;
    this.#moved = moved;
  }

  /** Shows the end, or what stands around a place, and follows what is written from then on. */
  async open(place: Place | null = null): Promise<void> {
    await this.#show(place);
    if (this.#closed || this.phase === "refused") return;
    try {
      const from = this.live ? this.#to : (await this.#slice("before", null)).to;
      const stop = await this.#backend.followLog(this.#of, this.#filter, from, (news) => {
        this.#hear(news);
      });
      // Whoever closed it meanwhile could not stop it yet
      if (this.#isClosed()) stop();
      else this.#stop = stop;
    } catch (thrown) {
      this.#refuse(thrown);
    }
    void this.#findMarks();
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  /** Shows what stands around a place instead. */
  async jump(place: Place): Promise<void> {
    if (this.indexOf(place) < 0) await this.#show(place);
  }

  /** Back to the end, and on with what is written. */
  async toEnd(): Promise<void> {
    this.paused = false;
    if (!this.live || this.unseen > 0) await this.#show(null);
  }

  pause(): void {
    this.paused = true;
  }

  /** What stands before the first line, once somebody comes near it. */
  async earlier(): Promise<void> {
    if (!this.moreBefore || this.#busy) return;
    await this.#alone(async () => {
      const slice = await this.#slice("before", this.#from);
      const lines = [...slice.lines, ...this.lines];
      this.#from = slice.from;
      this.moreBefore = slice.more_before;
      this.#moved(slice.lines.length);
      this.lines = lines.slice(0, MOST);
      if (lines.length > MOST) this.#leaveEnd();
    });
  }

  /** What stands behind the last line, where that is not the end. */
  async later(): Promise<void> {
    if (this.live || this.paused || this.#busy) return;
    await this.#alone(async () => {
      const slice = await this.#slice("after", this.#to);
      this.#to = slice.to;
      this.#append(slice.lines);
      if (!slice.more_after) {
        this.live = true;
        this.unseen = 0;
      }
    });
  }

  /** Where the line of a place stands among those that are here; -1 for one that is not. */
  indexOf(place: Place): number {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle]?.at ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return this.lines[low]?.at === place ? low : -1;
  }

  async #show(place: Place | null): Promise<void> {
    await this.#alone(async () => {
      const slice = await this.#slice(place === null ? "before" : "around", place);
      this.lines = slice.lines;
      this.#from = slice.from;
      this.#to = slice.to;
      this.moreBefore = slice.more_before;
      this.live = !slice.more_after;
      if (this.live) this.unseen = 0;
      this.anew = false;
      this.phase = "shown";
    });
  }

  /** Lines may come a thousand times a second. They are shown once a frame; while no frame is drawn few are kept. */
  #hear({ lines, anew }: NewLines): void {
    if (anew) this.#beginAnew();
    if (!this.live || this.paused) {
      this.#take(lines);
      return;
    }
    if (this.#heard.length === 0 && lines.length > 0) requestAnimationFrame(this.#takeHeard);
    for (const line of lines) this.#heard.push(line);
    // More than that fills the page by itself, whatever stood there before
    if (this.#heard.length > 2 * MOST) this.#heard = this.#heard.slice(-MOST);
  }

  readonly #takeHeard = (): void => {
    const heard = this.#heard;
    this.#heard = [];
    if (!this.#closed) this.#take(heard);
  };

  #beginAnew(): void {
    this.#heard = [];
    this.anew = true;
    this.moreBefore = false;
    this.lines = [];
    this.#from = 0;
    this.#to = 0;
    this.live = true;
  }

  #take(lines: readonly LineView[]): void {
    // A reload may have told some of them already
    const news = lines.filter(({ at }) => at >= this.#to);
    if (news.length === 0) return;
    if (!this.live || this.paused) {
      this.unseen += news.length;
      if (this.paused) this.live = false;
      return;
    }
    this.#to = (news.at(-1)?.at ?? this.#to) + 1;
    this.#append(news);
  }

  #append(news: readonly LineView[]): void {
    const all = [...this.lines, ...news];
    const over = Math.max(0, all.length - MOST);
    if (over > 0) {
      this.#from = all[over]?.at ?? this.#from;
      this.moreBefore = true;
      this.#moved(-Math.min(over, this.lines.length));
    }
    this.lines = over > 0 ? all.slice(over) : all;
  }

  #leaveEnd(): void {
    this.#to = this.lines.at(-1)?.at ?? this.#to;
    // The last line itself is read again with what stands behind it
    this.lines = this.lines.slice(0, -1);
    this.live = false;
  }

  async #findMarks(): Promise<void> {
    try {
      this.marks = await this.#backend.logMarks(this.#of);
    } catch {
      // The lines are there without them
      this.marks = [];
    }
  }

  #slice(turn: "before" | "after" | "around", place: Place | null): Promise<LogSlice> {
    return this.#backend.logSlice(this.#of, this.#filter, turn, place);
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    try {
      await work();
      this.failure = null;
    } catch (thrown) {
      this.#refuse(thrown);
    } finally {
      this.#busy = false;
    }
  }

  #refuse(thrown: unknown): void {
    this.failure = failureOf(thrown);
    if (this.lines.length === 0) this.phase = "refused";
  }

  #isClosed(): boolean {
    return this.#closed;
  }
}
