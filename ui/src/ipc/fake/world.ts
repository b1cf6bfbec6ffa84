// What the areas of the fake share: the scenario as it has become by now, and who wants to hear of it.
import type { IpcError, Snapshot } from "../backend";
import type { Scenario } from "./scenarios";

export class World {
  readonly scenario: Scenario;
  readonly #heard = new Set<(snapshot: Snapshot) => void>();

  constructor(scenario: Scenario) {
    this.scenario = scenario;
  }

  hear(heard: (snapshot: Snapshot) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  push(news: Partial<Snapshot>): void {
    const { snapshot } = this.scenario;
    this.scenario.snapshot = { ...snapshot, ...news, generation: snapshot.generation + 1 };
    for (const heard of this.#heard) heard(this.scenario.snapshot);
  }
}

/** Rejects as the host does: with plain data. */
export function refuse(code: IpcError["code"], message: string, hint: string | null = null): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the host rejects with plain data
  return Promise.reject({ code, message, hint } satisfies IpcError);
}
