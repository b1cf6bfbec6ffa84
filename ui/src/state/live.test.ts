import { describe, expect, it, vi } from "vitest";
import type { Backend, Snapshot } from "../ipc/backend";
import { fake } from "../ipc/fake";
import { scenarios } from "../ipc/fake/scenarios";
import { Live } from "./live.svelte";

const snapshot = (more: Partial<Snapshot>): Snapshot => ({ ...scenarios.healthy().snapshot, ...more });

/** A host that answers with `asked`; what it pushes is up to the test. */
function host(asked: () => Promise<Snapshot>): { backend: Backend; push: (snapshot: Snapshot) => void } {
  let heard: (snapshot: Snapshot) => void = () => undefined;
  const backend: Backend = Object.assign(fake(null), {
    snapshot: asked,
    onSnapshot: (listener: typeof heard) => {
      heard = listener;
      return Promise.resolve(() => {
        heard = () => undefined;
      });
    },
  });
  return {
    backend,
    push: (one) => {
      heard(one);
    },
  };
}

describe("what the host sees", () => {
  it("is asked for once and replaced by what is pushed", async () => {
    const { backend, push } = host(() => Promise.resolve(snapshot({ generation: 3 })));
    const live = new Live(backend);
    await live.start();
    push(snapshot({ generation: 4, servers: [] }));
    expect(live.snapshot?.servers).toEqual([]);
  });

  it("is never replaced by something older that arrives late", async () => {
    const { backend, push } = host(() => Promise.resolve(snapshot({ generation: 3 })));
    const live = new Live(backend);
    await live.start();
    push(snapshot({ generation: 2, servers: [] }));
    expect(live.snapshot?.generation).toBe(3);
  });

  it("stays while the host does not answer, and the failure says that it is old", async () => {
    const failure = { code: "io" as const, message: "no", hint: null };
    const asked = vi.fn<() => Promise<Snapshot>>().mockResolvedValueOnce(snapshot({}));
    const { backend } = host(asked);
    const live = new Live(backend);
    await live.start();
    asked.mockRejectedValueOnce(failure);
    await live.ask();
    expect(live.failure).toEqual(failure);
    expect(live.snapshot).not.toBeNull();
    asked.mockResolvedValueOnce(snapshot({ generation: 9 }));
    await live.ask();
    expect(live.failure).toBeNull();
  });

  it("is no longer heard after the end", async () => {
    const { backend, push } = host(() => Promise.resolve(snapshot({ generation: 3 })));
    const live = new Live(backend);
    const stop = await live.start();
    stop();
    push(snapshot({ generation: 4 }));
    expect(live.snapshot?.generation).toBe(3);
  });

  it("is announced where a state changes, and only there", async () => {
    const { backend, push } = host(() => Promise.resolve(snapshot({ generation: 1 })));
    const live = new Live(backend);
    await live.start();
    expect(live.announcement).toBe("");
    push(snapshot({ generation: 2, read_at: "2026-11-21T10:00:00Z" }));
    expect(live.announcement).toBe("");
    const [first, ...rest] = snapshot({}).servers;
    if (first === undefined) throw new Error("the scenario has servers");
    push(snapshot({ generation: 3, servers: [{ ...first, state: "failing" }, ...rest] }));
    expect(live.announcement).toBe(`${first.name}: Failing`);
  });
});
