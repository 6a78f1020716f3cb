/** The dialog in which VS Code asks for a file to write; in a browser it is a list with a field on top. */
import * as path from 'node:path';
import { until } from './until';
import type { VscodeWindow } from './vscodeWindow';

/** Waits for the dialog, and returns the base name that it proposes. */
export async function proposedName({ page }: VscodeWindow, ending = '.jsonl'): Promise<string> {
  const input = page.locator('.quick-input-widget input').first();
  return until('a file name in the dialog', async () => {
    // A list that was there before leaves its words in the field.
    if (!(await input.isVisible())) return false;
    const proposed = path.basename(await input.inputValue());
    return proposed.endsWith(ending) && proposed;
  });
}

/** Answers it with a file of the workspace, of the proposed kind; one that is there already is confirmed. */
export async function saveAs(window: VscodeWindow, name: string): Promise<void> {
  const { page, workspace } = window;
  await proposedName(window, path.extname(name));
  const input = page.locator('.quick-input-widget input').first();
  await input.fill(path.join(workspace, name));
  await until('the dialog to close', async () => {
    if (!(await input.isVisible())) return true;
    await page.keyboard.press('Enter');
    const yes = page.locator('.quick-input-widget').getByText('Yes', { exact: true });
    await input
      .waitFor({ state: 'hidden', timeout: 1000 })
      .catch(() => yes.click({ timeout: 500 }));
    return false;
  });
}
