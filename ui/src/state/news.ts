import type { Snapshot } from "../ipc/backend";
import { text } from "../text";

/** What a person who cannot see the window wants to be told of the step from one snapshot to the next. */
export function news(before: Snapshot, after: Snapshot): string {
  const states = new Map(before.servers.map((server) => [server.name, server.state]));
  return after.servers
    .filter((server) => states.get(server.name) !== server.state)
    .map((server) => text.announced(server.name, text.states[server.state]))
    .join(". ");
}
