import type { SignInView } from "../../ipc/backend";
import type { SignIns } from "../../state/sign-ins.svelte";
import { text } from "../../text";

/** Has somebody sign in to that account. */
export function beginAt(signIns: SignIns, { server, account }: SignInView): Promise<void> {
  const { done } = text.signIns;
  return signIns.signIn(server, account, (kept) => (kept === null ? done.notNeeded : done.signedIn));
}
