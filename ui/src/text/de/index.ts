// Alles, was das Fenster auf Deutsch sagt. Der Typ verlangt jeden Satz, den es auf Englisch gibt.
import type { Text } from "..";
import { changes } from "./changes";
import { config } from "./config";
import { frame } from "./frame";
import { history } from "./history";
import { palette } from "./palette";
import { servers } from "./servers";
import { settings } from "./settings";

export const text: Text = { ...changes, config, ...frame, history, ...palette, ...servers, settings };
