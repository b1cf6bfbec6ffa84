// What the first look asks for beside the snapshot: sign-ins and other config files. It reads, and changes nothing.
import {
  type Backend,
  type DocumentView,
  failureOf,
  type IpcError,
  type SignInsView,
} from "../../ipc/backend";

export class Look {
  signIns = $state.raw<SignInsView | null>(null);
  signInsFailure = $state.raw<IpcError | null>(null);
  decoys = $state.raw<DocumentView["decoys"] | null>(null);
  decoysFailure = $state.raw<IpcError | null>(null);

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async askSignIns(): Promise<void> {
    try {
      this.signIns = await this.#backend.signIns();
      this.signInsFailure = null;
    } catch (thrown) {
      this.signInsFailure = failureOf(thrown);
    }
  }

  async askDecoys(): Promise<void> {
    try {
      this.decoys = (await this.#backend.openDocument()).decoys;
      this.decoysFailure = null;
    } catch (thrown) {
      this.decoysFailure = failureOf(thrown);
    }
  }
}
