import { expect, it } from "vitest";
import type { Health } from "../ipc/backend";
import { filesystem } from "../ipc/fake/examples";
import { text } from "../text";
import { groups, matching } from "./groups";

const named = (name: string, state: Health) => ({ ...filesystem(), name, state });

it("puts what needs the person first and keeps the host's order within", () => {
  const grouped = groups([
    named("a", "connected"),
    named("b", "off"),
    named("c", "failing"),
    named("d", "starting"),
    named("e", "needs-sign-in"),
    named("f", "never-seen"),
    named("g", "stopped"),
  ]);
  expect(grouped.map(({ id, servers }) => [id, servers.map(({ name }) => name).join("")])).toEqual([
    ["needsYou", "ce"],
    ["working", "ad"],
    ["notInUse", "bfg"],
  ]);
});

it("has a place for every state there is a word for", () => {
  for (const state of Object.keys(text.states) as Health[])
    expect(groups([named("a", state)])).toHaveLength(1);
});

it("leaves empty groups out", () => {
  expect(groups([named("a", "connected")]).map(({ id }) => id)).toEqual(["working"]);
});

it("finds by name, state and summary, whatever the case", () => {
  const servers = [named("Coda", "failing"), named("linear", "needs-sign-in")];
  expect(matching(servers, " cod ").map(({ name }) => name)).toEqual(["Coda"]);
  expect(matching(servers, "sign-in").map(({ name }) => name)).toEqual(["linear"]);
  expect(matching(servers, "11 TOOLS")).toHaveLength(2);
  expect(matching(servers, "")).toHaveLength(2);
});
