// The desktop host as a backend.
import { changes } from "./areas/changes";
import { config } from "./areas/config";
import { servers } from "./areas/servers";
import { settings } from "./areas/settings";
import type { Backend } from "./backend";

export const tauri: Backend = { ...changes, ...config, ...servers, ...settings };
