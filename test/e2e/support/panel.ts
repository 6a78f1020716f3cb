/** The Glassbox panel in a window of VS Code. */
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { until } from './until';

export class Panel {
  constructor(private readonly page: Page) {}

  /** The page of the panel: a frame in a frame. Panels that are hidden keep their frames. */
  get frame(): FrameLocator {
    // The inner frame is found by its id; its name stays that of an earlier state.
    return this.outer.contentFrame().locator('#active-frame').contentFrame();
  }

  /** The same as a frame of Playwright, in which scripts can be evaluated. */
  async ownFrame(): Promise<Frame> {
    const body = await this.frame.locator('body').elementHandle();
    const frame = await body.ownerFrame();
    if (!frame) throw new Error('There is no panel.');
    return frame;
  }

  private get outer(): Locator {
    return this.page.locator('iframe.webview.ready').filter({ visible: true }).first();
  }

  /** How many panels are open; their tabs say so, even of those that are behind others. */
  async count(): Promise<number> {
    return this.page.locator('.tab').filter({ hasText: 'Glassbox' }).count();
  }

  async isShown(): Promise<boolean> {
    return (await this.outer.count()) > 0 && (await this.map.isVisible());
  }

  /** What explains the line of the file; the other tabs have views of their own. */
  private get saliency(): Locator {
    return this.frame.locator('#view-saliency');
  }

  get map(): Locator {
    return this.frame.getByRole('grid', { name: 'Tokens of the text' });
  }

  get tokens(): Locator {
    return this.map.getByRole('gridcell');
  }

  /** A token by its text. */
  token(text: string): Locator {
    return this.tokens.filter({ hasText: text }).first();
  }

  /** All the text of the panel, spaces simplified. */
  async text(): Promise<string> {
    return (await this.frame.locator('main').innerText()).replace(/\s+/g, ' ');
  }

  async header(): Promise<string> {
    return (await this.saliency.locator('header.head').innerText()).replace(/\s+/g, ' ');
  }

  /** The sentence of a failure, '' when there is none. */
  async failure(): Promise<string> {
    const alert = this.frame.locator('.notice-error [role="alert"]');
    return (await alert.isVisible()) ? alert.innerText() : '';
  }

  /** False while no panel was opened yet, and while it is being loaded. */
  async frameIsThere(): Promise<boolean> {
    return (await this.outer.count()) > 0 && (await this.frame.locator('main').count()) > 0;
  }

  /** The tab with this name; there is one for each thing that the panel has shown. */
  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name, exact: true });
  }

  async isBusy(): Promise<boolean> {
    return (await this.frame.locator('body[data-busy]').count()) > 0;
  }

  /** What the map says: tokens with their spoken numbers, the header and the legend. */
  async content(): Promise<string> {
    return this.frame.locator('body').evaluate(body => {
      const spoken = [...body.querySelectorAll('[role="gridcell"]')].map(cell =>
        cell.getAttribute('aria-label'),
      );
      const header = body.querySelector('header.head')?.textContent;
      const legend = body.querySelector('.legend')?.textContent;
      return JSON.stringify([spoken, header, legend]);
    });
  }

  /** Marks the map that is shown; the next explanation, even of equal numbers, makes a new one. */
  private async markMap(): Promise<void> {
    if ((await this.outer.count()) === 0) return;
    await this.tokens.evaluateAll(cells => {
      for (const cell of cells) cell.setAttribute('data-seen', '');
    });
  }

  /**
   * Does something that asks for an explanation, and waits for it: until the panel shows another map
   * than before, and nothing is being computed. A failure that was not there before is an error.
   */
  async answerTo(ask: () => Promise<unknown>): Promise<void> {
    await this.markMap();
    // It may stand over another tab than the one with the map.
    const oldFailure = (await this.frameIsThere()) ? await this.failure() : '';
    await ask();
    const answer = await until('a new explanation in the panel', async () => {
      if ((await this.outer.count()) === 0) return false;
      const says = await this.failure();
      if (says !== '' && says !== oldFailure) return says;
      const isNew = (await this.map.locator('[data-seen]').count()) === 0;
      return isNew && (await this.isShown()) && !(await this.isBusy()) && 'new';
    });
    if (answer !== 'new') throw new Error(`The panel says: ${answer}`);
  }

  /** Does something that cannot work, and returns the sentence that says why. */
  async failureOf(ask: () => Promise<unknown>): Promise<string> {
    const before = await this.failure().catch(() => '');
    await ask();
    return until('a failure in the panel', async () => {
      const says = await this.failure();
      return says !== '' && says !== before && says;
    });
  }

  /** Chooses in one of the dropdowns, by the words that a person reads, and waits for the answer. */
  async choose(field: string, option: string): Promise<void> {
    await this.answerTo(async () => {
      const grouped = this.groupedMenu(field);
      if ((await grouped.count()) > 0) {
        await grouped.selectOption({ label: option });
        return;
      }
      await this.chooseIn(this.saliency, field, option);
    });
  }

  /** Chooses in one of the dropdowns of `part`; does not wait for what comes of it. */
  async chooseIn(part: Locator, field: string, option: string): Promise<void> {
    const dropdown = dropdownIn(part, field);
    await until(`the dropdown ${field}`, async () => {
      if (await dropdown.locator('[part="listbox"], .listbox').first().isVisible()) return true;
      await dropdown.click();
      return false;
    });
    await dropdown.getByRole('option', { name: option, exact: true }).click();
  }

  /** Sets a number among the parameters of the method; does not wait for an answer. */
  async setParameter(field: string, value: number): Promise<void> {
    const input = this.frame.getByRole('textbox', { name: field });
    if (!(await input.isVisible())) await this.frame.locator('summary').first().click();
    await input.fill(String(value));
    await input.press('Enter');
  }

  /** Opens the table, or closes it; returns the rows that are shown. */
  async tableRows(): Promise<string[]> {
    const table = this.frame.getByRole('table', { name: 'Tokens with their numbers' });
    if (!(await table.isVisible())) await this.button('Table').click();
    await table.waitFor();
    return table.locator('tbody').getByRole('row').allInnerTexts();
  }

  /** The button of an entity, by its words. */
  entity(words: string): Locator {
    return this.frame
      .getByRole('list', { name: 'Entities' })
      .getByRole('button')
      .filter({ hasText: words });
  }

  /** The bars of what the model chose from; each that can be asked about is a button. */
  get bars(): Locator {
    return this.frame.locator('.bars').getByRole('button');
  }

  async chosen(field: string): Promise<string> {
    const grouped = this.groupedMenu(field);
    if ((await grouped.count()) === 0) return this.chosenIn(this.saliency, field);
    return (await grouped.locator('option:checked').innerText()).trim();
  }

  /** A menu with headings between its entries is one of the browser's own. */
  private groupedMenu(field: string): Locator {
    return this.frame
      .getByRole('combobox', { name: field, exact: true })
      .and(this.frame.locator('select'));
  }

  async chosenIn(part: Locator, field: string): Promise<string> {
    const chosen = dropdownIn(part, field).locator('[part="selected-value"]');
    return (await chosen.innerText()).trim();
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }
}

function dropdownIn(part: Locator, field: string): Locator {
  return part.locator('.field', { hasText: field }).locator('vscode-dropdown').first();
}
