// The time of day of a log's line, to the millisecond. Thousands are written while somebody scrolls, so the parts are
// put together by hand: `Intl` takes far longer.

const two = (value: number) => String(value).padStart(2, "0");

/** `08:15:00.123`, in this computer's zone. */
export function clock(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "";
  const thousandths = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${thousandths}`;
}
