import { describe, expect, it, vi } from "vitest";
import type { Change, Preview } from "../ipc/backend";
import { Proposal } from "./proposal.svelte";

const preview = (token: string): Preview => ({
  token,
  file: "claude_desktop_config.json",
  fix_title: "Give it port 4201",
  lines: [],
  things: [],
  notes: [],
  claude_running: true,
  closing: "offered",
});
const change: Change = {
  id: "1",
  at: "2026-11-21T10:43:00Z",
  title: "Give it port 4201",
  file: "claude_desktop_config.json",
  server: "coda",
  undone: false,
  can_undo: true,
  why_not: null,
  left: [],
};

describe("a proposed change", () => {
  it("carries out what it has shown", async () => {
    const carryOut = vi.fn(() => Promise.resolve(change));
    const proposal = new Proposal({ preview: () => Promise.resolve(preview("one")), carryOut });
    await vi.waitUntil(() => proposal.phase === "shown");
    expect(await proposal.carryOut()).toEqual(change);
    expect(carryOut).toHaveBeenCalledExactlyOnceWith("one");
    expect(await proposal.carryOut()).toBeNull();
  });

  it("writes nothing before it has been shown", async () => {
    const carryOut = vi.fn(() => Promise.resolve(change));
    const proposal = new Proposal({ preview: () => new Promise(() => undefined), carryOut });
    expect(await proposal.carryOut()).toBeNull();
    expect(carryOut).not.toHaveBeenCalled();
  });

  it("shows the new difference instead of writing over somebody else's change", async () => {
    const tokens = ["old", "new"];
    const carryOut = vi
      .fn<(token: string) => Promise<Change>>()
      .mockRejectedValueOnce({ code: "stale-preview", message: "changed", hint: null })
      .mockResolvedValueOnce(change);
    const proposal = new Proposal({
      preview: () => Promise.resolve(preview(tokens.shift() ?? "none")),
      carryOut,
    });
    await vi.waitUntil(() => proposal.phase === "shown");
    expect(await proposal.carryOut()).toBeNull();
    expect(proposal).toMatchObject({ phase: "shown", stale: true, preview: { token: "new" } });
    expect(await proposal.carryOut()).toEqual(change);
  });

  it("keeps the reason why it was refused, and may be worked out again", async () => {
    const failure = { code: "not-possible", message: "write-protected", hint: null };
    const ask = vi
      .fn<() => Promise<Preview>>()
      .mockRejectedValueOnce(failure)
      .mockResolvedValueOnce(preview("two"));
    const proposal = new Proposal({ preview: ask, carryOut: () => Promise.resolve(change) });
    await vi.waitUntil(() => proposal.phase === "refused");
    expect(proposal.failure).toEqual(failure);
    await proposal.workOut();
    expect(proposal).toMatchObject({ phase: "shown", failure: null });
  });

  it("names what is no answer of the host an internal mistake", async () => {
    const proposal = new Proposal({
      preview: () => Promise.reject(new TypeError("boom")),
      carryOut: () => Promise.resolve(change),
    });
    await vi.waitUntil(() => proposal.phase === "refused");
    expect(proposal.failure).toEqual({ code: "internal", message: "boom", hint: null });
  });
});
