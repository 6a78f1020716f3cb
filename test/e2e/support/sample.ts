/** What the stories know of the sample, and how they get to a line of it. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { until } from './until';
import type { VscodeWindow } from './vscodeWindow';

/**
 * The line of reviews.dev.jsonl, of those that are predicted wrongly, with the most planted labels among the five training
 * lines that hurt it most: found by `node dist/cli.js influence media/sample/reviews.dev.jsonl --train ...` over all lines.
 */
export const wrongLine = { line: 23, text: 'This pair is badly made' } as const;

/** Training lines whose labels are wrong on purpose, from 1, as the sample's README lists them. */
export async function wrongLines(workspace: string): Promise<readonly number[]> {
  const readme = await readFile(path.join(workspace, 'README.md'), 'utf8');
  const [, table = ''] = readme.split(/<!-- (?:mislabelled|end) -->/);
  return [...table.matchAll(/^\| (\d+) \|/gm)].map(match => Number(match[1]));
}

/** Puts the cursor on a line (from 1) of the file in front, also where the focus is in the panel. */
export async function goToLine(window: VscodeWindow, line: number): Promise<void> {
  await window.runCommand('View: Focus First Editor Group');
  await window.openPalette();
  const input = window.page.locator('.quick-input-widget input').first();
  await input.fill(`:${line}`);
  await window.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
  await window.page.keyboard.press('Enter');
  await until(`the cursor on line ${line}`, async () => (await lineOfCursor(window)) === line);
}

/** Where the status bar says that the cursor is, from 1. */
export async function lineOfCursor({ page }: VscodeWindow): Promise<number | null> {
  const position = page.locator('.statusbar-item', { hasText: /Ln \d+, Col \d+/ });
  if ((await position.count()) === 0) return null;
  const line = /Ln (\d+),/.exec(await position.innerText())?.[1];
  return line === undefined ? null : Number(line);
}
