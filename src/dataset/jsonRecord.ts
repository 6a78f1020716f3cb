import { createScanner } from 'jsonc-parser';
import { complaint } from './complaint';
import { makeField, type Field, type FieldType } from './field';
import { requireJson } from './jsonSyntax';
import type { LineSource } from './lineSource';

/** What stands for one UTF-16 unit inside a JSON string. */
const jsonEscapes = /\\(?:u[0-9a-fA-F]{4}|.)/g;

/**
 * The fields of a line of JSONL. The line must be strict JSON, as JSON.parse reads it: an object, or a bare string,
 * which is a text without a name. The fields of nested objects are listed after the others, one level deep, as
 * 'outer.inner'. Of a key that occurs twice the last one counts, as in JSON.parse.
 */
export function jsonRecord(source: LineSource, line: number, text: string): Field[] {
  requireJson(source, line, text);
  const own = new Map<string, Field>();
  const nested = new Map<string, Map<string, Field>>();
  walkValues(text, ({ path, type, value, offset, length }) => {
    const [outer, inner] = path;
    const quote = type === 'string' ? 1 : 0;
    const field = makeField(path.join('.'), type, value, () => ({
      raw: text.slice(offset + quote, offset + length - quote),
      start: { line, character: offset + quote },
      escapes: type === 'string' ? jsonEscapes : null,
    }));
    if (outer !== undefined && inner !== undefined) {
      nested.get(outer)?.set(inner, field);
    } else if (outer !== undefined || type === 'string') {
      own.set(field.name, field);
      nested.set(field.name, new Map());
    } else if (type !== 'object') {
      const found = type === 'list' ? 'a JSON list' : `only ${value}`;
      throw complaint(
        source,
        line,
        `the line is ${found}, not an object. Write one object a line, like {"text": "...", "label": "..."}.`,
      );
    }
  });
  const inner = [...nested.values()].flatMap(fields => [...fields.values()]);
  return [...own.values(), ...inner.filter(field => !own.has(field.name))];
}

interface JsonValue {
  /** Keys from the top to the value; empty for the line as a whole. */
  readonly path: readonly string[];
  readonly type: FieldType;
  /** Decoded string; '' for objects and lists; anything else as written. */
  readonly value: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Visits the values with at most two keys, in order, lists as a whole. The text is known to be JSON, so the first
 * character tells what a token is; without recursion, so any depth will do.
 */
function walkValues(text: string, visit: (value: JsonValue) => void): void {
  const scanner = createScanner(text, true);
  /** An entry for each open bracket: the key at hand in an object, null in a list. */
  const open: (string | null)[] = [];
  let lists = 0;
  let keyNext = false;
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const first = text[offset];
    if (first === undefined) {
      return;
    }
    if (first === '}' || first === ']') {
      lists -= open.pop() === null ? 1 : 0;
    } else if (first === ',') {
      keyNext = open.at(-1) !== null;
    } else if (first === '"' && keyNext) {
      open[open.length - 1] = scanner.getTokenValue();
      keyNext = false;
    } else if (first !== ':') {
      if (lists === 0 && open.length <= 2) {
        const path = open.filter(key => key !== null);
        visit({ path, ...valueAt(first, scanner), offset, length: scanner.getTokenLength() });
      }
      if (first === '{' || first === '[') {
        open.push(first === '{' ? '' : null);
        lists += first === '[' ? 1 : 0;
        keyNext = first === '{';
      }
    }
  }
}

function valueAt(
  first: string,
  scanner: { getTokenValue(): string },
): { type: FieldType; value: string } {
  switch (first) {
    case '{':
      return { type: 'object', value: '' };
    case '[':
      return { type: 'list', value: '' };
    case '"':
      return { type: 'string', value: scanner.getTokenValue() };
    case 't':
    case 'f':
      return { type: 'boolean', value: scanner.getTokenValue() };
    case 'n':
      return { type: 'null', value: 'null' };
    default:
      return { type: 'number', value: scanner.getTokenValue() };
  }
}
