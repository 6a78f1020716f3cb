/** What holds for every story: a picture when it fails, and one session for all of them. */
import { endSession } from './session';
import { open } from './vscodeWindow';

export const mochaHooks = {
  // A picture of what a failed story saw says more than its stack trace.
  async afterEach(this: Mocha.Context): Promise<void> {
    const test = this.currentTest;
    if (test?.state !== 'failed') return;
    const title = test.fullTitle().replace(/[^a-zA-Z0-9]+/g, '-');
    for (const window of open) await window.screenshot(`failed-${title}`);
  },
  async afterAll(): Promise<void> {
    await endSession();
  },
};
