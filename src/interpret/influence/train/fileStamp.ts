/** Tells whether a file is still the one that was read. */
import { stat } from 'node:fs/promises';

/** Size, time of the last change and identity of the file; null where there is none. */
export async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && [found.size, found.mtimeNs, found.dev, found.ino].join(' ');
}
