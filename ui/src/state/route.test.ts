import { describe, expect, it } from "vitest";
import { href, parse, type Route } from "./route.svelte";

const ROUTES: [string, Route][] = [
  ["#/servers", { place: "servers", server: null, fix: null }],
  ["#/servers/coda", { place: "servers", server: "coda", fix: null }],
  ["#/servers/coda/fix/spaces-to-env", { place: "servers", server: "coda", fix: "spaces-to-env" }],
  ["#/servers/%40a%2Fb%20c%25", { place: "servers", server: "@a/b c%", fix: null }],
  ["#/setup", { place: "setup", fix: null }],
  ["#/setup/fix/remove-comma", { place: "setup", fix: "remove-comma" }],
  ["#/history", { place: "history", change: null }],
  ["#/history/20261121-1", { place: "history", change: "20261121-1" }],
];

describe("an address", () => {
  it.each(ROUTES)("%s is a place and the other way round", (address, route) => {
    expect(parse(address)).toEqual(route);
    expect(href(route)).toBe(address);
  });

  it.each(["", "#", "#/", "#/nowhere/at/all"])("%j leads to the servers", (address) => {
    expect(parse(address)).toEqual({ place: "servers", server: null, fix: null });
  });

  it("keeps a name that is not encoded as it should be", () => {
    expect(parse("#/servers/50%")).toMatchObject({ server: "50%" });
  });
});
