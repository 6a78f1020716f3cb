/** The tabs of influence and of suspicious labels: a training file, the run over it, its settings, its rows. */
import type { Locator } from 'playwright-core';
import { spaced } from './attackTab';
import type { Panel } from './panel';
import { until } from './until';

/** What tells the answer that was asked for from the one before. */
export interface Awaited {
  /** In the heading: which lines. */
  readonly about?: RegExp;
  /** Anywhere above the rows: the method, its numbers. */
  readonly says?: RegExp;
}

export class TrainingTab {
  constructor(
    private readonly panel: Panel,
    private readonly of: 'influence' | 'suspicious',
  ) {}

  get view(): Locator {
    return this.panel.frame.locator(`.${this.of}-view`);
  }

  async head(): Promise<string> {
    return spaced(await this.view.locator('header.head').innerText());
  }

  /** How it was computed, also where that is folded away, and what limits the trust in it. */
  async made(): Promise<string> {
    const how = await this.view.locator('.train-how').textContent();
    return spaced(`${how} ${await this.view.locator('.train-answer').innerText()}`);
  }

  /** What stands beside the progress bar: how far it has come, or what it took. */
  async run(): Promise<string> {
    return spaced(await this.view.locator('.run-says').innerText());
  }

  get cancel(): Locator {
    return this.view.locator('.run-line').getByRole('button', { name: 'Cancel' });
  }

  /** Rows of a list: 'Helps', 'Hurts', 'Suspicious labels'. */
  rows(list: string): Locator {
    return this.view.getByRole('list', { name: list, exact: true }).locator('.train-row');
  }

  /** The lines of the rows of a list, from 1. */
  async lines(list: string): Promise<number[]> {
    const names = await this.rows(list).locator('[data-action="reveal"]').allInnerTexts();
    return names.map(name => Number(/^line ([\d,]+)$/.exec(name)?.[1]?.replaceAll(',', '')));
  }

  /** What a row is called for ears: rank, score, line, labels. */
  async spoken(list: string): Promise<string[]> {
    const buttons = this.rows(list).locator('[data-action="reveal"]');
    return buttons.evaluateAll(all => all.map(one => one.getAttribute('aria-label') ?? ''));
  }

  /** The row of a line (from 1). */
  row(list: string, line: number): Locator {
    const name = `line ${line.toLocaleString('en')}`;
    return this.rows(list).filter({
      has: this.panel.frame.locator('[data-action="reveal"]', { hasText: new RegExp(`^${name}$`) }),
    });
  }

  /**
   * Does something that asks, and waits until the answer to it is shown and nothing runs. What else is told as a failure
   * meanwhile is an error.
   */
  async answerTo(ask: () => Promise<unknown>, { about, says }: Awaited): Promise<void> {
    const oldFailure = (await this.panel.frameIsThere()) ? await this.panel.failure() : '';
    await ask();
    await until(
      `the answer about ${about?.source ?? 'the same'} by ${says?.source ?? 'any method'}`,
      async () => {
        const failure = (await this.panel.frameIsThere()) ? await this.panel.failure() : '';
        if (failure !== '' && failure !== oldFailure) return `The panel says: ${failure}`;
        const head = await this.head();
        if (about && !about.test(head)) throw new Error(head);
        const made = await this.made();
        if (says && !says.test(made)) throw new Error(made.slice(0, 300));
        return !(await this.isRunning()) && 'answered';
      },
      100_000,
    ).then(end => {
      if (end !== 'answered') throw new Error(end);
    });
  }

  async isRunning(): Promise<boolean> {
    const classes = await this.view.getAttribute('class');
    return (classes ?? '').split(' ').includes('working');
  }

  /** The settings, unfolded. */
  async form(): Promise<Locator> {
    const form = this.view.getByRole('region', { name: /^Settings of the/ });
    await until('the settings', async () => {
      if (await form.isVisible()) return true;
      await this.view.locator('.train-settings > summary').click();
      return false;
    });
    return form;
  }

  /** Chooses in a dropdown of the settings; nothing is asked by it. */
  async choose(field: string, option: string): Promise<void> {
    await this.panel.chooseIn(await this.form(), field, option);
  }

  async setText(field: string, value: string): Promise<void> {
    const form = await this.form();
    const input = form.getByRole('textbox', { name: field });
    if (!(await input.isVisible())) await form.locator('.advanced > summary').click();
    await input.fill(value);
    await input.press('Tab');
  }

  /** Asks with what the settings say. */
  async again(): Promise<void> {
    const form = await this.form();
    await form.getByRole('button', { name: /^(Trace|Rank) Again$/ }).click();
  }

  async picture(take: () => Promise<void>): Promise<void> {
    await this.view.locator('header.head').scrollIntoViewIfNeeded();
    await take();
  }
}
