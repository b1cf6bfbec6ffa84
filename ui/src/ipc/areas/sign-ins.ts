import { Channel } from "@tauri-apps/api/core";
import {
  commands,
  type ImportDoneView,
  type ImportPreview,
  type NamedSecret,
  type OldFiles,
  type SignInProgress,
  type SignInsView,
  type SignInView,
  type SignOutDone,
  type SignOutPreview,
} from "../bindings";

/** Sign-ins, by server and account, and named secrets. */
export interface SignInsBackend {
  signIns(): Promise<SignInsView>;
  /** Resolves when somebody has signed in: `null` where the server wants nobody to. */
  signIn(
    server: string,
    account: string,
    heard: (progress: SignInProgress) => void,
  ): Promise<SignInView | null>;
  cancelSignIn(server: string, account: string): Promise<void>;
  previewSignOut(server: string, account: string): Promise<SignOutPreview>;
  signOut(server: string, account: string): Promise<SignOutDone>;
  previewImport(server: string, account: string): Promise<ImportPreview>;
  importSignIn(server: string, account: string, oldFiles: OldFiles): Promise<ImportDoneView>;
  secrets(): Promise<NamedSecret[]>;
  setSecret(name: string, value: string): Promise<void>;
  removeSecret(name: string): Promise<void>;
  revealNamedSecret(name: string): Promise<string>;
}

export const signIns: SignInsBackend = {
  signIns: commands.signIns,
  signIn: (server, account, heard) => {
    const progress = new Channel<SignInProgress>();
    progress.onmessage = heard;
    return commands.signIn(server, account, progress);
  },
  cancelSignIn: async (server, account) => {
    await commands.cancelSignIn(server, account);
  },
  previewSignOut: commands.previewSignOut,
  signOut: commands.signOut,
  previewImport: commands.previewImport,
  importSignIn: commands.importSignIn,
  secrets: commands.secrets,
  setSecret: async (name, value) => {
    await commands.setSecret(name, value);
  },
  removeSecret: async (name) => {
    await commands.removeSecret(name);
  },
  revealNamedSecret: commands.revealNamedSecret,
};
