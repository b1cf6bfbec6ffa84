// What the person has chosen for Bridgekeeper itself, as the host last said it.
import { type Backend, failureOf, type IpcError, type Setting, type SettingsView } from "../ipc/backend";

export class Chosen {
  view = $state.raw<SettingsView | null>(null);
  /** Why the last question or change was not answered; the settings are then as they were. */
  failure = $state.raw<IpcError | null>(null);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  ask(): Promise<void> {
    return this.#take(() => this.#backend.settings());
  }

  change(setting: Setting): Promise<void> {
    return this.#take(() => this.#backend.changeSetting(setting));
  }

  startAtLogin(start: boolean): Promise<void> {
    return this.#take(() => this.#backend.setStartAtLogin(start));
  }

  async #take(answer: () => Promise<SettingsView>): Promise<void> {
    try {
      this.view = await answer();
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
  }
}
