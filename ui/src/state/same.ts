// What has not changed from one answer of the host to the next stays the same object, so that nothing is drawn for it.

/** `next`, in which each server that says what it said before is the one that stood there before. */
export function keeping<T extends { name: string; source: string }>(
  before: readonly T[],
  next: readonly T[],
): T[] {
  const known = new Map(before.map((one) => [`${one.source} ${one.name}`, one]));
  return next.map((one) => {
    const was = known.get(`${one.source} ${one.name}`);
    return was !== undefined && saysTheSame(was, one) ? was : one;
  });
}

/** Whether two pieces of plain data hold the same. */
export function saysTheSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every(
      (key) => Object.hasOwn(b, key) && saysTheSame(a[key as keyof typeof a], b[key as keyof typeof b]),
    )
  );
}
