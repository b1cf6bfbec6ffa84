import { Channel } from "@tauri-apps/api/core";
import {
  type BridgeView,
  commands,
  type LogFileView,
  type LogFilter,
  type LogHits,
  type LogMark,
  type LogSlice,
  type NewLines,
  type Place,
  type ProbeNews,
  type ProbeView,
  type ToolsView,
  type TrialNews,
  type TrialView,
  type Turn,
} from "../bindings";

/** One log of a server; the first of its logs where none is named. */
export interface LogOf {
  server: string;
  file: string | null;
}

/** What a server's own page asks for beyond the snapshot. */
export interface ServerBackend {
  logFiles(server: string): Promise<LogFileView[]>;
  /** A part of a log; its end where no place is named. */
  logSlice(of: LogOf, filter: LogFilter, turn: Turn, place: Place | null): Promise<LogSlice>;
  /** Calls `heard` with what is written behind a place until the returned function is called. */
  followLog(of: LogOf, filter: LogFilter, place: Place, heard: (news: NewLines) => void): Promise<() => void>;
  /** Searches a whole log. A new search ends the one before. */
  searchLog(of: LogOf, filter: LogFilter, text: string, heard: (hits: LogHits) => void): Promise<void>;
  logMarks(of: LogOf): Promise<LogMark[]>;
  /** `null` where it was cancelled. */
  tryServer(server: string, heard: (news: TrialNews) => void): Promise<TrialView | null>;
  cancelTrial(): Promise<void>;
  probeServer(server: string, heard: (news: ProbeNews) => void): Promise<ProbeView>;
  tools(server: string): Promise<ToolsView | null>;
  bridges(server: string): Promise<BridgeView[]>;
  endBridge(process: number): Promise<void>;
}

export const server: ServerBackend = {
  logFiles: commands.logFiles,
  logSlice: ({ server, file }, filter, turn, place) => commands.logSlice(server, file, filter, turn, place),
  followLog: async ({ server, file }, filter, place, heard) => {
    await commands.followLog(server, file, filter, place, told(heard));
    return () => void commands.endLog();
  },
  searchLog: async ({ server, file }, filter, text, heard) => {
    await commands.searchLog(server, file, filter, text, told(heard));
  },
  logMarks: ({ server, file }) => commands.logMarks(server, file),
  tryServer: (server, heard) => commands.tryServer(server, told(heard)),
  cancelTrial: async () => {
    await commands.cancelTrial();
  },
  probeServer: (server, heard) => commands.probeServer(server, told(heard)),
  tools: commands.tools,
  bridges: commands.bridges,
  endBridge: async (process) => {
    await commands.endBridge(process);
  },
};

/** A channel on which the host tells what goes on. */
export function told<T>(heard: (news: T) => void): Channel<T> {
  const channel = new Channel<T>();
  channel.onmessage = heard;
  return channel;
}
