/**
 * Runs the host suite in the extension host of a VS Code server, opened in a headless Chromium.
 * The workbench takes the address of the test from its own address (`payload`), which a built server
 * honours only with the flag of VS Code's own smoke tests.
 */
import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, ensureChromium } from '../../scripts/tools/chromium.mjs';
import { ensureVscodeServer } from '../../scripts/tools/installServer.mjs';
import { cache, repository, sampleFolder } from '../../scripts/tools/places.mjs';
import { PlainError, runScript } from '../../scripts/tools/print.mjs';
import { quietSettings, startServer } from '../../scripts/tools/startServer.mjs';

/** The whole suite; a single hanging test is stopped by mocha long before. */
const limit = 8 * 60_000;

/** Lines that the tests print begin with this; the rest is VS Code's own and goes to the log file. */
const mark = 'glassbox| ';
const logFile = path.join(repository, 'out', 'host.log');

/** Resolves with the exit code that VS Code gives the run of `run()`. */
async function runInServer(): Promise<number> {
  const executablePath = await ensureChromium();
  const programs = await ensureVscodeServer();
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(path.join(cache, 'host-'));
  const workspace = path.join(home, 'workspace');
  await cp(sampleFolder, workspace, { recursive: true });
  const server = await startServer({
    programs,
    dataDir: path.join(home, 'data'),
    extensionsDir: path.join(home, 'extensions'),
    settings: quietSettings,
    flags: ['--enable-smoke-test-driver', '--disable-workspace-trust'],
    env: { GLASSBOX_MARK: mark },
  });
  const log = createWriteStream(logFile);
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const ended = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new PlainError(`The host suite did not end within ${limit / 60_000} minutes.`));
      }, limit);
      void page.exposeFunction('codeAutomationLog', (type: string, lines: unknown[]) => {
        const text = lines.map(String).join(' ');
        if (text.startsWith(mark)) console.log(text.slice(mark.length));
        else log.write(`${type}: ${text}\n`);
      });
      void page.exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(timer);
        resolve(code);
      });
      page.on('crash', () => {
        reject(new PlainError('The page with VS Code crashed.'));
      });
    });
    const remote = (...names: string[]) =>
      `vscode-remote://${server.authority}${path.join(repository, ...names)}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote()],
      ['extensionTestsPath', remote('out', 'test', 'host', 'index.js')],
      ['skipWelcome', 'true'],
    ]);
    await page.goto(server.address(workspace, { payload }));
    return await ended;
  } finally {
    await browser.close();
    await server.stop();
    log.end();
    await rm(home, { recursive: true, force: true });
  }
}

void runScript(runInServer);
