// How many things an act does something to.
import type { ThingView } from "../ipc/backend";

/** What only stays, or cannot go, is told and not counted. */
export function thingsThatChange(things: readonly ThingView[]): number {
  return things.filter(({ fate }) => fate !== "stays" && fate !== "cannot").length;
}
