/** Values of a line of JSON as fields with their places. The text is known to be JSON. */
import { createScanner } from 'jsonc-parser';
import { makeField, type Field, type FieldType } from './field';
import { listField } from './listField';

/** What stands for one UTF-16 unit inside a JSON string. */
const jsonEscapes = /\\(?:u[0-9a-fA-F]{4}|.)/g;

/** A value as the scanner found it in a line. */
export interface JsonValue {
  readonly type: FieldType;
  /** Decoded string; '' for objects and lists; anything else as written. */
  readonly value: string;
  readonly offset: number;
  /** Of an object or a list the length of its bracket. */
  readonly length: number;
}

interface Scanner {
  getTokenOffset(): number;
  getTokenLength(): number;
  getTokenValue(): string;
}

/** The value whose first token the scanner is on; the token's first character tells what it is. */
export function valueAt(first: string, scanner: Scanner): JsonValue {
  const type = typeOf(first);
  const bracket = type === 'object' || type === 'list';
  return {
    type,
    value: bracket ? '' : type === 'null' ? 'null' : scanner.getTokenValue(),
    offset: scanner.getTokenOffset(),
    length: scanner.getTokenLength(),
  };
}

function typeOf(first: string): FieldType {
  switch (first) {
    case '{':
      return 'object';
    case '[':
      return 'list';
    case '"':
      return 'string';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}

/** @param text the whole line, in which `offset` counts. */
export function jsonField(name: string, text: string, line: number, found: JsonValue): Field {
  const { type, value, offset, length } = found;
  if (type === 'list') {
    return listField(name, { line, character: offset }, () => scalarsAt(text, line, offset));
  }
  const quote = type === 'string' ? 1 : 0;
  return makeField(name, type, value, () => ({
    raw: text.slice(offset + quote, offset + length - quote),
    start: { line, character: offset + quote },
    escapes: type === 'string' ? jsonEscapes : null,
  }));
}

/** The values of the list that begins at `offset`; null when one of them is a list or an object. */
function scalarsAt(text: string, line: number, offset: number): Field[] | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset + 1);
  const found: Field[] = [];
  for (;;) {
    scanner.scan();
    const first = text[scanner.getTokenOffset()];
    if (first === undefined || first === ']') return found;
    if (first === '[' || first === '{') return null;
    if (first !== ',') found.push(jsonField('', text, line, valueAt(first, scanner)));
  }
}
