// The parts of a server's page. A part that stands here has its tab; it is fetched when it is first opened. The
// overview is what the page opens with, so it is not fetched.
import type { Component } from "svelte";
import type { ServerView } from "../../ipc/backend";
import { type Tab, TABS } from "../../state/routes";

/** A part gets the finding in the address, whose proof it shows. */
export type Part = () => Promise<{ default: Component<{ server: ServerView; proof?: string | null }> }>;

export const parts: { readonly [T in Exclude<Tab, "overview">]?: Part } = {
  log: () => import("./log/LogTab.svelte"),
  tools: () => import("./tools/ToolsTab.svelte"),
};

/** In their order. */
export const tabs: readonly Tab[] = TABS.filter((tab) => tab === "overview" || tab in parts);
