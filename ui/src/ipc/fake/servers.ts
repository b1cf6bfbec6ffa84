import type { ServersBackend } from "../backend";
import { refuse, type World } from "./world";

export const servers = (world: World): ServersBackend => ({
  snapshot: () =>
    world.scenario.trouble === "host-unreachable"
      ? refuse("io", "Claude's log folder cannot be read.", "Is the drive connected?")
      : Promise.resolve(world.scenario.snapshot),
  onSnapshot: (heard) => {
    if (world.scenario.trouble === "host-unreachable") heard(world.scenario.snapshot);
    if (world.scenario.restless) setInterval(stir, 100, world);
    return Promise.resolve(world.hear(heard));
  },
  openLog: () => Promise.resolve(),
});

/** Each hundredth server is another way, and all of them come anew, as they do from a host. */
function stir(world: World): void {
  const servers = structuredClone(world.scenario.snapshot.servers);
  for (const [index, server] of servers.entries()) {
    if (index % 100 !== 50) continue;
    server.state = server.state === "connected" ? "starting" : "connected";
    server.summary = server.state === "connected" ? "Answers" : "Starts";
  }
  world.push({ servers });
}
