/** From Unicode code points, in which tokenizers count, to UTF-16 units, in which JavaScript and VS Code do. */

/** True where every code point is one UTF-16 unit, so that both ways of counting agree. */
function isFlat(text: string): boolean {
  return !/[\ud800-\udbff][\udc00-\udfff]/.test(text);
}

/**
 * Maps offsets in code points of `text` to offsets in UTF-16 units. Offsets past the end map to the end.
 * A lone surrogate counts as one code point, as it does once it is replaced by U+FFFD.
 */
export function utf16Offsets(text: string): (codePoints: number) => number {
  if (isFlat(text)) return offset => Math.min(offset, text.length);
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const character of text) {
    starts[count++] = unit;
    unit += character.length;
  }
  starts[count] = text.length;
  const points = count;
  return offset => starts[Math.min(offset, points)]!;
}

/** The text with each lone surrogate replaced by U+FFFD, unit by unit: native code only takes valid Unicode. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
