// Invented sign-ins and secrets, with a memory of who signed in and out and which secret was set.
import type { NamedSecret, SignInsBackend, SignInsView, SignInView } from "../backend";
import { ago, daysAgo } from "./time";
import { refuse, type World } from "./world";

/** What the keyring of a scenario is like; by default it opens and holds something of everything. */
export type FakeKeyring = "empty" | "locked" | "missing" | "waits";

/** How long somebody takes to sign in, in milliseconds. */
const PERSON = 900;

const CONFIG = "C:\\Users\\kim\\AppData\\Roaming\\Claude\\claude_desktop_config.json";

const open = { problem: null, message: null, next: null };

const one = (server: string, names: string[], more: Partial<SignInView>): SignInView => ({
  server,
  account: "",
  names,
  state: "never",
  who: null,
  issuer: null,
  scopes: null,
  expires_at: null,
  refreshed_at: null,
  failure: null,
  problem: null,
  link: null,
  import: null,
  shared_with: null,
  not_moved: [],
  ...more,
});

const linear = (): SignInView =>
  one("https://mcp.linear.app/mcp", ["linear"], {
    state: "ended",
    who: "kim@example.com",
    issuer: "https://mcp.linear.app",
    scopes: ["read", "write"],
    expires_at: ago(95),
    refreshed_at: ago(155),
    failure: {
      at: ago(94),
      why: "the sign-in service refused: invalid_grant (The refresh token has expired)",
    },
  });

const fastmcp = (more: Partial<SignInView> = {}): SignInView =>
  one("https://fastmcp.example.com/mcp", ["chg-fastmcp"], {
    state: "signed-in",
    who: "kim@example.com",
    issuer: "https://login.example.com",
    scopes: ["openid", "email", "tools:read", "tools:call"],
    expires_at: ago(-48),
    refreshed_at: ago(12),
    ...more,
  });

const all = (): SignInView[] => [
  linear(),
  fastmcp(),
  fastmcp({ account: "work", names: [], who: "kim@work.example", expires_at: ago(3), state: "renews" }),
  one("https://mcp.notion.com/mcp", ["notion"], {
    state: "importable",
    import: { written_at: daysAgo(2), renewable: true, why_not: null },
    not_moved: ["notion"],
  }),
  one("https://mcp.sentry.dev/mcp", ["sentry"], {
    state: "pending",
    link: { url: "https://mcp.sentry.dev/oauth/authorize?response_type=code&client_id=4f1d", code: null },
  }),
  one("https://coda.io/apis/mcp", ["coda"], { state: "own-token" }),
  one("https://docs.example.org/mcp", ["docs"], {}),
];

const secrets = (): NamedSecret[] => [
  { name: "coda.authorization", kept: true, used_by: [{ path: CONFIG, server: "coda" }] },
  { name: "notes.api_key", kept: false, used_by: [{ path: CONFIG, server: "notes" }] },
  { name: "old-token", kept: true, used_by: [] },
];

function listed(keyring: FakeKeyring | undefined): SignInsView {
  const shut = (problem: string, message: string, next: string): SignInsView => ({
    keyring: { problem, message, next },
    sign_ins: [
      ...all().map((signIn) =>
        signIn.issuer === null
          ? {
              ...signIn,
              import: null,
              state: signIn.state === "importable" ? ("never" as const) : signIn.state,
            }
          : one(signIn.server, signIn.names, {
              account: signIn.account,
              state: "unreadable",
              failure: signIn.failure,
              problem: message,
            }),
      ),
    ],
  });
  switch (keyring) {
    case "empty":
      return { keyring: open, sign_ins: [] };
    case "locked":
      return shut("keyring-locked", "the keyring is locked", "unlock the keyring, and try again");
    case "missing":
      return shut(
        "keyring-missing",
        "there is no keyring: no answer on D-Bus",
        "start a keyring in this session, such as gnome-keyring or KWallet, and try again",
      );
    default:
      return { keyring: open, sign_ins: all() };
  }
}

