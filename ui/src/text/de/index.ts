// Alles, was das Fenster auf Deutsch sagt. Der Typ verlangt jeden Satz, den es auf Englisch gibt.
import type { Text } from "..";
import { acts } from "./acts";
import { add } from "./add";
import { changes } from "./changes";
import { check } from "./check";
import { config } from "./config";
import { frame } from "./frame";
import { history } from "./history";
import { log } from "./log";
import { palette } from "./palette";
import { servers } from "./servers";
import { settings } from "./settings";
import { signIns } from "./sign-ins";
import { welcome } from "./welcome";

export const text: Text = {
  acts,
  add,
  ...changes,
  check,
  config,
  ...frame,
  history,
  log,
  ...palette,
  ...servers,
  settings,
  signIns,
  welcome,
};
