import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Field } from '../../../src/dataset/field';
import { openFileLines } from '../../../src/dataset/fileLines';
import type { LineSource } from '../../../src/dataset/lineSource';
import { GlassboxError } from '../../../src/protocol/messages';

/** Lines of a text, split as editors split them. */
export function linesOf(text: string, name = 'data.test'): LineSource {
  const lines = text.split(/\r\n|\r|\n/);
  return { name, lineCount: lines.length, line: index => lines[index]! };
}

/** A source that counts how often a line was asked for. */
export function counting(source: LineSource): LineSource & { count: number } {
  const counted = {
    name: source.name,
    lineCount: source.lineCount,
    count: 0,
    line(index: number) {
      counted.count++;
      return source.line(index);
    },
  };
  return counted;
}

/** Runs `use` on the lines of a real file. */
export async function withFile<T>(
  name: string,
  content: string | Buffer,
  use: (source: LineSource) => T | Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'glassbox-dataset-'));
  try {
    const path = join(folder, name);
    await writeFile(path, content);
    const file = await openFileLines(path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The sentence of the GlassboxError that `act` throws; fails when it throws nothing or another code. */
export function complaintOf(act: () => unknown, code = 'bad-input'): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof GlassboxError, String(error));
    assert.equal(error.code, code);
    assert.ok(!error.message.includes('\n'), 'one line');
    return error.message;
  }
  assert.fail('nothing was thrown');
}

/**
 * Checks every offset of a field against the file: it maps to a place and back; the character there is the value's
 * own unless it is written as an escape, which `escapeAt` recognises; no place is in the middle of a surrogate pair.
 */
export function checkPlaces(
  source: LineSource,
  field: Field,
  escapeAt: (line: string, character: number) => boolean,
): void {
  const { value } = field;
  for (let offset = 0; offset <= value.length; offset++) {
    const place = field.positionOf(offset);
    const text = source.line(place.line);
    const before = value.charCodeAt(offset - 1);
    const after = value.charCodeAt(offset);
    const splits = before >> 10 === 0x36 && after >> 10 === 0x37;
    assert.equal(field.offsetAt(place.line, place.character), splits ? offset - 1 : offset);
    if (offset < value.length && !splits) {
      const unit = value[offset];
      const there = unit === '\n' && place.character === text.length ? '\n' : text[place.character];
      assert.ok(there === unit || escapeAt(text, place.character), `offset ${offset}`);
    }
  }
}