export function signIns(world: World): SignInsBackend {
  const { keyring, trouble } = world.scenario;
  const values = new Map([
    ["coda.authorization", "Bearer example-of-a-token"],
    ["old-token", "example-of-an-old-token"],
  ]);
  const cancels = new Map<string, () => void>();
  let view = listed(keyring);
  let kept = keyring === "empty" ? [] : secrets();
  const key = (server: string, account: string) => `${server} ${account}`;
  const put = (signIn: SignInView) => {
    const others = view.sign_ins.filter(
      ({ server, account }) => key(server, account) !== key(signIn.server, signIn.account),
    );
    view = { ...view, sign_ins: [...others, signIn] };
    return signIn;
  };
  const find = (server: string, account: string) =>
    view.sign_ins.find((signIn) => key(signIn.server, signIn.account) === key(server, account));

  return {
    signIns: () => {
      if (trouble === "host-unreachable") {
        return refuse("io", "Claude's config folder cannot be read.", "Is the drive connected?");
      }
      return keyring === "waits" ? new Promise(() => undefined) : Promise.resolve(view);
    },
    signIn: (server, account, heard) => {
      heard({ phase: "asking", link: null, in_browser: false });
      const link = { url: `${new URL(server).origin}/authorize?response_type=code`, code: null };
      return new Promise((resolve, reject) => {
        const invited = setTimeout(() => {
          heard({ phase: "invited", link, in_browser: true });
        }, PERSON / 3);
        const done = setTimeout(() => {
          if (trouble === "nobody-signs-in") return;
          const names = find(server, account)?.names ?? [];
          const { origin } = new URL(server);
          const fresh = { expires_at: ago(-60), refreshed_at: ago(0) };
          resolve(put(fastmcp({ account, names, server, issuer: origin, ...fresh })));
        }, PERSON);
        cancels.set(key(server, account), () => {
          clearTimeout(invited);
          clearTimeout(done);
          refuse("not-possible", "the sign-in was broken off").catch(reject);
        });
      });
    },
    cancelSignIn: (server, account) => {
      cancels.get(key(server, account))?.();
      return Promise.resolve();
    },
    previewSignOut: (server, account) => {
      const signIn = find(server, account);
      if (signIn === undefined) return refuse("not-possible", "nobody is signed in there");
      const revoked_at = signIn.issuer === null ? null : `${signIn.issuer}/revoke`;
      return Promise.resolve({ sign_in: signIn, revoked_at });
    },
    signOut: (server, account) => {
      const signIn = find(server, account);
      if (signIn !== undefined) put(one(server, signIn.names, { account, state: "never" }));
      return Promise.resolve({ revocation: "done", why: null });
    },
    previewImport: () =>
      Promise.resolve({
        files: [
          "~/.mcp-auth/mcp-remote-v1/8c1f0a2b_tokens.json",
          "~/.mcp-auth/mcp-remote-v1/8c1f0a2b_client_info.json",
          "~/.mcp-auth/mcp-remote-0.1.29/8c1f0a2b_tokens.json",
        ],
        shared_with: ["cursor"],
        not_moved: [],
        why_not: null,
        claude_running: true,
      }),
    importSignIn: (server, account, oldFiles) => {
      const names = find(server, account)?.names ?? [];
      const shared_with = oldFiles === "share" ? "~/.mcp-auth/mcp-remote-v1/8c1f0a2b_tokens.json" : null;
      put(fastmcp({ server, issuer: new URL(server).origin, who: null, account, names, shared_with }));
      return Promise.resolve({
        undo: oldFiles === "retire" ? "20261121-0" : null,
        left: [],
        kept_plain: null,
      });
    },
    secrets: () => Promise.resolve(kept),
    setSecret: (name, value) => {
      if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
        return refuse("not-possible", "a secret’s name has letters, digits, `.`, `_` and `-`");
      }
      values.set(name, value);
      const had = kept.find((secret) => secret.name === name);
      const now = { name, kept: true, used_by: had?.used_by ?? [] };
      kept = [...kept.filter((secret) => secret.name !== name), now].toSorted((a, b) =>
        a.name.localeCompare(b.name),
      );
      return Promise.resolve();
    },
    removeSecret: (name) => {
      values.delete(name);
      kept = kept
        .map((secret) => (secret.name === name ? { ...secret, kept: false } : secret))
        .filter((secret) => secret.kept || secret.used_by.length > 0);
      return Promise.resolve();
    },
    revealNamedSecret: (name) => {
      const value = values.get(name);
      return value === undefined
        ? refuse("not-possible", `the keyring has no secret \`${name}\``)
        : Promise.resolve(value);
    },
  };
}
