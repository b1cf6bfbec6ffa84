// Which screen shows which place. A place that stands here is in the navigation; one that does not leads to the
// servers. A screen is fetched when it is first wanted, so that the window's first content waits for none of them.
import type { Component } from "svelte";
import type { Place, RouteOf } from "../state/routes";

type Screen<P extends Place> = () => Promise<{ default: Component<{ route: RouteOf<P> }> }>;

/** The servers (and the set-up, which stands beside them) are what the window opens with, so they are not fetched. */
export const screens: { readonly [P in Exclude<Place, "servers" | "setup">]?: Screen<P> } = {
  config: () => import("./config/Config.svelte"),
  add: () => import("./add/Add.svelte"),
  history: () => import("./history/History.svelte"),
  settings: () => import("./settings/Settings.svelte"),
  reset: () => import("./reset/Reset.svelte"),
  "sign-ins": () => import("./sign-ins/SignIns.svelte"),
  restart: () => import("./restart/Restart.svelte"),
  report: () => import("./report/Report.svelte"),
  firewall: () => import("./firewall/Firewall.svelte"),
  leave: () => import("./leave/Leave.svelte"),
  welcome: () => import("./welcome/Welcome.svelte"),
};

/** The places of the navigation, in its order. */
export const NAVIGATION = ["servers", "config", "sign-ins", "history", "settings"] as const satisfies Place[];

export const isThere = (place: Place): boolean =>
  place === "servers" || place === "setup" || place in screens;

/** All that can be gone to. */
export const PLACES: readonly Place[] = [
  ...NAVIGATION,
  "add" as const,
  "setup" as const,
  "reset" as const,
  "restart" as const,
  "report" as const,
  "firewall" as const,
  "leave" as const,
  "welcome" as const,
].filter(isThere);
