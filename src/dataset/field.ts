/** A place in the file: line and UTF-16 character in it, both from 0, as editors count. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

export type FieldType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'list';

/** One value of a record, and where its characters stand in the file. */
export interface Field {
  /** '' for plain text. A field of a nested object is called 'outer.inner'. */
  readonly name: string;
  readonly type: FieldType;
  /**
   * The decoded text of a string; the values of a list with a blank between them; any other value as the file
   * writes it; '' for an object and for a list that holds lists or objects.
   */
  readonly value: string;
  /** Of a list of strings, numbers, booleans and nulls: its values. Null for everything else. */
  readonly elements: readonly Field[] | null;
  /**
   * The place of the character at a UTF-16 offset of `value`; `value.length` gives the place after the last one.
   * The middle of a surrogate pair counts as its start, so that no range splits a character.
   */
  positionOf(offset: number): Place;
  /** The offset in `value` of the character at a place, or null when the place is not in this value. */
  offsetAt(line: number, character: number): number | null;
}

/** A stretch of the value: either copied character by character, or one character written as an escape. */
interface Run extends Place {
  readonly offset: number;
  readonly length: number;
  /** Characters in the file; 0 for a line break, which stands between two lines. */
  readonly rawLength: number;
}

/** The characters of a field as the file writes them. */
export interface RawText {
  readonly raw: string;
  readonly start: Place;
  /** Matches what stands for a single character of the value: a line break ('\n') or an escape. */
  readonly escapes: RegExp | null;
}

/** Makes a field. The map between value and file is built when it is first asked for. */
export function makeField(
  name: string,
  type: FieldType,
  value: string,
  rawText: () => RawText,
): Field {
  let built: { runs: Run[]; end: Place } | undefined;
  const map = () => (built ??= runsOf(rawText()));
  return {
    name,
    type,
    value,
    elements: null,
    positionOf(offset) {
      const at = characterStart(value, Math.max(0, offset));
      const { runs, end } = map();
      if (at >= value.length) {
        return end;
      }
      const run = runs[lastWhere(runs, run => run.offset <= at)]!;
      return { line: run.line, character: run.character + (at - run.offset) };
    },
    offsetAt(line, character) {
      const { runs, end } = map();
      if (line === end.line && character === end.character) {
        return value.length;
      }
      const run =
        runs[
          lastWhere(
            runs,
            run => run.line < line || (run.line === line && run.character <= character),
          )
        ];
      if (run?.line !== line) {
        return null;
      }
      const into = character - run.character;
      if (into > 0 && into >= run.rawLength) {
        return null;
      }
      return characterStart(value, run.offset + (run.length === run.rawLength ? into : 0));
    },
  };
}

/** `offset`, or one less when it stands between the halves of a surrogate pair. */
function characterStart(value: string, offset: number): number {
  const low = value.charCodeAt(offset);
  const high = value.charCodeAt(offset - 1);
  return low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff ? offset - 1 : offset;
}

function runsOf({ raw, start, escapes }: RawText): { runs: Run[]; end: Place } {
  const runs: Run[] = [];
  let { line, character } = start;
  let offset = 0;
  let from = 0;
  const copyUpTo = (to: number) => {
    const length = to - from;
    if (length > 0) {
      runs.push({ offset, length, line, character, rawLength: length });
      offset += length;
      character += length;
    }
  };
  for (const match of escapes ? raw.matchAll(escapes) : []) {
    copyUpTo(match.index);
    const lineBreak = match[0] === '\n';
    const rawLength = lineBreak ? 0 : match[0].length;
    runs.push({ offset, length: 1, line, character, rawLength });
    offset++;
    from = match.index + match[0].length;
    line += lineBreak ? 1 : 0;
    character = lineBreak ? 0 : character + rawLength;
  }
  copyUpTo(raw.length);
  return { runs, end: { line, character } };
}

/** Index of the last entry for which `holds` is true, given that it is true up to there; -1 for none. */
export function lastWhere<T>(entries: readonly T[], holds: (entry: T) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(entries[middle]!)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
