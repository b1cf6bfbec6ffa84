import {
  commands,
  type DocumentView,
  type Examined,
  type FormEdit,
  type Mended,
  type MergedDocument,
  type Preview,
  type Switch,
  type TextEdit,
} from "../bindings";

/**
 * The config file as a document. The window holds its text, with a stand-in for each secret, and brings it along with
 * each call; offsets count UTF-16 units, as JavaScript does.
 */
export interface ConfigBackend {
  openConfig(): Promise<void>;
  openDocument(): Promise<DocumentView>;
  documentRevision(): Promise<string>;
  examineDocument(text: string): Promise<Examined>;
  editDocument(text: string, change: FormEdit): Promise<TextEdit[]>;
  discardDraft(): Promise<void>;
  fixDocument(text: string, server: string | null, fix: string): Promise<Mended>;
  bringIntoDocument(text: string, decoy: string): Promise<Mended>;
  revealSecret(number: number): Promise<string>;
  previewDocument(text: string, revision: string): Promise<Preview>;
  mergeDocument(text: string): Promise<MergedDocument>;
  previewSwitch(server: string, to: Switch): Promise<Preview>;
}

export const config: ConfigBackend = {
  openConfig: async () => {
    await commands.openConfig();
  },
  openDocument: commands.openDocument,
  documentRevision: commands.documentRevision,
  examineDocument: commands.examineDocument,
  editDocument: commands.editDocument,
  discardDraft: async () => {
    await commands.discardDraft();
  },
  fixDocument: commands.fixDocument,
  bringIntoDocument: commands.bringIntoDocument,
  revealSecret: commands.revealSecret,
  previewDocument: commands.previewDocument,
  mergeDocument: commands.mergeDocument,
  previewSwitch: commands.previewSwitch,
};
