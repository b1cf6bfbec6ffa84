import type { ServersBackend } from "../backend";
import { refuse, type World } from "./world";

export const servers = (world: World): ServersBackend => ({
  snapshot: () =>
    world.scenario.trouble === "host-unreachable"
      ? refuse("io", "Claude's log folder cannot be read.", "Is the drive connected?")
      : Promise.resolve(world.scenario.snapshot),
  onSnapshot: (heard) => {
    if (world.scenario.trouble === "host-unreachable") heard(world.scenario.snapshot);
    return Promise.resolve(world.hear(heard));
  },
  openLog: () => Promise.resolve(),
});
