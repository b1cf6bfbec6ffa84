// The scrolls that must stay smooth.
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import type { Scroll } from "./frames";

interface Scrolled extends Scroll {
  name: string;
  scenario: ScenarioName;
  address: string;
  /** What is there once there is something to scroll. */
  ready: string;
}

const LOG = { address: "#/servers/coda/log", box: "[role=listbox]", ready: "[role=option]" };

const LIST = { address: "", box: ".list", ready: ".list [data-row]" };

export const SCROLLS: readonly Scrolled[] = [
  { name: "1,003 servers", scenario: "thousand", ...LIST, by: 240, turns: 230 },
  { name: "1,003 servers that change", scenario: "restless", ...LIST, by: 240, turns: 230 },
  {
    name: "1,003 servers in the config",
    scenario: "thousand",
    address: "#/config",
    box: ".rail",
    ready: ".rail [data-index]",
    by: 200,
    turns: 180,
  },
  { name: "a log of 100 MB", scenario: "failing", ...LOG, by: -700, turns: 240 },
  { name: "a log with 10,000 lines a second", scenario: "flood", ...LOG, by: -700, turns: 240 },
];
