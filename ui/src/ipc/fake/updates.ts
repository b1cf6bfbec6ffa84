// Updates in every state. What is asked for happens in small steps, so that each can be seen.
import type { UpdatesBackend, UpdateState, UpdatesView } from "../backend";
import { ago } from "./time";
import type { World } from "./world";

const STEP = 120;
const pause = () => new Promise((resolve) => setTimeout(resolve, STEP));
const SIZE = 21_480_000;

const NOTES = `- Two bridges of one server are told apart in the window.
- A sign-in that waits is found again after a restart, also where the browser
  was closed before the server had answered.
- German: clearer words for locked keyrings.

Everything that is new: CHANGELOG.md`;

const STATES = {
  none: { is: "up-to-date" },
  "not-looked": { is: "not-looked" },
  looking: { is: "looking" },
  found: { is: "found" },
  downloading: { is: "downloading", received: 8_592_000, of: SIZE },
  ready: { is: "ready" },
  waiting: { is: "waiting", work: "sign-in" },
  installing: { is: "installing" },
  updated: { is: "not-looked" },
  forged: {
    is: "failed",
    why: "signature",
    detail: "The signature was created with a different key than the one provided",
  },
  unreachable: {
    is: "failed",
    why: "network",
    detail: "connect https://releases.example.com: Connection refused (os error 111)",
  },
  refused: { is: "failed", why: "not-installed", detail: "Authentication failed or was cancelled" },
  policy: { is: "off", by: { who: "policy", decided: "Example Ltd (set in /etc/bridgekeeper/policy.json)" } },
  build: { is: "off", by: { who: "build" } },
  packages: { is: "off", by: { who: "packages", command: "apt" } },
  rights: { is: "off", by: { who: "rights" } },
  place: { is: "off", by: { who: "place" } },
} satisfies Record<string, UpdateState>;

/** How it stands with updates. */
export type FakeUpdate = keyof typeof STATES;

const WITHOUT_RELEASE: FakeUpdate[] = [
  "none",
  "not-looked",
  "looking",
  "updated",
  "unreachable",
  "policy",
  "build",
  "packages",
  "rights",
  "place",
];

export function updates(world: World): UpdatesBackend {
  const name = world.scenario.update ?? "none";
  let view: UpdatesView = {
    version: "0.1.0",
    replaced: name === "updated" ? "0.0.9" : null,
    looked_at: ["not-looked", "updated"].includes(name) ? null : ago(3, 20),
    state: STATES[name],
    release: WITHOUT_RELEASE.includes(name)
      ? null
      : { version: "0.2.0", date: "2026-11-21T09:00:00Z", notes: NOTES, size: SIZE },
  };
  const hearers = new Set<(view: UpdatesView) => void>();
  const tell = (state: UpdateState) => {
    view = { ...view, state };
    for (const heard of hearers) heard(view);
    return view;
  };
  const through = async (...states: UpdateState[]) => {
    for (const state of states) {
      tell(state);
      await pause();
    }
    return view;
  };
  return {
    updates: () => Promise.resolve(view),
    onUpdates: (heard) => {
      hearers.add(heard);
      return Promise.resolve(() => hearers.delete(heard));
    },
    lookForUpdate: async () => {
      await through({ is: "looking" });
      view = { ...view, looked_at: new Date().toISOString() };
      return tell(view.release === null ? { is: "up-to-date" } : { is: "found" });
    },
    downloadUpdate: () =>
      through(
        ...[0.2, 0.6, 1].map((part): UpdateState => ({ is: "downloading", received: SIZE * part, of: SIZE })),
        { is: "ready" },
      ),
    installUpdate: () => through({ is: "installing" }),
    postponeUpdate: () => Promise.resolve(tell({ is: "ready" })),
  };
}
