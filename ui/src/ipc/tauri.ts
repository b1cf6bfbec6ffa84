// The desktop host as a backend. The only file that knows Tauri, besides the generated one.
import type { Backend } from "./backend";
import { commands, events } from "./bindings";

export const tauri: Backend = {
  snapshot: commands.snapshot,
  onSnapshot: (heard) =>
    events.snapshotChanged.listen(({ payload }) => {
      heard(payload);
    }),
  previewFix: commands.previewFix,
  applyFix: commands.applyFix,
  history: commands.history,
  previewUndo: commands.previewUndo,
  undo: commands.undo,
  openLog: async (server) => {
    await commands.openLog(server);
  },
  openConfig: async () => {
    await commands.openConfig();
  },
};
