/** A list of values as one text: words with a blank between them, each with its place in the file. */
import type { TextRange } from '../protocol/task';
import { lastWhere, type Field, type Place } from './field';

interface Joined {
  readonly elements: readonly Field[] | null;
  readonly value: string;
  readonly ranges: readonly TextRange[];
}

/**
 * A field of a list. A blank between two values stands nowhere in the file: it has the place where the value before it
 * ends.
 * @param start where the list begins, which is the place of an empty one.
 * @param read the values, or null when some are lists or objects; called when they are first asked for.
 */
export function listField(name: string, start: Place, read: () => readonly Field[] | null): Field {
  let built: Joined | undefined;
  const joined = () => (built ??= join(read()));
  return {
    name,
    type: 'list',
    get elements() {
      return joined().elements;
    },
    get value() {
      return joined().value;
    },
    positionOf(offset) {
      const { elements, ranges } = joined();
      const at = Math.max(0, offset);
      const index = lastWhere(ranges, range => range.start <= at);
      const element = elements?.[index];
      return element ? element.positionOf(at - ranges[index]!.start) : start;
    },
    offsetAt(line, character) {
      const { elements, ranges } = joined();
      const index = lastWhere(elements ?? [], element => {
        const first = element.positionOf(0);
        return first.line < line || (first.line === line && first.character <= character);
      });
      const into = elements?.[index]?.offsetAt(line, character) ?? null;
      return into === null ? null : ranges[index]!.start + into;
    },
  };
}

/** Where the values of a list stand in its text, as UTF-16 offsets. */
export function rangesOf(elements: readonly Field[]): TextRange[] {
  let start = 0;
  return elements.map(({ value }) => {
    const range = { start, end: start + value.length };
    start = range.end + 1;
    return range;
  });
}

function join(elements: readonly Field[] | null): Joined {
  const values = elements?.map(({ value }) => value) ?? [];
  return { elements, value: values.join(' '), ranges: rangesOf(elements ?? []) };
}
