/** The tabs that compare, evaluate and measure: what each is about, how far it has come, and its rows. */
import type { Locator } from 'playwright-core';
import { spaced } from './attackTab';
import type { Panel } from './panel';
import { until } from './until';

export type ReportKind = 'compare' | 'evaluation' | 'drivers' | 'models' | 'measures';

/** What tells the answer that was asked for from the one before. */
export interface AwaitedReport {
  /** In the heading: which file, which lines. */
  readonly about: RegExp;
  /** How far it has come: '200 of 200 lines evaluated'. */
  readonly run: RegExp;
}

export class ReportTab {
  constructor(
    private readonly panel: Panel,
    readonly of: ReportKind,
  ) {}

  get view(): Locator {
    return this.panel.frame.locator(`.${this.of}-view`);
  }

  async head(): Promise<string> {
    return spaced(await this.view.locator('header.head').innerText());
  }

  /** How far it has come, in words. */
  async run(): Promise<string> {
    return spaced(await this.view.locator('.run-says').innerText());
  }

  get cancel(): Locator {
    return this.view.locator('.run-line').getByRole('button', { name: 'Cancel', exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.view.getByRole(
      'button',
      typeof name === 'string' ? { name, exact: true } : { name },
    );
  }

  table(name: string): Locator {
    return this.view.getByRole('table', { name, exact: true });
  }

  rows(table: string): Locator {
    return this.table(table).locator('tbody tr');
  }

  /** The words of one cell of each row; columns count from 1. */
  async column(table: string, at: number): Promise<string[]> {
    const cells = this.rows(table).locator(`:is(td, th):nth-child(${at})`);
    return (await cells.allInnerTexts()).map(spaced);
  }

  /** A number that stands large on top, by its name: '90.5 % 181 of 200'. */
  async figure(name: string): Promise<string> {
    const group = this.view.locator('.figures > *').filter({ hasText: name }).first();
    return spaced(await group.innerText());
  }

  async isRunning(): Promise<boolean> {
    return (await this.view.locator('.run-line.run-now').count()) > 0;
  }

  /**
   * Does something that asks, and waits until what was asked for is in front and nothing runs. What is told as a failure
   * meanwhile is an error.
   */
  async answerTo(ask: () => Promise<unknown>, { about, run }: AwaitedReport): Promise<void> {
    const oldFailure = (await this.panel.frameIsThere()) ? await this.panel.failure() : '';
    await ask();
    await until(
      `the answer about ${about.source}: ${run.source}`,
      async () => {
        const failure = (await this.panel.frameIsThere()) ? await this.panel.failure() : '';
        if (failure !== '' && failure !== oldFailure) return `The panel says: ${failure}`;
        if (!(await this.view.isVisible())) return false;
        const [head, says] = [await this.head(), await this.run()];
        if (!about.test(head) || !run.test(says)) throw new Error(head);
        return !(await this.isRunning()) && 'answered';
      },
      100_000,
    ).then(end => {
      if (end !== 'answered') throw new Error(end);
    });
  }

  async picture(take: () => Promise<void>): Promise<void> {
    await this.view.locator('header.head').scrollIntoViewIfNeeded();
    await take();
  }
}
