import { commands, events, type UpdatesView } from "../bindings";

/** Newer releases of Bridgekeeper. Each call answers when it is done; how far it is, is heard meanwhile. */
export interface UpdatesBackend {
  updates(): Promise<UpdatesView>;
  /** Calls `heard` whenever it stands differently, until the returned function is called. */
  onUpdates(heard: (view: UpdatesView) => void): Promise<() => void>;
  lookForUpdate(): Promise<UpdatesView>;
  downloadUpdate(): Promise<UpdatesView>;
  installUpdate(): Promise<UpdatesView>;
  /** Leaves an installation that waits for later. */
  postponeUpdate(): Promise<UpdatesView>;
}

export const updates: UpdatesBackend = {
  updates: commands.updates,
  onUpdates: (heard) =>
    events.updatesChanged.listen(({ payload }) => {
      heard(payload);
    }),
  lookForUpdate: commands.lookForUpdate,
  downloadUpdate: commands.downloadUpdate,
  installUpdate: commands.installUpdate,
  postponeUpdate: commands.postponeUpdate,
};
