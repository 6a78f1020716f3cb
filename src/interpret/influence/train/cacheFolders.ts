/** The folders of the cache: features, one for each way in which a text becomes some; and partial answers, one for a model and a training file. */
import { createHash } from 'node:crypto';
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GlassboxError, reasonOf } from '../../../protocol/messages';
import type { FeatureProgram } from '../head/featureProgram';
import { readingHash } from './reading';
import { makeFolder } from '../makeFolder';

/** Raised when features are computed or written otherwise. */
const version = 1;
const day = 24 * 60 * 60 * 1000;

/** Folders that were not used for so long go, and the longest unused ones above this size; never one that was used within a day. */
export const cacheLimits = { age: 30 * day, spared: day, bytes: 8 * 2 ** 30 };

const folderName = /^(?:features-[0-9a-f]{32}|partial(?:-[0-9a-f]{16}){3})$/;
/** Its time of change is when the folder was used last. */
const usedName = 'used';

/** Of a folder for features: everything that they depend on, besides the text. */
export async function featureFolder({ model, place, device }: FeatureProgram): Promise<string> {
  const { about } = model;
  const { task, link, decides } = about.head;
  const { features, pickedFrom, head } = place;
  const parts = [
    version,
    about.hash,
    await readingHash(model),
    ...[task, link, decides, features, pickedFrom, head.width],
    device,
  ];
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return `features-${key}`;
}

/** A folder of this name, made where it is missing; old ones go. Throws GlassboxError 'bad-input' where it cannot be made. */
export async function useFolder(
  cacheDir: string,
  name: string,
  now = Date.now(),
  limits = cacheLimits,
): Promise<string> {
  const folder = path.join(cacheDir, name);
  await attempt(cacheDir, async () => {
    await makeFolder(folder);
    const used = path.join(folder, usedName);
    await writeFile(used, '');
    await utimes(used, now / 1000, now / 1000);
  });
  await prune(cacheDir, folder, now, limits);
  return folder;
}

/** Of a write to the cache: what the system says becomes one sentence. */
export async function attempt<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    throw new GlassboxError(
      'bad-input',
      `What is computed of the training lines cannot be kept in ${cacheDir} (${reasonOf(error)}); make room there, or choose another folder.`,
    );
  }
}

/** What cannot be looked at or removed stays. */
async function prune(
  cacheDir: string,
  inUse: string,
  now: number,
  { age, spared, bytes }: typeof cacheLimits,
): Promise<void> {
  const entries = await readdir(cacheDir, { withFileTypes: true }).catch(() => []);
  const folders = await Promise.all(
    entries
      .filter(entry => entry.isDirectory() && folderName.test(entry.name))
      .map(async ({ name }) => await measure(path.join(cacheDir, name))),
  );
  let total = folders.reduce((sum, folder) => sum + folder.bytes, 0);
  for (const { folder, used, bytes: own } of folders.toSorted((a, b) => a.used - b.used)) {
    const unused = now - used;
    const goes = folder !== inUse && unused > spared && (unused > age || total > bytes);
    if (!goes) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    total -= own;
  }
}

async function measure(folder: string): Promise<{ folder: string; used: number; bytes: number }> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found = await Promise.all(
    names.map(async name => await stat(path.join(folder, name)).catch(() => null)),
  );
  // A folder that somebody makes at this moment has no marker yet.
  const marker = await stat(path.join(folder, usedName)).catch(() =>
    stat(folder).catch(() => null),
  );
  const bytes = found.reduce((sum, file) => sum + (file?.isFile() ? file.size : 0), 0);
  return { folder, used: marker?.mtimeMs ?? 0, bytes };
}
