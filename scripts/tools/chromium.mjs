/** The browser of the tests: an installed Chrome or Chromium, or Debian's, installed when missing. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findProgram, run } from './command.mjs';
import { PlainError, step } from './print.mjs';

/** Names on the path of Linux, best first. */
const linuxNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function installedPlaces() {
  const programs = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map(
    name => process.env[name] ?? '',
  );
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      name => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    return [
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ].flatMap(name => programs.map(folder => path.join(folder, name)));
  }
  return linuxNames.map(name => findProgram(name) ?? '');
}

/** The browser to use, or null. $GLASSBOX_CHROMIUM wins over everything. */
export function findChromium() {
  const chosen = process.env['GLASSBOX_CHROMIUM'];
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new PlainError(`GLASSBOX_CHROMIUM names "${chosen}", and there is no such file.`);
  }
  return installedPlaces().find(place => place !== '' && existsSync(place)) ?? null;
}

/**
 * The browser to use, installed by apt-get when there is none.
 * @returns {Promise<string>}
 */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  await installByApt(['chromium'], 'a browser');
  const installed = findChromium();
  if (installed) return installed;
  throw new PlainError('apt-get installed chromium, and yet there is none on the path.');
}

/** The loader of Vulkan, for the WebGPU tests on SwiftShader; without it they are skipped. */
export async function ensureVulkanLoader() {
  if (process.platform !== 'linux') return;
  const folders = ['/usr/lib', '/usr/lib64', `/usr/lib/${gnuName()}`, `/lib/${gnuName()}`];
  if (folders.some(folder => existsSync(path.join(folder, 'libvulkan.so.1')))) return;
  try {
    await installByApt(['libvulkan1'], 'the Vulkan loader');
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    console.log(`  Going on without Vulkan: ${error.message}`);
  }
}

function gnuName() {
  return process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
}

/** @param {readonly string[]} packages @param {string} what */
async function installByApt(packages, what) {
  const command = `apt-get install ${packages.join(' ')}`;
  if (process.platform !== 'linux' || !findProgram('apt-get')) {
    throw new PlainError(
      `The tests need ${what}: install Chrome or Chromium, or name one in $GLASSBOX_CHROMIUM.`,
    );
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !findProgram('sudo')) {
    throw new PlainError(`The tests need ${what}. As root: ${command}`);
  }
  step(`Installing ${what} (${isRoot ? '' : 'sudo '}${command})`);
  // Without a terminal sudo must not ask for a password that nobody can type.
  const sudo = isRoot ? [] : ['sudo', ...(process.stdin.isTTY ? [] : ['-n'])];
  const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const [program = 'env', ...args] = apt;
  try {
    await run(program, [...args, 'update', '-qq'], { quiet: isRoot });
    await run(program, [...args, 'install', '-y', '-qq', '--no-install-recommends', ...packages], {
      quiet: isRoot,
    });
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    throw new PlainError(
      `The tests need ${what}, and it could not be installed. As root: ${command}`,
    );
  }
}

/**
 * How Chromium is started: without a sandbox where root starts it (it refuses otherwise), without a
 * GPU, and without the calls home that a closed network would refuse.
 */
export const chromiumArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
