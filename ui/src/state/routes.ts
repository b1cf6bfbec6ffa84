// Every place there is, as an address: `#/servers/coda/fix/spaces-to-env`.

export const TABS = ["overview", "log", "tools", "sign-in", "entry"] as const;
/** A part of a server's page. */
export type Tab = (typeof TABS)[number];

export type Route =
  | {
      place: "servers";
      server: string | null;
      tab: Tab;
      fix: string | null;
      proof: string | null;
      /** Whether it is asked about switching the server off or on. */
      switching: boolean;
    }
  | { place: "config"; server: string | null }
  | {
      place: "sign-ins";
      server: string | null;
      account: string | null;
      /** The entry for which signing in begins at once. */
      begin: string | null;
    }
  | { place: "history"; change: string | null }
  | { place: "settings"; section: string | null }
  | { place: "add" }
  | { place: "reset"; server: string | null }
  | { place: "restart" }
  | { place: "report" }
  | { place: "firewall" }
  | { place: "leave" }
  | { place: "setup"; fix: string | null }
  | { place: "welcome" };

export type Place = Route["place"];
/** The route of one place. */
export type RouteOf<P extends Place> = Extract<Route, { place: P }>;

/** The list of servers, or the page of one. */
export const serversAt = (
  server: string | null = null,
  more: { tab?: Tab; fix?: string | null; proof?: string | null; switching?: boolean } = {},
): RouteOf<"servers"> => ({
  place: "servers",
  server,
  tab: (more.proof ?? null) === null ? (more.tab ?? "overview") : "log",
  fix: more.fix ?? null,
  proof: more.proof ?? null,
  switching: more.switching ?? false,
});

/** The list of sign-ins, the page of one, or where one begins. */
export const signInsAt = (
  more: { server?: string | null; account?: string | null; begin?: string | null } = {},
): RouteOf<"sign-ins"> => ({
  place: "sign-ins",
  server: more.server ?? null,
  account: more.account ?? null,
  begin: more.begin ?? null,
});

/** An address that leads nowhere leads to the servers. */
export function parse(hash: string): Route {
  const [place, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  const [first = null, second = null] = rest.map((part) => (part === "" ? null : part));
  switch (place) {
    case "config":
      return { place, server: first };
    case "sign-ins":
      return first === "begin"
        ? signInsAt({ begin: second })
        : signInsAt({ server: first, account: first === null ? null : second });
    case "history":
      return { place, change: first };
    case "settings":
      return { place, section: first };
    case "add":
    case "restart":
    case "report":
    case "firewall":
    case "leave":
    case "welcome":
      return { place };
    case "reset":
      return { place, server: first };
    case "setup":
      return { place, fix: fixOf(rest) };
    case "servers":
      return serversAt(
        first,
        first === null
          ? {}
          : {
              tab: tabOf(second),
              fix: fixOf(rest.slice(1)),
              proof: proofOf(rest.slice(1)),
              switching: second === "switch",
            },
      );
    default:
      return serversAt();
  }
}

export function href(route: Route): string {
  return `#/${[route.place, ...detail(route)]
    .filter((part) => part !== null)
    .map(encodeURIComponent)
    .join("/")}`;
}

/** What stands behind the place. */
function detail(route: Route): (string | null)[] {
  switch (route.place) {
    case "servers":
      if (route.fix !== null) return [route.server, "fix", route.fix];
      if (route.switching) return [route.server, "switch"];
      if (route.proof !== null) return [route.server, "log", "proof", route.proof];
      return [route.server, route.tab === "overview" ? null : route.tab];
    case "config":
    case "reset":
      return [route.server];
    case "sign-ins":
      return route.begin === null ? [route.server, route.account] : ["begin", route.begin];
    case "history":
      return [route.change];
    case "settings":
      return [route.section];
    case "add":
    case "restart":
    case "report":
    case "firewall":
    case "leave":
    case "welcome":
      return [];
    case "setup":
      return route.fix === null ? [] : ["fix", route.fix];
  }
}

const tabOf = (word: string | null): Tab => TABS.find((tab) => tab === word) ?? "overview";

function fixOf([word, fix]: string[]): string | null {
  return word === "fix" && fix !== undefined && fix !== "" ? fix : null;
}

/** The finding whose line in the log is shown. */
function proofOf([tab, word, finding]: string[]): string | null {
  return tab === "log" && word === "proof" && finding !== undefined && finding !== "" ? finding : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
