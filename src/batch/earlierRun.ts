/** The results of an earlier run, to go on with. */
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openFileLines } from '../dataset';
import { GlassboxError } from '../protocol/messages';
import { elsewhere, sizeOf } from './outputFile';
import { parseHeader, type RunHeader, type RunKind } from './runHeader';

/** A record that is done. */
export interface DoneRecord<Kept> {
  /** The line on which it starts, from 1. */
  readonly line: number;
  readonly sha256: string | null;
  /** What is needed of its line of results, which may be long. */
  readonly kept: Kept;
}

/** Null where the text is no line of results. */
export type ParseLine<Kept> = (text: string) => DoneRecord<Kept> | null;

export interface EarlierRun<Kept> {
  /** By the line on which the record starts. */
  readonly done: ReadonlyMap<number, DoneRecord<Kept>>;
  /** Bytes of the file up to its last whole line; half of a line is left by a run that was killed. */
  readonly length: number;
}

/**
 * Null where there is no file.
 * Throws GlassboxError 'bad-input' where the file holds something else, or a run that `header` does not describe.
 */
export async function readEarlierRun<Kept>(
  file: string,
  header: RunHeader,
  kind: RunKind,
  parse: ParseLine<Kept>,
): Promise<EarlierRun<Kept> | null> {
  const name = path.basename(file);
  const size = await sizeOf(file);
  if (size === null) return null;
  const length = await wholeLines(file, size);
  const beginning = JSON.stringify({ glassbox: header.glassbox }).slice(0, -1);
  if (length === 0) {
    // Killed before the header was written, or empty; what else has no line break is somebody else's.
    const half = size < 2 ** 20 ? await readFile(file, 'utf8') : null;
    if (half !== null && (beginning.startsWith(half) || half.startsWith(beginning))) {
      return { done: new Map(), length: 0 };
    }
    throw notResults(name, kind);
  }
  const source = await openFileLines(file);
  try {
    const old = source.line(0).startsWith(beginning) ? parseHeader(source.line(0), kind) : null;
    if (!old) throw notResults(name, kind);
    refuseOther(name, old, header, kind);
    const done = new Map<number, DoneRecord<Kept>>();
    for (let index = 1; index < source.lineCount - 1; index++) {
      const record = parse(source.line(index));
      if (!record) {
        throw new GlassboxError(
          'bad-input',
          `${name}, line ${index + 1}: this is no result of ${kind.what}; correct the line or ${elsewhere}.`,
        );
      }
      if (!done.has(record.line)) done.set(record.line, record);
    }
    return { done, length };
  } finally {
    await source.close();
  }
}

/** Bytes up to and with the last line break. */
async function wholeLines(file: string, size: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const block = Buffer.alloc(1 << 16);
    for (let end = size; end > 0; end -= block.length) {
      const from = Math.max(0, end - block.length);
      const { bytesRead } = await handle.read(block, 0, end - from, from);
      const at = block.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (at >= 0) return from + at + 1;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

function refuseOther(name: string, old: RunHeader, header: RunHeader, { what }: RunKind): void {
  const refuse = (why: string): never => {
    throw new GlassboxError('bad-input', `${name} holds ${what} ${why}; ${elsewhere}.`);
  };
  if (old.dataset !== header.dataset) refuse(`on ${old.dataset}, not on ${header.dataset}`);
  if (old.model_hash !== header.model_hash) refuse(`on another model (${old.model_name})`);
  const differing = differences(old.settings, header.settings);
  if (differing.length > 0) refuse(`with other settings (${differing.join(', ')})`);
}

/** Names of the settings that differ; as JSON has them, without those that are not set. */
function differences(old: object, wanted: object): string[] {
  const plain = (value: object) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  const one = plain(old);
  const other = plain(wanted);
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap(key => {
    const [a, b] = [one[key], other[key]];
    if (isDeepStrictEqual(a, b)) return [];
    return key === 'options' && a && b ? differences(a, b) : [key];
  });
}

function notResults(name: string, { what }: RunKind): GlassboxError {
  return new GlassboxError(
    'bad-input',
    `${name} is there already and holds no results of ${what}; ${elsewhere}.`,
  );
}
