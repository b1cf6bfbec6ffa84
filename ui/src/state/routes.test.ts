import { describe, expect, it } from "vitest";
import { href, parse, type Route, serversAt, signInsAt } from "./routes";

const ROUTES: [string, Route][] = [
  ["#/servers", serversAt()],
  ["#/servers/coda", serversAt("coda")],
  ["#/servers/coda/fix/spaces-to-env", serversAt("coda", { fix: "spaces-to-env" })],
  ["#/servers/coda/log", serversAt("coda", { tab: "log" })],
  ["#/servers/coda/switch", serversAt("coda", { switching: true })],
  ["#/servers/coda/sign-in", serversAt("coda", { tab: "sign-in" })],
  ["#/servers/%40a%2Fb%20c%25", serversAt("@a/b c%")],
  ["#/config", { place: "config", server: null }],
  ["#/config/coda", { place: "config", server: "coda" }],
  ["#/sign-ins", signInsAt()],
  ["#/sign-ins/coda/work", signInsAt({ server: "coda", account: "work" })],
  ["#/sign-ins/begin/coda", signInsAt({ begin: "coda" })],
  ["#/setup", { place: "setup", fix: null }],
  ["#/setup/fix/remove-comma", { place: "setup", fix: "remove-comma" }],
  ["#/history", { place: "history", change: null }],
  ["#/history/20261121-1", { place: "history", change: "20261121-1" }],
  ["#/settings", { place: "settings", section: null }],
  ["#/settings/notifications", { place: "settings", section: "notifications" }],
  ["#/add", { place: "add" }],
  ["#/restart", { place: "restart" }],
  ["#/report", { place: "report" }],
  ["#/firewall", { place: "firewall" }],
  ["#/leave", { place: "leave" }],
  ["#/welcome", { place: "welcome" }],
  ["#/reset", { place: "reset", server: null }],
  ["#/reset/coda", { place: "reset", server: "coda" }],
];

describe("an address", () => {
  it.each(ROUTES)("%s is a place and the other way round", (address, route) => {
    expect(parse(address)).toEqual(route);
    expect(href(route)).toBe(address);
  });

  it.each(["", "#", "#/", "#/nowhere/at/all", "#/servers/"])("%j leads to the servers", (address) => {
    expect(parse(address)).toEqual(serversAt());
  });

  it("keeps a name that is not encoded as it should be", () => {
    expect(parse("#/servers/50%")).toMatchObject({ server: "50%" });
  });

  it("shows the overview where a server's page has no such part", () => {
    expect(parse("#/servers/coda/nothing")).toEqual(serversAt("coda"));
  });
});
