import {
  commands,
  type KeepSecrets,
  type OfferedFile,
  type OfferedView,
  type Preview,
  type ProbeNews,
  type ProbeView,
} from "../bindings";
import { told } from "./server";

/** A server that is added. What was pasted stays with the host and is chosen by its number. */
export interface AddBackend {
  readOffer(text: string): Promise<OfferedView[]>;
  /** A file that the person chooses in the system's own dialog; `null` where they choose none. */
  openOffer(): Promise<OfferedFile | null>;
  probeOffer(number: number, heard: (news: ProbeNews) => void): Promise<ProbeView>;
  previewAdd(number: number, name: string, keep: KeepSecrets): Promise<Preview>;
}

export const add: AddBackend = {
  readOffer: commands.readOffer,
  openOffer: commands.openOffer,
  probeOffer: (number, heard) => commands.probeOffer(number, told(heard)),
  previewAdd: commands.previewAdd,
};
