import { describe, expect, it, vi } from "vitest";
import type { Backend, Change, RestartNews } from "../ipc/backend";
import { Restart } from "./restart.svelte";

const change = { id: "1" } as Change;
const news = (step: RestartNews["step"], more: Partial<RestartNews> = {}): RestartNews => ({
  step,
  ended: 0,
  still: [],
  change: null,
  servers: [],
  trouble: null,
  ...more,
});

describe("a restart of Claude", () => {
  it("tells each step once, and that the change was made before Claude starts", async () => {
    const told: string[] = [];
    const restartClaude: Backend["restartClaude"] = (_token, heard) => {
      for (const one of [news("quitting"), news("quitting", { ended: 1 }), news("starting", { change })])
        heard(one);
      return Promise.resolve(news("done", { change }));
    };
    const restart = new Restart({ restartClaude } as Backend);
    await restart.carryOut("token", {
      step: (step) => told.push(step),
      made: ({ id }) => told.push(`made ${id}`),
    });
    expect(told).toEqual(["quitting", "made 1", "starting", "done"]);
    expect(restart.isAbout("1")).toBe(true);
    expect(restart.busy).toBe(false);
    restart.clear();
    expect(restart.isAbout("1")).toBe(false);
  });

  it("is one at a time, and is not forgotten while it goes on", async () => {
    let finish: (news: RestartNews) => void = () => undefined;
    const restartClaude = vi.fn<Backend["restartClaude"]>((_token, heard) => {
      heard(news("quitting"));
      return new Promise((resolve) => (finish = resolve));
    });
    const restart = new Restart({ restartClaude } as unknown as Backend);
    const hearer = { step: () => undefined, made: () => undefined };
    const first = restart.carryOut(null, hearer);
    await restart.carryOut("other", hearer);
    restart.clear();
    expect(restart.news?.step).toBe("quitting");
    finish(news("done"));
    await first;
    expect(restartClaude).toHaveBeenCalledOnce();
  });

  it("keeps why it could not be done", async () => {
    const failure = { code: "io", message: "no", hint: null } as const;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the host rejects with plain data
    const restart = new Restart({ restartClaude: () => Promise.reject(failure) } as unknown as Backend);
    await restart.carryOut(null, { step: () => undefined, made: () => undefined });
    expect(restart.failure).toEqual(failure);
    expect(restart.busy).toBe(false);
  });
});
