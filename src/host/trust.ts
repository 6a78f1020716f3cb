/** A model file is untrusted input to a native parser: in an untrusted workspace it stays closed. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** The folder itself, not a link to it; the path as it stands when there is nothing there. */
async function realPath(place: string): Promise<string> {
  return fs.realpath(place).catch(() => path.resolve(place));
}

/** True when `place` is `folder` or lies in it, links resolved. */
export async function isInside(place: string, folder: string): Promise<boolean> {
  const relative = path.relative(await realPath(folder), await realPath(place));
  const leaves = relative === '..' || relative.startsWith(`..${path.sep}`);
  return !leaves && !path.isAbsolute(relative);
}

/**
 * Whether a model may be loaded: any model in a trusted workspace; otherwise only one that lies in
 * none of the workspace's folders (VS Code itself ignores workspace settings that we restrict).
 */
export async function mayLoadModel(
  modelDir: string,
  trusted: boolean,
  workspaceFolders: readonly string[],
): Promise<boolean> {
  if (trusted) return true;
  const inside = await Promise.all(workspaceFolders.map(folder => isInside(modelDir, folder)));
  return !inside.includes(true);
}
