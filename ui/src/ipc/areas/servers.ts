import { commands, events, type Snapshot } from "../bindings";

/** What is known of the servers, and what of each can be opened. */
export interface ServersBackend {
  snapshot(): Promise<Snapshot>;
  /** Calls `heard` with each new snapshot until the returned function is called. */
  onSnapshot(heard: (snapshot: Snapshot) => void): Promise<() => void>;
  openLog(server: string): Promise<void>;
}

export const servers: ServersBackend = {
  snapshot: commands.snapshot,
  onSnapshot: (heard) =>
    events.snapshotChanged.listen(({ payload }) => {
      heard(payload);
    }),
  openLog: async (server) => {
    await commands.openLog(server);
  },
};
