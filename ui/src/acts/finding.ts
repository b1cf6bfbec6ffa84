import type { FindingView, ServerView } from "../ipc/backend";
import type { Repair } from "../state/repairs.svelte";

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
