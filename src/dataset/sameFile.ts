/** Tells a dataset from other files: what is written must never be the dataset itself. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Whether both names lead to one file: links are followed, and names that differ in case only are one where the disk says so. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const find = (file: string) => stat(file, { bigint: true }).catch(() => null);
  const [a, b] = [await find(one), await find(other)];
  if (a && b && a.ino !== 0n) return a.dev === b.dev && a.ino === b.ino;
  const [from, to] = [await realPathOf(one), await realPathOf(other)];
  // Without an answer from the disk: rather refuse one file too many than write to a dataset.
  return from.toLowerCase() === to.toLowerCase();
}

/** Of a file that is not there: in the real folder. */
async function realPathOf(file: string): Promise<string> {
  const resolved = path.resolve(file);
  return realpath(resolved).catch(async () => {
    const folder = await realpath(path.dirname(resolved)).catch(() => path.dirname(resolved));
    return path.join(folder, path.basename(resolved));
  });
}
