// The desktop host as a backend.
import { add } from "./areas/add";
import { changes } from "./areas/changes";
import { claude } from "./areas/claude";
import { config } from "./areas/config";
import { report } from "./areas/report";
import { server } from "./areas/server";
import { servers } from "./areas/servers";
import { settings } from "./areas/settings";
import { signIns } from "./areas/sign-ins";
import { updates } from "./areas/updates";
import type { Backend } from "./backend";

export const tauri: Backend = {
  ...add,
  ...changes,
  ...claude,
  ...config,
  ...report,
  ...server,
  ...servers,
  ...settings,
  ...signIns,
  ...updates,
};
