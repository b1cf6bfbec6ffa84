import { type Change, commands, type Preview } from "../bindings";

/** Changes as they would be, the changes that were made, and their way back. */
export interface ChangesBackend {
  previewFix(server: string | null, finding: string, fix: string): Promise<Preview>;
  /** What a reset of everything kept for signing in would remove, of one server or all. */
  previewReset(server: string | null): Promise<Preview>;
  applyFix(token: string): Promise<Change>;
  history(): Promise<Change[]>;
  previewUndo(id: string): Promise<Preview>;
  undo(token: string): Promise<Change>;
  /** Every change of Claude's configs that still stands, to be taken back at once. */
  previewLeave(): Promise<Preview>;
}

export const changes: ChangesBackend = {
  previewFix: commands.previewFix,
  previewReset: commands.previewReset,
  applyFix: commands.applyFix,
  history: commands.history,
  previewUndo: commands.previewUndo,
  undo: commands.undo,
  previewLeave: commands.previewLeave,
};
