/** Files that are either whole or as good as absent: the SHA-256 of their content, then the content. */
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

const hashBytes = 32;

/** The content at the beginning of a buffer of its own, so that numbers in it are aligned; null where there is no file, or not what was written. */
export async function readWhole(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = await readFile(file).catch(() => null);
  if (!bytes) return null;
  const content = new Uint8Array(bytes.subarray(hashBytes));
  return hashOf([content]).equals(bytes.subarray(0, hashBytes)) ? content : null;
}

/**
 * Nobody sees half of it, whenever the process ends: it is written under another name with the same ending, and renamed. Throws as
 * the file system does.
 */
export async function writeWhole(file: string, content: readonly Uint8Array[]): Promise<void> {
  const { dir, name, ext } = path.parse(file);
  const unfinished = path.join(dir, `${name}.${process.pid}${ext}`);
  await writeFile(unfinished, [hashOf(content), ...content]);
  await rename(unfinished, file);
}

/** The bytes of numbers, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hashOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
