import {
  commands,
  type FirewallChange,
  type FirewallView,
  type RestartNews,
  type RestartPlan,
} from "../bindings";
import { told } from "./server";

/** Claude itself, and the firewall. */
export interface ClaudeBackend {
  planRestart(): Promise<RestartPlan>;
  /** Quits Claude, makes the change that was shown where one is named, and starts Claude. */
  restartClaude(token: string | null, heard: (news: RestartNews) => void): Promise<RestartNews>;
  firewall(): Promise<FirewallView>;
  changeFirewall(change: FirewallChange): Promise<FirewallView>;
}

export const claude: ClaudeBackend = {
  planRestart: commands.planRestart,
  restartClaude: (token, heard) => commands.restartClaude(token, told(heard)),
  firewall: commands.firewall,
  changeFirewall: commands.changeFirewall,
};
