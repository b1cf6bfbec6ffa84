import { expect, it } from "vitest";
import { inSight } from "./in-sight";

it("draws what is in sight and some rows beyond", () => {
  expect(inSight(1000, 50, { top: 5000, height: 600 })).toEqual([88, 124]);
});

it("ends with the rows", () => {
  expect(inSight(1000, 50, { top: 0, height: 600 })).toEqual([0, 24]);
  expect(inSight(1000, 50, { top: 49_400, height: 600 })).toEqual([976, 1000]);
});

it("draws nothing of rows that are far above or far below", () => {
  expect(inSight(3, 50, { top: 5000, height: 600 })).toEqual([3, 3]);
  expect(inSight(3, 50, { top: -5000, height: 600 })).toEqual([0, 0]);
});

it("draws no more of a million", () => {
  const [from, to] = inSight(1_000_000, 24, { top: 12_000_000, height: 760 });
  expect(to - from).toBeLessThan(60);
});
