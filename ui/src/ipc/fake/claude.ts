// Claude quit and started again, and a firewall with one rule.
import type { ClaudeBackend, FirewallRuleView, FirewallView, RestartNews, RestartStep } from "../backend";
import { refuse, type World } from "./world";
import type { ChangesBackend } from "../backend";

const STEP = 120;
const pause = () => new Promise((resolve) => setTimeout(resolve, STEP));

export function claude(world: World, changes: ChangesBackend): ClaudeBackend {
  const program = "C:\\Program Files\\nodejs\\node.exe";
  let rules: FirewallRuleView[] = [
    { name: "Node.js JavaScript Runtime", program, allows: true, ours: false },
    { name: "node.exe", program: "D:\\nvm\\v16.20.2\\node.exe", allows: false, ours: false },
  ];
  const firewall = (): FirewallView => {
    const { claude } = world.scenario.snapshot;
    const concerns = !(claude.config_path ?? "C:").startsWith("/");
    if (world.scenario.trouble === "file-is-read-only") return { concerns, rules: null };
    return { concerns, rules: concerns ? rules : [] };
  };
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
    firewall: () => {
      if (world.scenario.trouble === "host-unreachable") {
        return refuse("io", "The firewall's rules could not be read: reg failed.");
      }
      return Promise.resolve(firewall());
    },
    changeFirewall: (change) => {
      const ours = { name: "Bridgekeeper (MCP sign-in)", program, allows: true, ours: true };
      rules = change === "add" ? [...rules, ours] : rules.filter((rule) => !rule.ours);
      return Promise.resolve(firewall());
    },
  };
}
