// Where the person is.
import { href, parse, type Route } from "./routes";

export class Router {
  route = $state.raw<Route>(parse(window.location.hash));
  /** Asked before another place is shown; who says no keeps the person where they are. */
  mayLeave: (next: Route) => boolean = () => true;

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const follow = () => {
      const next = parse(window.location.hash);
      if (href(next) === href(this.route)) return;
      if (next.place === this.route.place || this.mayLeave(next)) this.route = next;
      else window.history.replaceState(null, "", href(this.route));
    };
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("hashchange", follow);
    };
  }

  /** Goes on from a place that is only passed through: the way back does not lead there. */
  replace(route: Route): void {
    this.route = route;
    window.history.replaceState(null, "", href(route));
  }

  go(route: Route): void {
    if (route.place !== this.route.place && !this.mayLeave(route)) return;
    this.route = route;
    window.location.hash = href(route);
  }
}
