import { expect, it } from "vitest";
import { coda } from "../ipc/fake/examples";
import { Repairs } from "./repairs.svelte";

const change = (id: string) => ({
  id,
  at: "2026-11-21T10:43:00Z",
  title: "",
  file: "",
  server: "coda",
  undone: false,
  can_undo: true,
  why_not: null,
  left: [],
});
const failingSince = (since: string) => ({ ...coda(), since });

it("is remembered with its server until it is taken back", () => {
  const repairs = new Repairs();
  repairs.add({ change: change("1"), server: "coda", finding: "windows-path-space", kind: "edit" });
  expect(repairs.of(failingSince("2026-11-21T10:42:00Z"))?.change.id).toBe("1");
  expect(repairs.of({ ...coda(), name: "linear" })).toBeUndefined();
  expect(repairs.ofSetup()).toBeUndefined();
  repairs.forget("1");
  expect(repairs.of(failingSince("2026-11-21T10:42:00Z"))).toBeUndefined();
});

it("is not claimed for a server that has failed again since", () => {
  const repairs = new Repairs();
  repairs.add({ change: change("1"), server: "coda", finding: "windows-path-space", kind: "edit" });
  expect(repairs.of(failingSince("2026-11-21T10:43:00.5Z"))).toBeUndefined();
});
