/** The packages of package-lock.json in node_modules. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runNpm } from './command.mjs';
import { repository } from './places.mjs';
import { step } from './print.mjs';

/**
 * @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lock
 */

/** @param {string} file @returns {Lock} */
const readLock = file => JSON.parse(readFileSync(path.join(repository, file), 'utf8'));

/** True when every package of the lock file is installed in its version. */
function isInstalled() {
  // npm writes down here what it really installed.
  const record = 'node_modules/.package-lock.json';
  if (!existsSync(path.join(repository, record))) return false;
  const installed = readLock(record).packages;
  // Optional packages are those of other platforms.
  return Object.entries(readLock('package-lock.json').packages).every(
    ([name, { version, optional }]) =>
      name === '' || optional || installed[name]?.version === version,
  );
}

/** Installs what is missing, by `npm ci`; nothing when all is there. */
export async function ensureDependencies() {
  if (isInstalled()) return;
  step('Installing the packages of package-lock.json (npm ci)');
  await runNpm(['ci', '--loglevel=error'], { quiet: true });
}
