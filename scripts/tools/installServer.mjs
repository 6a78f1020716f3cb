/**
 * A real VS Code that npm alone can install: the VS Code server inside the code-server package. It
 * needs no download besides npm's registry, no display and no native build.
 *
 * It lives in .cache/vscode-server, away from our own node_modules, and is made anew when a pinned
 * version below changes. `node scripts/tools/installServer.mjs` does only this step.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, runNpm } from './command.mjs';
import { cache } from './places.mjs';
import { PlainError, runScript, step } from './print.mjs';

/** code-server 4.139.1 holds VS Code 1.139.1, which runs on Node 24 only. */
const pinned = { node: '24.21.0', codeServer: '4.139.1' };

const home = path.join(cache, 'vscode-server');
const vscode = path.join('code-server', 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * @typedef {object} ServerPrograms
 * @property {string} node the Node that it needs
 * @property {string} main its start file
 */

/** Installs the VS Code server when it is missing. @returns {Promise<ServerPrograms>} */
export async function ensureVscodeServer() {
  if (process.platform === 'win32') {
    throw new PlainError(
      'The VS Code server of code-server does not run on Windows. Install desktop VS Code, so that ' +
        'the command "code" is there, and try again.',
    );
  }
  const isReady = await readFile(path.join(home, 'installed.json'), 'utf8').then(
    text => text === JSON.stringify(pinned),
    () => false,
  );
  if (!isReady) await install();
  return {
    node: path.join(home, 'node', 'node_modules', 'node', 'bin', 'node'),
    main: path.join(home, vscode, 'out', 'server-main.js'),
  };
}

async function install() {
  step(`Installing the VS Code server (code-server ${pinned.codeServer}, about half a minute)`);
  // A second run beside this one must never see half an install: made aside, then renamed.
  const fresh = `${home}.${process.pid}`;
  const inside = (/** @type {string[]} */ ...names) => path.join(fresh, ...names);
  const quiet = { quiet: true };
  try {
    for (const name of ['node', 'code-server']) {
      await mkdir(inside(name), { recursive: true });
      await writeFile(inside(name, 'package.json'), '{ "private": true }\n');
    }
    // The node package fetches its binary, one more npm package, in its install script.
    await runNpm(['install', '--ignore-scripts=false', '--loglevel=error', `node@${pinned.node}`], {
      cwd: inside('node'),
      ...quiet,
    });
    // The install script of code-server wants GitHub, to build modules that nothing here uses.
    const plain = ['install', '--ignore-scripts', '--omit=dev', '--loglevel=error'];
    await runNpm([...plain, `code-server@${pinned.codeServer}`], {
      cwd: inside('code-server'),
      ...quiet,
    });
    await runNpm(plain, { cwd: inside(vscode), ...quiet });
    await runNpm(plain, { cwd: inside(vscode, 'extensions'), ...quiet });
    await run(inside('node', 'node_modules', 'node', 'bin', 'node'), ['--version'], quiet);
    if (!existsSync(inside(vscode, 'out', 'server-main.js'))) {
      throw new PlainError(
        `code-server ${pinned.codeServer} holds no lib/vscode/out/server-main.js.`,
      );
    }
    await writeFile(inside('installed.json'), JSON.stringify(pinned));
    await rm(home, { recursive: true, force: true });
    await rename(fresh, home);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  void runScript(async () => {
    await ensureVscodeServer();
    step(`The VS Code server is in ${path.relative(process.cwd(), home)}`);
    return 0;
  });
}
