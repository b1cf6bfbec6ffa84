// What every screen may reach: handed down from `main.ts`, never imported as a global.
import { createContext } from "svelte";
import type { Backend } from "../ipc/backend";
import { Live } from "./live.svelte";
import { Repairs } from "./repairs.svelte";
import { Restart } from "./restart.svelte";
import { Router } from "./route.svelte";
import { Chosen } from "./settings.svelte";
import { SignIns } from "./sign-ins.svelte";
import { Updates } from "./updates.svelte";

export interface App {
  backend: Backend;
  live: Live;
  repairs: Repairs;
  restart: Restart;
  router: Router;
  chosen: Chosen;
  signIns: SignIns;
  updates: Updates;
}

export const [useApp, provideApp] = createContext<App>();

export function appOn(backend: Backend): App {
  return {
    backend,
    live: new Live(backend),
    repairs: new Repairs(),
    restart: new Restart(backend),
    router: new Router(),
    chosen: new Chosen(backend),
    signIns: new SignIns(backend),
    updates: new Updates(backend),
  };
}
