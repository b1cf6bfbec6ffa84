// Claude quit and started again, and a firewall with one rule.
import type { ClaudeBackend, FirewallView, RestartNews, RestartStep } from "../backend";
import { refuse, type World } from "./world";
import type { ChangesBackend } from "../backend";

const STEP = 120;
const pause = () => new Promise((resolve) => setTimeout(resolve, STEP));

export function claude(world: World, changes: ChangesBackend): ClaudeBackend {
  let rules = ["Node.js JavaScript Runtime lets in C:\\Program Files\\nodejs\\node.exe"];
  const firewall = (done: string | null): FirewallView => ({
    concerns: true,
    why: "The browser comes back to 127.0.0.1, and a connection from this computer to itself never meets the firewall.",
    rules,
    done,
  });
  return {
    planRestart: () =>
      Promise.resolve({
        runs: world.scenario.snapshot.claude.running === true,
        claudes: 6,
        servers: world.scenario.snapshot.servers.length,
        starts: "explorer.exe",
      }),
    restartClaude: async (token, heard) => {
      if (world.scenario.trouble === "host-unreachable") {
        return refuse("io", "The processes of this computer could not be listed.");
      }
      const names = world.scenario.snapshot.servers.map(({ name }) => name);
      let news: RestartNews = {
        step: "quitting",
        ended: 0,
        still: [],
        change: null,
        servers: [],
        trouble: null,
      };
      const tell = async (step: RestartStep, more: Partial<RestartNews> = {}) => {
        news = { ...news, ...more, step };
        heard(news);
        await pause();
      };
      await tell("quitting");
      if (token !== null) {
        await tell("writing", { ended: 6 });
        news = { ...news, change: await changes.applyFix(token) };
      }
      await tell("starting", { ended: 6 });
      const servers = names.map((name) => ({ name, state: null, why: null }));
      await tell("coming-up", { servers });
      for (const [index] of names.entries()) {
        const now = names.map((name, at) => ({
          name,
          state: at > index ? null : ("connected" as const),
          why: null,
        }));
        await tell("coming-up", { servers: now });
      }
      await tell("done");
      world.push({
        overall: "connected",
        servers: world.scenario.snapshot.servers.map((one) =>
          one.state === "off" ? one : { ...one, state: "connected", since: new Date().toISOString() },
        ),
      });
      return news;
    },
    firewall: () => Promise.resolve(firewall(null)),
    changeFirewall: (change) => {
      const ours = "Bridgekeeper (MCP sign-in) lets in C:\\Program Files\\nodejs\\node.exe";
      rules = change === "add" ? [...rules, ours] : rules.filter((rule) => rule !== ours);
      return Promise.resolve(firewall(change === "add" ? "The rule was added." : "The rule is gone."));
    },
  };
}
