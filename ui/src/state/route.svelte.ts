// Where the person is, as an address: `#/servers/coda/fix/spaces-to-env`.

export type Route =
  | { place: "servers"; server: string | null; fix: string | null }
  | { place: "setup"; fix: string | null }
  | { place: "history"; change: string | null };

/** An address that leads nowhere leads to the servers. */
export function parse(hash: string): Route {
  const [place, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decoded);
  if (place === "history") return { place, change: rest[0] ?? null };
  if (place === "setup") return { place, fix: fixOf(rest) };
  const [server, ...act] = place === "servers" ? rest : [];
  return { place: "servers", server: server ?? null, fix: server === undefined ? null : fixOf(act) };
}

export function href(route: Route): string {
  const parts = ((): (string | null)[] => {
    switch (route.place) {
      case "servers":
        return ["servers", route.server, ...(route.fix === null ? [] : ["fix", route.fix])];
      case "setup":
        return ["setup", ...(route.fix === null ? [] : ["fix", route.fix])];
      case "history":
        return ["history", route.change];
    }
  })();
  return `#/${parts
    .filter((part) => part !== null)
    .map(encodeURIComponent)
    .join("/")}`;
}

export class Router {
  route = $state.raw<Route>(parse(window.location.hash));

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const follow = () => {
      const next = parse(window.location.hash);
      if (href(next) !== href(this.route)) this.route = next;
    };
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("hashchange", follow);
    };
  }

  go(route: Route): void {
    this.route = route;
    window.location.hash = href(route);
  }
}

function fixOf([word, fix]: string[]): string | null {
  return word === "fix" && fix !== undefined && fix !== "" ? fix : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
