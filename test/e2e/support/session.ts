/** One VS Code server and one browser for all stories; a fresh workspace and profile for each window. */
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { chromiumArguments, ensureChromium } from '../../../scripts/tools/chromium.mjs';
import { ensureVscodeServer } from '../../../scripts/tools/installServer.mjs';
import { cache, repository, sampleFolder } from '../../../scripts/tools/places.mjs';
import { stageExtension } from '../../../scripts/tools/stageExtension.mjs';
import type { Server } from '../../../scripts/tools/startServer.mjs';
import { quietSettings, startServer } from '../../../scripts/tools/startServer.mjs';

export interface Session {
  readonly server: Server;
  readonly browser: Browser;
  /** Folder of everything of this run; removed at its end. */
  readonly home: string;
}

export type Settings = Record<string, unknown>;

export const usualSettings: Settings = {
  ...quietSettings,
  'workbench.colorTheme': 'Default Dark Modern',
  // Pictures of two runs are the same, and no state between two cursor blinks is waited for.
  'editor.cursorBlinking': 'solid',
  'workbench.reduceMotion': 'on',
};

let running: Promise<Session> | null = null;

/** Starts server and browser when the first story needs them. */
export function session(): Promise<Session> {
  running ??= start();
  return running;
}

async function start(): Promise<Session> {
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(path.join(cache, 'e2e-'));
  const extensionsDir = path.join(home, 'extensions');
  await stageExtension(extensionsDir);
  const server = await startServer({
    programs: await ensureVscodeServer(),
    dataDir: path.join(home, 'server'),
    extensionsDir,
    settings: usualSettings,
  });
  const executablePath = await ensureChromium();
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  return { server, browser, home };
}

/**
 * A new folder with all of the sample, its model and settings included. With $GLASSBOX_MODEL the
 * stories run with that sentiment model instead.
 */
export async function makeWorkspace(): Promise<string> {
  const { home } = await session();
  // VS Code shows the name of the folder.
  const folder = path.join(await mkdtemp(path.join(home, 'workspace-')), 'sample');
  await cp(sampleFolder, folder, { recursive: true });
  const other = process.env['GLASSBOX_MODEL'];
  if (other) {
    await rm(path.join(folder, 'model'), { recursive: true, force: true });
    await symlink(other, path.join(folder, 'model'));
  }
  return folder;
}

/** Where pictures for people go. */
export const screenshots = path.join(repository, 'out', 'screenshots');

/** Ends what `session` started. */
export async function endSession(): Promise<void> {
  if (!running) return;
  const { server, browser, home } = await running;
  await browser.close();
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
