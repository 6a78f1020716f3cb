/** The solution of a linear system in a file: what is known of it in a line of JSON, then its numbers in single precision. */
import path from 'node:path';
import type { Solved } from '../curvature/solveFor';
import { endings } from './question';
import { bytesOf, readWhole, writeWhole } from './wholeFile';

const lineEnd = 10;

/** What was written under this key; null where that is nothing, or not whole. */
export async function readDirection(dir: string, key: string): Promise<Solved | null> {
  const bytes = await readWhole(fileOf(dir, key));
  if (!bytes) return null;
  const end = bytes.indexOf(lineEnd);
  const solved = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString('utf8')) as Omit<
    Solved,
    'x'
  >;
  return { ...solved, x: Float64Array.from(new Float32Array(bytes.slice(end + 1).buffer)) };
}

/**
 * Returns what a reader would be given: in single precision, as programs take it, so that it makes no difference to them whether a direction
 * was solved or read.
 */
export async function writeDirection(dir: string, key: string, solved: Solved): Promise<Solved> {
  const { x, ...rest } = solved;
  const single = Float32Array.from(x);
  const head = Buffer.from(`${JSON.stringify(rest)}\n`);
  await writeWhole(fileOf(dir, key), [head, bytesOf(single)]);
  return { ...rest, x: Float64Array.from(single) };
}

function fileOf(dir: string, key: string): string {
  return path.join(dir, key + endings.direction);
}
