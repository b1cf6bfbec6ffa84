import { describe, expect, it } from "vitest";
import { scenarios } from "../ipc/fake/scenarios";
import { keeping, saysTheSame } from "./same";

describe("plain data", () => {
  it("says the same at any depth, or not", () => {
    expect(saysTheSame({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true);
    expect(saysTheSame({ a: [1, { b: null }] }, { a: [1, { b: 0 }] })).toBe(false);
    expect(saysTheSame({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(saysTheSame({ a: undefined }, { b: undefined })).toBe(false);
    expect(saysTheSame([1, 2], { 0: 1, 1: 2 })).toBe(false);
    expect(saysTheSame(null, {})).toBe(false);
  });
});

describe("servers", () => {
  it("stay the same objects while they say the same", () => {
    const before = scenarios.failing().snapshot.servers;
    const next = structuredClone(before);
    const [first] = next;
    if (first === undefined) throw new Error("there are servers");
    first.summary = "Something else";
    const kept = keeping(before, next);
    expect(kept[0]).toBe(first);
    expect(kept.slice(1)).toEqual(before.slice(1));
    expect(kept.slice(1).every((one, index) => one === before[index + 1])).toBe(true);
  });

  it("come, go and move as the host says", () => {
    const before = scenarios.failing().snapshot.servers;
    const next = structuredClone(before).reverse().slice(1);
    expect(keeping(before, next).map(({ name }) => name)).toEqual(next.map(({ name }) => name));
  });
});
