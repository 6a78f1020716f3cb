/** The attack tab of the panel, as it is read, walked through, and asked again. */
import type { Locator } from 'playwright-core';
import type { Panel } from './panel';
import { until } from './until';

export class AttackTab {
  constructor(private readonly panel: Panel) {}

  get view(): Locator {
    return this.panel.frame.locator('.attack-view');
  }

  /** The original and the steps, in a row. */
  get steps(): Locator {
    return this.view.getByRole('listbox', { name: 'Steps of the attack' }).getByRole('option');
  }

  /** The words of the step that is shown: 'step 2 negative 0.69'. */
  async current(): Promise<string> {
    return spaced(await this.view.getByRole('option', { selected: true }).innerText());
  }

  /** The end of the attack, in one sentence. */
  async says(): Promise<string> {
    return spaced(await this.view.locator('.outcome-says').innerText());
  }

  async head(): Promise<string> {
    return spaced(await this.view.locator('.attack-head').innerText());
  }

  /** The map of the step that is shown; there is none until it was asked for. */
  get map(): Locator {
    return this.view.getByRole('grid', { name: 'Text of the step' });
  }

  /** Waits for the map of the step, and returns its tokens and changes as they are spoken. */
  async spokenMap(): Promise<string[]> {
    await this.map.waitFor();
    const cells = this.map.getByRole('gridcell');
    return cells.evaluateAll(all => all.map(cell => cell.getAttribute('aria-label') ?? ''));
  }

  /** The text of the step as it stands now: without what was there before, and without special tokens. */
  async text(): Promise<string> {
    const text = this.view.locator('.map:not([hidden]) .map-text').first();
    return text.evaluate(shown => {
      const copy = shown.cloneNode(true) as HTMLElement;
      // The old words, and what only screen readers read.
      for (const old of copy.querySelectorAll('.mark, .for-ears')) old.remove();
      return copy.textContent;
    });
  }

  /** 'negative 0.07 → 0.69 ...' of each label. */
  async bars(): Promise<string[]> {
    const list = this.view.getByRole('list', { name: 'Probabilities before and after' });
    return (await list.getByRole('listitem').allInnerTexts()).map(spaced);
  }

  /** What is told to screen readers when something has changed. */
  async announced(): Promise<string> {
    return this.panel.frame.locator('.for-ears[aria-live]').innerText();
  }

  /**
   * Does something that asks for an attack, and waits until another one than before has ended. A failure that was not
   * there before is an error.
   */
  async answerTo(ask: () => Promise<unknown>): Promise<string> {
    const title = this.view.locator('.head-source h2');
    const isThere = await this.panel.frameIsThere();
    if (isThere && (await title.count()) > 0) {
      await title.evaluate(one => {
        one.setAttribute('data-seen', '');
      });
    }
    const oldFailure = isThere ? await this.panel.failure() : '';
    await ask();
    await until('the end of an attack', async () => {
      const says = (await this.panel.frameIsThere()) ? await this.panel.failure() : '';
      if (says !== '' && says !== oldFailure) throw new Error(`The panel says: ${says}`);
      const isNew = (await title.and(this.panel.frame.locator(':not([data-seen])')).count()) > 0;
      return isNew && !(await this.isRunning());
    });
    return this.says();
  }

  async isRunning(): Promise<boolean> {
    const cancel = this.view.locator('.attack-head').getByRole('button', { name: 'Cancel' });
    return (await this.panel.isBusy()) || (await cancel.isVisible());
  }

  private get form(): Locator {
    return this.view.getByRole('region', { name: 'Settings of the attack' });
  }

  /** Chooses in a dropdown of the form; nothing is attacked by it. */
  async choose(field: string, option: string): Promise<void> {
    await this.panel.chooseIn(this.form, field, option);
  }

  async setNumber(field: string, value: number): Promise<void> {
    const input = this.form.getByRole('textbox', { name: field });
    await input.fill(String(value));
    await input.press('Tab');
  }

  /** Attacks with what the form says; returns the sentence of the end. */
  async again(): Promise<string> {
    return this.answerTo(() => this.form.getByRole('button', { name: 'Attack Again' }).click());
  }

  async picture(take: () => Promise<void>): Promise<void> {
    await this.view.locator('.attack-head').scrollIntoViewIfNeeded();
    await this.map.waitFor();
    await take();
  }
}

export function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
