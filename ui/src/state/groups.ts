// The order of attention: what needs the person, what works, what is not in use.
import type { FindingView, Health, ServerView, Snapshot } from "../ipc/backend";
import { text } from "../text";

export interface Group {
  id: "needsYou" | "working" | "notInUse";
  servers: ServerView[];
}

const GROUP_OF: Readonly<Record<Health, Group["id"]>> = {
  failing: "needsYou",
  "needs-sign-in": "needsYou",
  starting: "working",
  connected: "working",
  stopped: "notInUse",
  "never-seen": "notInUse",
  off: "notInUse",
};

/** Groups without servers are left out; within a group the order is the host's. */
export function groups(servers: readonly ServerView[]): Group[] {
  return (["needsYou", "working", "notInUse"] as const)
    .map((id) => ({ id, servers: servers.filter((server) => GROUP_OF[server.state] === id) }))
    .filter((group) => group.servers.length > 0);
}

export const needsYou = (server: ServerView): boolean => GROUP_OF[server.state] === "needsYou";

/** What of the set-up as a whole needs the person, the first first. */
export const setupTrouble = (snapshot: Snapshot): FindingView[] =>
  snapshot.setup_findings.filter(({ severity }) => severity !== "info");

/** How many rows the list has under "Needs you". */
export const countNeedingYou = (snapshot: Snapshot): number =>
  snapshot.servers.filter(needsYou).length + (setupTrouble(snapshot).length > 0 ? 1 : 0);

/** Those whose name, state or summary holds what was typed. */
export function matching(servers: readonly ServerView[], typed: string): readonly ServerView[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === "") return servers;
  return servers.filter((server) =>
    [server.name, text.states[server.state], server.summary].some((words) =>
      words.toLocaleLowerCase().includes(wanted),
    ),
  );
}
