import { createScanner } from 'jsonc-parser';
import { complaint } from './complaint';
import type { Field } from './field';
import { requireJson } from './jsonSyntax';
import { jsonField, valueAt, type JsonValue } from './jsonValue';
import type { LineSource } from './lineSource';

/**
 * The fields of a line of JSONL. The line must be strict JSON, as JSON.parse reads it: an object, or a bare string,
 * which is a text without a name. The fields of nested objects are listed after the others, one level deep, as
 * 'outer.inner'. Of a key that occurs twice the last one counts, as in JSON.parse, whose result is `parsed`.
 */
export function jsonRecord(
  source: LineSource,
  line: number,
  text: string,
): { readonly fields: readonly Field[]; readonly parsed: unknown } {
  const parsed = requireJson(source, line, text);
  const own = new Map<string, Field>();
  const nested = new Map<string, Map<string, Field>>();
  walkValues(text, (path, found) => {
    const { type, value } = found;
    const [outer, inner] = path;
    const field = jsonField(path.join('.'), text, line, found);
    if (outer !== undefined && inner !== undefined) {
      nested.get(outer)?.set(inner, field);
    } else if (outer !== undefined || type === 'string') {
      own.set(field.name, field);
      nested.set(field.name, new Map());
    } else if (type !== 'object') {
      const kind = type === 'list' ? 'a JSON list' : `only ${value}`;
      throw complaint(
        source,
        line,
        `the line is ${kind}, not an object. Write one object a line, like {"text": "...", "label": "..."}.`,
      );
    }
  });
  const inner = [...nested.values()].flatMap(fields => [...fields.values()]);
  return { fields: [...own.values(), ...inner.filter(field => !own.has(field.name))], parsed };
}

/**
 * Visits the values with at most two keys, in order, lists as a whole. `path` has the keys from the top to the value, none
 * for the line as a whole. The text is known to be JSON, so the first character tells what a token is; without
 * recursion, so any depth will do.
 */
function walkValues(
  text: string,
  visit: (path: readonly string[], value: JsonValue) => void,
): void {
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
        visit(path, valueAt(first, scanner));
      }
      if (first === '{' || first === '[') {
        open.push(first === '{' ? '' : null);
        lists += first === '[' ? 1 : 0;
        keyNext = first === '{';
      }
    }
  }
}
