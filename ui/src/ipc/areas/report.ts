import { commands, type ReportPlace, type ReportView } from "../bindings";

/** A report: gathered, shown, saved as it was shown. Nothing is sent. */
export interface ReportBackend {
  prepareReport(): Promise<ReportView>;
  /** The file that it became; `null` where the person chose none. */
  saveReport(token: string, place: ReportPlace): Promise<string | null>;
  showReport(): Promise<void>;
  openTracker(): Promise<void>;
}

export const report: ReportBackend = {
  prepareReport: commands.prepareReport,
  saveReport: commands.saveReport,
  showReport: async () => {
    await commands.showReport();
  },
  openTracker: async () => {
    await commands.openTracker();
  },
};
