// Alles, was das Fenster auf Deutsch sagt. Der Typ verlangt jeden Satz, den es auf Englisch gibt.
import type { Text } from "..";
import { changes } from "./changes";
import { config } from "./config";
import { frame } from "./frame";
import { history } from "./history";
import { servers } from "./servers";

export const text: Text = { ...changes, config, ...frame, history, ...servers };
