// The sign-ins and secrets as the host last told them, and the sign-ins that this window is making.
import {
  type Backend,
  failureOf,
  type IpcError,
  type NamedSecret,
  type SignInProgress,
  type SignInsView,
  type SignInView,
} from "../ipc/backend";
import { text } from "../text";

/** How often the list is asked for while a page waits that somebody else opened, in milliseconds. */
const LOOK = 3000;

/** What came of an act on one account. */
export interface Outcome {
  tone: "ok" | "warn" | "bad";
  words: string;
  hint: string | null;
}

export type Making = SignInProgress | "beginning";

/** One for each account. */
type Kept<T> = Readonly<Partial<Record<string, T>>>;

const keyOf = (server: string, account: string): string => JSON.stringify([server, account]);

export class SignIns {
  view = $state.raw<SignInsView | null>(null);
  failure = $state.raw<IpcError | null>(null);
  secrets = $state.raw<readonly NamedSecret[] | null>(null);
  secretsFailure = $state.raw<IpcError | null>(null);
  #making = $state.raw<Kept<Making>>({});
  #outcomes = $state.raw<Kept<Outcome>>({});

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async ask(): Promise<void> {
    const asked = this.#backend.secrets().then(
      (secrets) => {
        this.secrets = secrets;
        this.secretsFailure = null;
      },
      (thrown: unknown) => {
        this.secretsFailure = failureOf(thrown);
      },
    );
    try {
      this.view = await this.#backend.signIns();
      this.failure = null;
    } catch (thrown) {
      this.failure = failureOf(thrown);
    }
    await asked;
  }

  find(server: string, account: string): SignInView | undefined {
    return this.view?.sign_ins.find((one) => one.server === server && one.account === account);
  }

  making(server: string, account: string): Making | undefined {
    return this.#making[keyOf(server, account)];
  }

  outcome(server: string, account: string): Outcome | undefined {
    return this.#outcomes[keyOf(server, account)];
  }

  /** Asks again while somebody else's page waits, until the returned function is called. */
  watch(): () => void {
    const timer = setInterval(() => {
      const waits = this.view?.sign_ins.some(
        ({ server, account, state }) => state === "pending" && this.making(server, account) === undefined,
      );
      if (waits === true && !document.hidden) void this.ask();
    }, LOOK);
    return () => {
      clearInterval(timer);
    };
  }

  /** Has somebody sign in. `done` words what came of it. */
  async signIn(server: string, account: string, done: (kept: SignInView | null) => string): Promise<void> {
    this.tell(server, account, null);
    this.#make(server, account, "beginning");
    try {
      const kept = await this.#backend.signIn(server, account, (progress) => {
        this.#make(server, account, progress);
      });
      this.tell(server, account, { tone: "ok", words: done(kept), hint: null });
    } catch (thrown) {
      const { message, hint } = failureOf(thrown);
      this.tell(server, account, { tone: "bad", words: message, hint });
    }
    this.#make(server, account, null);
    await this.ask();
  }

  async cancel(server: string, account: string): Promise<void> {
    await this.#backend.cancelSignIn(server, account);
  }

  tell(server: string, account: string, outcome: Outcome | null): void {
    this.#outcomes = changed(this.#outcomes, keyOf(server, account), outcome);
  }

  #make(server: string, account: string, making: Making | null): void {
    this.#making = changed(this.#making, keyOf(server, account), making);
  }
}

function changed<T>(all: Kept<T>, key: string, value: T | null): Kept<T> {
  const others = Object.fromEntries(Object.entries(all).filter(([other]) => other !== key));
  return value === null ? others : { ...others, [key]: value };
}

export type Tone = "ok" | "warn" | "bad" | "idle" | "accent";

const TONES: Readonly<Record<SignInView["state"], Tone>> = {
  "signed-in": "ok",
  ends: "ok",
  renews: "ok",
  ended: "warn",
  registered: "warn",
  unreadable: "bad",
  pending: "accent",
  wanted: "warn",
  never: "idle",
  importable: "accent",
  "own-token": "idle",
  off: "idle",
  "not-usable": "bad",
};

export const toneOf = (state: SignInView["state"]): Tone => TONES[state];

/** What it is called: by its entries, else by its host. */
export const nameOf = ({ names, server }: SignInView): string =>
  names.length > 0 ? names.join(", ") : hostOf(server);

/** What is said of the end of its token before the time: one that has passed is told as passed. */
export const endingOf = (end: string, now: Date): string =>
  text.signIns.facts[Date.parse(end) < now.getTime() ? "ended" : "ends"];

export function hostOf(server: string): string {
  try {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it is read once and thrown away
    return new URL(server).host;
  } catch {
    return server;
  }
}

/** Somebody is signed in, or was: there is something to end. */
export const isKept = ({ state, issuer }: SignInView): boolean => issuer !== null || state === "unreadable";

/** Somebody can sign in here. */
export const maySignIn = ({ state }: SignInView): boolean =>
  state !== "own-token" && state !== "off" && state !== "not-usable";
