/**
 * `npm run demo`: everything from a fresh clone to Glassbox in a real VS Code on the sample workspace.
 *
 *   --server   VS Code in the browser, also where desktop VS Code is installed
 *   --check    proves with a headless browser that a right-click explains a line, and stops
 *
 * Needs Node and npm only: until the packages are installed, nothing but Node's own is imported.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { findProgram, run, runToEnd } from './tools/command.mjs';
import { ensureDependencies } from './tools/dependencies.mjs';
import { ensureVscodeServer } from './tools/installServer.mjs';
import { cache, repository, sampleFolder } from './tools/places.mjs';
import { bold, PlainError, runScript, step } from './tools/print.mjs';
import { stageExtension } from './tools/stageExtension.mjs';
import { quietSettings, startServer } from './tools/startServer.mjs';

const isCheck = process.argv.includes('--check');
const home = path.join(cache, 'demo');
const workspace = path.join(home, 'sample');
const extensions = path.join(home, 'extensions');
const opener = path.join(repository, 'scripts', 'demo');

/**
 * The demo's own settings; those of the user's VS Code are neither read nor changed. Workspace trust
 * is off in them: the only workspace is a copy of the sample that comes with Glassbox. Which model
 * explains, the sample's own .vscode/settings.json says.
 */
const settings = quietSettings;

async function main() {
  await ensureDependencies();
  step('Building Glassbox');
  await run(process.execPath, [path.join(repository, 'scripts', 'build.mjs')]);
  if (!existsSync(path.join(sampleFolder, 'model', 'model.onnx'))) {
    throw new PlainError(
      'media/sample/model/model.onnx is missing: run "npm run train-sample" once.',
    );
  }
  await copySample();
  await stageExtension(extensions, [opener]);
  const code = isCheck || process.argv.includes('--server') ? null : desktopVscode();
  return code ? openDesktop(code) : openServer();
}

/**
 * The workspace is a copy, so that nothing done in the demo touches the repository. What was changed
 * in the copy stays, until the sample in the repository is newer.
 */
async function copySample() {
  await mkdir(home, { recursive: true });
  await cp(sampleFolder, workspace, {
    recursive: true,
    preserveTimestamps: true,
    filter: async (from, to) => {
      const [source, copy] = await Promise.all([stat(from), stat(to).catch(() => null)]);
      return source.isDirectory() || copy === null || source.mtimeMs > copy.mtimeMs;
    },
  });
}

/** The command `code` of a desktop VS Code that can open a window here, or null. */
function desktopVscode() {
  // In the terminal of a remote window `code` belongs to the other machine.
  if (process.env['VSCODE_IPC_HOOK_CLI']) return null;
  const hasDisplay = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  if (process.platform === 'linux' && !hasDisplay) return null;
  return findProgram('code');
}

/** @param {string} code */
async function openDesktop(code) {
  const user = path.join(home, 'desktop');
  await mkdir(path.join(user, 'User'), { recursive: true });
  await writeFile(path.join(user, 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  const manifest = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8'));
  const staged = path.join(extensions, `glassbox.glassbox-${manifest.version}`);
  step('Opening desktop VS Code');
  await run(code, [
    `--extensionDevelopmentPath=${staged}`,
    `--extensionDevelopmentPath=${opener}`,
    `--user-data-dir=${user}`,
    `--extensions-dir=${path.join(home, 'no-extensions')}`,
    '--disable-workspace-trust',
    '--new-window',
    workspace,
  ]);
  sayWhatToDo('Close its window to stop.');
  return 0;
}

async function openServer() {
  const programs = await ensureVscodeServer();
  step('Starting VS Code');
  const server = await startServer({
    programs,
    dataDir: path.join(home, 'data'),
    extensionsDir: extensions,
    settings,
    // A page of another site, or another user of this machine, must not get into this VS Code.
    token: await rememberedToken(),
    // The same address each time: what a browser keeps of a workspace, it keeps for its address.
    port: await freePort(18_940),
  });
  const address = server.address(workspace);
  if (isCheck) {
    try {
      const script = path.join(repository, 'test', 'e2e', 'checkDemo.ts');
      const { code } = await runToEnd(process.execPath, ['--import', 'tsx', script, address]);
      return code;
    } finally {
      await server.stop();
    }
  }
  console.log(`\n  Glassbox is open at\n\n  ${bold(address)}\n`);
  openInBrowser(address);
  sayWhatToDo('Ctrl+C in this terminal stops it.');
  await new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
    server.process.once('exit', resolve);
  });
  await server.stop();
  console.log('\nStopped.');
  return 0;
}

/** @param {string} howToStop */
function sayWhatToDo(howToStop) {
  console.log('  Open reviews.dev.jsonl, right-click a line, choose "Glassbox: Explain Line".');
  console.log(`  The files are copies in ${path.relative(process.cwd(), workspace)}.`);
  console.log(`  ${howToStop}`);
}

/** What the address must carry; kept, so that yesterday's bookmark works today. */
async function rememberedToken() {
  const file = path.join(home, 'token');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const token = randomBytes(16).toString('hex');
  await writeFile(file, token, { mode: 0o600 });
  return token;
}

/** `wanted` when nobody has it, or 0: any. @param {number} wanted @returns {Promise<number>} */
function freePort(wanted) {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(0);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      probe.close(() => {
        resolve(wanted);
      });
    });
  });
}

/** Only where there is a screen; that it fails is no harm, the address is printed. @param {string} address */
function openInBrowser(address) {
  const hasDisplay = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  if (process.platform === 'linux' && !hasDisplay) return;
  const program = findProgram(process.platform === 'darwin' ? 'open' : 'xdg-open');
  if (!program) return;
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

await runScript(main);
