import type { FindingView, ServerView } from "../ipc/backend";
import type { Repair } from "../state/repairs.svelte";
import type { Route } from "../state/routes";
import { text } from "../text";

/** Findings with a place of their own, where more of it is told and done. */
export const PLACE_OF: Readonly<Partial<Record<string, { route: Route; words: string }>>> = {
  "node-firewall-rule": { route: { place: "firewall" }, words: text.firewall.look },
};

/** What it takes to tell a finding and to mend it. */
export interface FindingProps {
  finding: FindingView;
  /** The server's page it stands on; `null` on the set-up's. */
  server: ServerView | null;
  /** Set once this finding was mended in this window. */
  repair: Repair | undefined;
  /** The fix in the address: the person is being asked about it. */
  asked: string | null;
  addressOf: (fix: string | null) => string;
  go: (fix: string | null) => void;
}
