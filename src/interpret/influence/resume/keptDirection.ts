/** The solution of a linear system in a file: what is known of it in a line of JSON, then its numbers in single precision. */
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Solved } from '../curvature/solveFor';
import type { Vector } from '../solve/vector';
import { endings } from './question';

/** In single precision, as programs take it: what is read has the same bits for them as what was solved. */
export type KeptDirection = Solved;

interface Header extends Omit<Solved, 'x'> {
  readonly length: number;
  readonly sha256: string;
}

/** What was written under this key; null where that is nothing, or not whole. */
export async function readDirection(dir: string, key: string): Promise<KeptDirection | null> {
  const bytes = await readFile(fileOf(dir, key)).catch(() => null);
  const end = bytes?.indexOf('\n') ?? -1;
  if (!bytes || end < 0) return null;
  try {
    const { length, sha256, ...solved } = JSON.parse(bytes.toString('utf8', 0, end)) as Header;
    const data = bytes.subarray(end + 1);
    if (data.byteLength !== 4 * length || hashOf(data) !== sha256) return null;
    // A copy, for it has to begin at a multiple of four bytes.
    return { ...solved, x: Float64Array.from(new Float32Array(new Uint8Array(data).buffer)) };
  } catch {
    return null;
  }
}

/** Whole or not at all, whenever the process ends. Returns what a reader would be given. */
export async function writeDirection(dir: string, key: string, solved: Solved): Promise<Solved> {
  const { x, ...rest } = solved;
  const single = Float32Array.from(x);
  const data = new Uint8Array(single.buffer);
  const header: Header = { ...rest, length: single.length, sha256: hashOf(data) };
  const file = fileOf(dir, key);
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, [`${JSON.stringify(header)}\n`, data]);
  await rename(unfinished, file);
  const rounded: Vector = Float64Array.from(single);
  return { ...rest, x: rounded };
}

function fileOf(dir: string, key: string): string {
  return path.join(dir, key + endings.direction);
}

function hashOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
