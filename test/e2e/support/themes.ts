/** The four kinds of themes in VS Code, and axe in the panel. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { repository } from '../../../scripts/tools/places.mjs';
import { session, usualSettings } from './session';
import { until } from './until';
import type { VscodeWindow } from './vscodeWindow';

export interface Theme {
  /** In the names of pictures. */
  readonly name: string;
  /** As VS Code lists it. */
  readonly title: string;
  readonly workbenchClass: string;
  /** Of the body of the panel. */
  readonly panelClass: string;
}

export const themes: readonly Theme[] = [
  { name: 'dark', title: 'Dark Modern', workbenchClass: 'vs-dark', panelClass: 'vscode-dark' },
  { name: 'light', title: 'Light Modern', workbenchClass: 'vs', panelClass: 'vscode-light' },
  {
    name: 'hc-black',
    title: 'Dark High Contrast',
    workbenchClass: 'hc-black',
    panelClass: 'vscode-high-contrast',
  },
  {
    name: 'hc-light',
    title: 'Light High Contrast',
    workbenchClass: 'hc-light',
    panelClass: 'vscode-high-contrast-light',
  },
];

/** Chooses a theme as a person does, and waits until the panel has it too. */
export async function chooseTheme(
  window: VscodeWindow,
  { title, workbenchClass, panelClass }: Theme,
): Promise<void> {
  await window.runCommand('Preferences: Color Theme');
  await window.listIsOpen(/Select Color Theme/);
  await window.pick(title);
  await window.page.locator(`.monaco-workbench.${workbenchClass}`).waitFor();
  await until('the theme in the panel', async () => {
    const body = await window.panel.frame.locator('body').getAttribute('class');
    return body?.split(' ').includes(panelClass) ?? false;
  });
}

/** The next window begins in the usual theme again. */
export async function forgetTheme(): Promise<void> {
  const { server } = await session();
  await server.writeSettings(usualSettings);
}

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds in the panel: the rule and the elements. */
export async function axeFindings(window: VscodeWindow): Promise<[string, string[]][]> {
  const file = path.join(repository, 'node_modules', 'axe-core', 'axe.min.js');
  const source = await readFile(file, 'utf8');
  // Evaluated over the debugging protocol, which the policy of the page does not stop.
  const frame = await window.panel.ownFrame();
  await frame.evaluate(source);
  const { violations } = await frame.evaluate<{ violations: AxeFinding[] }>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]);
}
