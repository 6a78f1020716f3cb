/** How numbers are written in reports. */

/** '67,000'. */
export function inNumber(count: number): string {
  return count.toLocaleString('en');
}

/** Three digits, or those before the point: '0.0213', '1.23e-8', '321,437'. */
export function short(value: number): string {
  const large = Math.abs(value) >= 1000 && Math.abs(value) < 1e9;
  return large ? inNumber(Math.round(value)) : value.toPrecision(3);
}

/** '97.2 %'. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A measured number beside others of its kind: '0.412'; what three places cannot tell, as `short`. */
export function measured(value: number): string {
  const size = Math.abs(value);
  return size === 0 || (size >= 0.001 && size < 1000) ? value.toFixed(3) : short(value);
}
