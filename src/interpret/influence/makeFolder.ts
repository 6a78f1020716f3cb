/** A folder with all that lead to it. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * As Node's recursive `mkdir`, which tries for ever where the system says that a folder is missing although its parent is
 * there (below /proc, say). Throws as the file system does.
 */
export async function makeFolder(dir: string): Promise<void> {
  if (await isFolder(dir)) return;
  const parent = path.dirname(path.resolve(dir));
  if (parent !== path.resolve(dir)) await makeFolder(parent);
  try {
    await mkdir(dir);
  } catch (error) {
    // Somebody else may have made it just now.
    if (!(await isFolder(dir))) throw error;
  }
}

async function isFolder(dir: string): Promise<boolean> {
  return await stat(dir).then(
    found => found.isDirectory(),
    () => false,
  );
}
