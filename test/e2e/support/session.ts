/** One VS Code server and one browser for all stories; a fresh workspace and profile for each window. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** The sample's model, from the repository: stories read models and never write them. */
export const sampleModel = path.join(sampleFolder, 'model');

/** $GLASSBOX_MODEL lets the stories run with another sentiment model. */
const model = process.env['GLASSBOX_MODEL'] ?? sampleModel;

export const usualSettings: Settings = {
  ...quietSettings,
  'glassbox.model': model,
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

/** A new folder with the datasets of the sample and `files` in it. */
export async function makeWorkspace(files: Record<string, string> = {}): Promise<string> {
  const { home } = await session();
  const folder = await mkdtemp(path.join(home, 'workspace-'));
  await cp(sampleFolder, folder, {
    recursive: true,
    filter: source => !source.startsWith(sampleModel),
  });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
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
