// What the palette offers. Each area adds a list of its own; an act is a sentence and what it does.
import type { Health, Snapshot } from "../ipc/backend";
import type { App } from "../state/app";
import { href, parse, type Place, serversAt } from "../state/routes";
import { text } from "../text";
import { plain } from "../components/prose";

export interface PaletteAct {
  /** Unlike every other act's. */
  id: string;
  name: string;
  /** Told beside the name. */
  detail?: string;
  /** The state of the server that it leads to. */
  state?: Health;
  run: () => void | Promise<void>;
}

/** Computed anew each time the palette opens. */
type Acts = (app: App, snapshot: Snapshot, places: readonly Place[]) => PaletteAct[];

const words = text.palette;

const goToServers: Acts = ({ router }, { servers }) =>
  servers.map(({ name, state, summary }) => ({
    id: href(serversAt(name)),
    name: words.goTo(name),
    detail: summary,
    state,
    run: () => {
      router.go(serversAt(name));
    },
  }));

/** The first fix of a server that can be made here; it is shown first and asked about. */
const fixServers: Acts = ({ router }, { servers }) =>
  servers.flatMap((server) => {
    const fix = server.findings
      .flatMap(({ fixes }) => fixes)
      .find(({ applicability }) => applicability !== "manual");
    if (fix === undefined) return [];
    const route = serversAt(server.name, { fix: fix.id });
    return [
      {
        id: href(route),
        name: words.fix(server.name),
        detail: plain(fix.title),
        state: server.state,
        run: () => {
          router.go(route);
        },
      },
    ];
  });

const openLogs: Acts = ({ backend }, { servers }) =>
  servers.map(({ name }) => ({
    id: `log ${name}`,
    name: words.openLog(name),
    run: () => backend.openLog(name),
  }));

/** What stands in a place of its own for each server of the config. */
const inPlaces: Acts = ({ router }, { servers }, places) => {
  const offered = [
    { place: "config", name: words.edit },
    { place: "reset", name: words.reset },
  ] as const;
  return offered
    .filter(({ place }) => places.includes(place))
    .flatMap(({ place, name }) =>
      servers
        .filter(({ source }) => source === "config")
        .map(({ name: server }) => ({
          id: href({ place, server }),
          name: name(server),
          run: () => {
            router.go({ place, server });
          },
        })),
    );
};

/** Asked about on the server's page, with what it changes. */
const switchServers: Acts = ({ router }, { servers }) =>
  servers
    .filter(({ source }) => source === "config")
    .map(({ name, state }) => {
      const route = serversAt(name, { switching: true });
      return {
        id: href(route),
        name: state === "off" ? words.switchOn(name) : words.switchOff(name),
        run: () => {
          router.go(route);
        },
      };
    });

const goToPlaces: Acts = ({ router }, _snapshot, places) =>
  places.map((place) => ({
    id: `place ${place}`,
    name: text.places[place],
    run: () => {
      router.go(parse(`#/${place}`));
    },
  }));

const openFiles: Acts = ({ backend }, { claude }) => [
  ...(claude.config_path === null
    ? []
    : [{ id: "config", name: text.claude.openConfig, run: () => backend.openConfig() }]),
  { id: "folder", name: words.openFolder, run: () => backend.openFolder() },
];

/** In the order in which they stand while nothing is typed. */
const ALL: readonly Acts[] = [
  fixServers,
  goToServers,
  goToPlaces,
  openFiles,
  openLogs,
  inPlaces,
  switchServers,
];

export const paletteActs: Acts = (app, snapshot, places) =>
  ALL.flatMap((acts) => acts(app, snapshot, places));
