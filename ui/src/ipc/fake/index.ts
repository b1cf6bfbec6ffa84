// A host that is nothing but the interface: invented servers, and a memory of what was done with them.
import type { Backend } from "../backend";
import { changes } from "./changes";
import { config } from "./config";
import { type ScenarioName, scenarios } from "./scenarios";
import { servers } from "./servers";
import { settings } from "./settings";
import { World } from "./world";

/** Takes `failing` where the name is none of the scenarios. */
export function fake(name: string | null): Backend {
  const known = name !== null && name in scenarios ? (name as ScenarioName) : "failing";
  const world = new World(scenarios[known]());
  const made = changes(world);
  return { ...made, ...config(world, made), ...servers(world), ...settings(world) };
}
