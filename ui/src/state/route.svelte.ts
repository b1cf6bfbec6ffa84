// Where the person is.
import { href, parse, type Route } from "./routes";

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
