import {
  commands,
  type KeepSecrets,
  type OfferedView,
  type Preview,
  type ProbeNews,
  type ProbeView,
} from "../bindings";
import { told } from "./server";

/** A server that is added. What was pasted stays with the host and is chosen by its number. */
export interface AddBackend {
  readOffer(text: string): Promise<OfferedView[]>;
  probeOffer(number: number, heard: (news: ProbeNews) => void): Promise<ProbeView>;
  previewAdd(number: number, name: string, keep: KeepSecrets): Promise<Preview>;
}

export const add: AddBackend = {
  readOffer: commands.readOffer,
  probeOffer: (number, heard) => commands.probeOffer(number, told(heard)),
  previewAdd: commands.previewAdd,
};
