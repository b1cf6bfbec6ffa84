// @vitest-environment node
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- a plain script has no types
// @ts-ignore
import { fingerprint, renderAll } from "./icons.js";

const ICONS = new URL("../../icons/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", ICONS), "utf8")) as {
  sources: string;
  files: string[];
};

it("has rendered the drawings as they are now (npm run icons)", () => {
  expect(manifest.sources).toBe((fingerprint as () => string)());
});

it("has every render that the drawings call for", () => {
  expect(manifest.files).toEqual([...(renderAll as () => Map<string, unknown>)().keys()]);
  expect(manifest.files.filter((file) => !existsSync(new URL(file, ICONS)))).toEqual([]);
});

it("keeps each size of the tray at that size, with an alpha channel", () => {
  for (const file of manifest.files.filter((name) => name.startsWith("tray/"))) {
    const png = readFileSync(new URL(file, ICONS));
    const size = Number(/-(\d+)\.png$/.exec(file)?.[1] ?? 32);
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[25]], file).toEqual([size, size, 6]);
  }
});

it("gives each state a shape of its own, in one colour and at the smallest size", () => {
  const shapes = ["connected", "starting", "needs-sign-in", "failing", "idle"].map((state) =>
    readFileSync(new URL(`tray/${state}-template-16.png`, ICONS)).toString("base64"),
  );
  expect(new Set(shapes).size).toBe(5);
});
