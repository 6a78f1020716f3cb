/**
 * Runs the host suite in desktop VS Code: on the oldest version that package.json allows and on the
 * newest, both downloaded by @vscode/test-electron, or only on the one that $GLASSBOX_VSCODE names.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { cache, repository, sampleFolder } from '../../scripts/tools/places.mjs';
import { runScript, step } from '../../scripts/tools/print.mjs';
import { quietSettings } from '../../scripts/tools/startServer.mjs';

async function oldestVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as {
    engines: { vscode: string };
  };
  return manifest.engines.vscode.replace('^', '');
}

async function runOn(version: string): Promise<number> {
  step(`The host suite in desktop VS Code (${version})`);
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(path.join(cache, 'host-'));
  const workspace = path.join(home, 'workspace');
  const settings = path.join(home, 'user', 'User', 'settings.json');
  try {
    await cp(sampleFolder, workspace, { recursive: true });
    await mkdir(path.dirname(settings), { recursive: true });
    await writeFile(settings, JSON.stringify(quietSettings));
    const executable = process.env['GLASSBOX_VSCODE'];
    return await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : { version }),
      extensionDevelopmentPath: repository,
      extensionTestsPath: path.join(repository, 'out', 'test', 'host', 'index.js'),
      extensionTestsEnv: process.env,
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${path.join(home, 'user')}`,
      ],
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

void runScript(async () => {
  const versions = process.env['GLASSBOX_VSCODE']
    ? [path.basename(process.env['GLASSBOX_VSCODE'])]
    : [await oldestVersion(), 'stable'];
  let worst = 0;
  for (const version of versions) worst = Math.max(worst, await runOn(version));
  return worst;
});
