/** Arrays of numbers in a folder, one for each question, so that what was prepared once stays when a process ends. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

const prefix = 'ekfac-';
/** Folders that stay: what was prepared for others, longest not used, goes. */
const mostFolders = 3;
const hashBytes = 32;

export class KeptFactors {
  private constructor(private readonly dir: string) {}

  /** `key`: of all that the numbers depend on. Makes the folder, and room for it. */
  static async open(cacheDir: string, key: string): Promise<KeptFactors> {
    const dir = path.join(cacheDir, prefix + key);
    await mkdir(dir, { recursive: true });
    const now = new Date();
    await utimes(dir, now, now);
    await forgetOthers(cacheDir);
    return new KeptFactors(dir);
  }

  /** What was written under this name, [length]; null where that is nothing, or not whole. */
  async read(name: string, length: number): Promise<Float64Array | null> {
    const bytes = await readFile(this.fileOf(name)).catch(() => null);
    if (bytes?.length !== hashBytes + 8 * length) return null;
    const data = bytes.subarray(hashBytes);
    if (!hashOf(data).equals(bytes.subarray(0, hashBytes))) return null;
    // A copy, for it has to begin at a multiple of eight bytes.
    return new Float64Array(new Uint8Array(data).buffer);
  }

  /** Whole or not at all, whenever the process ends. */
  async write(name: string, numbers: Float64Array): Promise<void> {
    const { buffer, byteOffset, byteLength } = numbers;
    const data = new Uint8Array(buffer, byteOffset, byteLength);
    const unfinished = `${this.fileOf(name)}.${process.pid}`;
    await writeFile(unfinished, [hashOf(data), data]);
    await rename(unfinished, this.fileOf(name));
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

function hashOf(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest();
}
