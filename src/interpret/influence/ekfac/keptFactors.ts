/** Arrays of numbers in a folder, one for each question, so that what was prepared once stays when a process ends. */
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { bytesOf, readWhole, writeWhole } from '../resume/wholeFile';
import { makeFolder } from '../makeFolder';

const prefix = 'ekfac-';
/** Folders that stay: what was prepared for others, longest not used, goes. */
const mostFolders = 3;

export class KeptFactors {
  private constructor(private readonly dir: string) {}

  /** `key`: of all that the numbers depend on. Makes the folder, and room for it. */
  static async open(cacheDir: string, key: string): Promise<KeptFactors> {
    const dir = path.join(cacheDir, prefix + key);
    await makeFolder(dir);
    const now = new Date();
    await utimes(dir, now, now);
    await forgetOthers(cacheDir);
    return new KeptFactors(dir);
  }

  /** What was written under this name, [length]; null where that is nothing, or not whole. */
  async read(name: string, length: number): Promise<Float64Array | null> {
    const bytes = await readWhole(this.fileOf(name));
    return bytes?.length === 8 * length ? new Float64Array(bytes.buffer) : null;
  }

  async write(name: string, numbers: Float64Array): Promise<void> {
    await writeWhole(this.fileOf(name), [bytesOf(numbers)]);
  }

  private fileOf(name: string): string {
    return path.join(this.dir, name);
  }
}

async function forgetOthers(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter(name => name.startsWith(prefix));
  const folders = await Promise.all(
    names.map(async name => {
      const dir = path.join(cacheDir, name);
      // Another process may have been quicker.
      return { dir, at: (await stat(dir).catch(() => null))?.mtimeMs ?? 0 };
    }),
  );
  folders.sort((a, b) => b.at - a.at);
  for (const { dir } of folders.slice(mostFolders)) await rm(dir, { recursive: true, force: true });
}
