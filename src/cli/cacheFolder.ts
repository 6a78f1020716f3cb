/** Where the command line keeps what is worth keeping. */
import os from 'node:os';
import path from 'node:path';

/**
 * Glassbox's folder among the user's caches, as each system has it (XDG Base Directory Specification 0.8; Apple's and Microsoft's
 * conventions). It need not exist.
 */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = os.homedir(),
): string {
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Caches', 'glassbox');
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? path.win32.join(home, 'AppData', 'Local');
    return path.win32.join(local, 'glassbox', 'cache');
  }
  // The specification: a relative path is to be ignored.
  const base = env['XDG_CACHE_HOME'];
  const caches = base && path.posix.isAbsolute(base) ? base : path.posix.join(home, '.cache');
  return path.posix.join(caches, 'glassbox');
}
