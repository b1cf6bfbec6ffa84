import { createSubscriber } from "svelte/reactivity";

const subscribe = createSubscriber((update) => {
  const timer = setInterval(() => {
    if (!document.hidden) update();
  }, 30_000);
  document.addEventListener("visibilitychange", update);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", update);
  };
});

/** The present, good to half a minute; it stands still while nobody looks. */
export function now(): Date {
  subscribe();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- it is never changed, only replaced
  return new Date();
}
