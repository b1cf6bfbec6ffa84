import type { Backend } from "./backend";

/**
 * The backend this window has. A production build holds no other than the desktop host; any other build takes the
 * fake where there is no host, in the scenario that the address names: `?scenario=healthy`.
 */
export async function connect(): Promise<Backend> {
  if (import.meta.env.MODE === "production" || "__TAURI_INTERNALS__" in window) {
    return (await import("./tauri")).tauri;
  }
  const { fake } = await import("./fake");
  return fake(new URLSearchParams(window.location.search).get("scenario"));
}
