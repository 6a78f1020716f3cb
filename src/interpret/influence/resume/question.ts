/**
 * Questions whose partial answers are kept in files: each has a key made of all that its answer depends on, so that an answer
 * is found again if and only if it would come out the same.
 */
import { createHash } from 'node:crypto';
import { readdir, stat, unlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../makeFolder';

/** Changes with the form of the files and with whatever makes the same question have another answer. */
const version = 1;

/** Bytes of a folder before the files that were not used for longest are deleted. */
export const mostBytes = 2 ** 28;

/** 32 hexadecimal digits. `facts`: plain data; the order of fields counts. */
export function keyOf(facts: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([version, facts]))
    .digest('hex')
    .slice(0, 32);
}

/** The endings of our files; nothing else in the folder is touched. */
export const endings = { direction: '.direction', sweep: '.sweep' } as const;

/** Makes the folder, and room in it: what was not used for longest goes, but not the files of `keys`, which are used now. */
export async function makeRoom(
  dir: string,
  keys: readonly string[],
  most = mostBytes,
): Promise<void> {
  await makeFolder(dir);
  const ours = (await readdir(dir)).filter(name =>
    Object.values<string>(endings).includes(path.extname(name)),
  );
  const files = await Promise.all(
    ours.map(async name => {
      const file = path.join(dir, name);
      const found = await stat(file).catch(() => null);
      return { file, key: path.parse(name).name, bytes: found?.size ?? 0, at: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, key, bytes } of files.sort((a, b) => a.at - b.at)) {
    if (keys.includes(key)) {
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined);
      continue;
    }
    if (total <= most) continue;
    // Another process may have been quicker.
    await unlink(file).catch(() => undefined);
    total -= bytes;
  }
}
