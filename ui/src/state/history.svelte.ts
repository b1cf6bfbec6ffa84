import { type Backend, type Change, failureOf, type IpcError } from "../ipc/backend";

/** The host's list of changes, newest first, as of the last time it was asked. */
export class History {
  changes = $state.raw<readonly Change[] | null>(null);
  failure = $state.raw<IpcError | null>(null);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async ask(): Promise<void> {
    try {
      this.changes = await this.#backend.history();
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }
}

/** The changes of each day, both in the order given. */
export function byDay(
  changes: readonly Change[],
  day: (at: string) => string,
): { day: string; changes: Change[] }[] {
  const days: { day: string; changes: Change[] }[] = [];
  for (const change of changes) {
    const name = day(change.at);
    const last = days.at(-1);
    if (last?.day === name) last.changes.push(change);
    else days.push({ day: name, changes: [change] });
  }
  return days;
}
