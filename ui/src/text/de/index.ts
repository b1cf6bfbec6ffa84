// Alles, was das Fenster auf Deutsch sagt. Der Typ verlangt jeden Satz, den es auf Englisch gibt.
import type { Text } from "..";
import { acts } from "./acts";
import { add } from "./add";
import { changes } from "./changes";
import { check } from "./check";
import { config } from "./config";
import { firewall } from "./firewall";
import { frame } from "./frame";
import { history } from "./history";
import { leave } from "./leave";
import { log } from "./log";
import { palette } from "./palette";
import { report } from "./report";
import { servers } from "./servers";
import { settings } from "./settings";
import { signIns } from "./sign-ins";
import { updates } from "./updates";
import { welcome } from "./welcome";

export const text: Text = {
  acts,
  add,
  ...changes,
  check,
  config,
  firewall,
  ...frame,
  history,
  leave,
  log,
  ...palette,
  report,
  ...servers,
  settings,
  signIns,
  updates,
  welcome,
};
