// A host that is nothing but the interface: invented servers, and a memory of what was done with them.
import type { Backend } from "../backend";
import { add } from "./add";
import { changes } from "./changes";
import { claude } from "./claude";
import { config } from "./config";
import { report } from "./report";
import { type ScenarioName, scenarios } from "./scenarios";
import { server } from "./server";
import { servers } from "./servers";
import { settings } from "./settings";
import { signIns } from "./sign-ins";
import { updates } from "./updates";
import { World } from "./world";

/** Takes `failing` where the name is none of the scenarios. */
export function fake(name: string | null): Backend {
  const known = name !== null && name in scenarios ? (name as ScenarioName) : "failing";
  const world = new World(scenarios[known]());
  const made = changes(world);
  const file = config(world, made);
  const own = server(world);
  return {
    ...made,
    ...add(world, made, own),
    ...claude(world, { ...made, ...file }),
    ...file,
    ...own,
    ...report(world),
    ...servers(world),
    ...settings(world),
    ...signIns(world),
    ...updates(world),
  };
}
