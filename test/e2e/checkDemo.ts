/** Proves that the VS Code of `npm run demo` explains a line: `tsx checkDemo.ts ADDRESS`. */
import { chromium } from 'playwright-core';
import { chromiumArguments, ensureChromium } from '../../scripts/tools/chromium.mjs';
import { PlainError, runScript, step } from '../../scripts/tools/print.mjs';
import { VscodeWindow } from './support/vscodeWindow';

async function checkDemo(address: string): Promise<number> {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: chromiumArguments,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const window = await VscodeWindow.visit(page, address);
    await page.getByText('Get Started with Glassbox').first().waitFor();
    await window.screenshot('demo-walkthrough');
    step('The walkthrough is open');
    await window.openFile('reviews.dev.jsonl');
    await window.explain('The plot is thin');
    step(`Explained: ${await window.panel.header()}`);
    const tinted = await window.tinted();
    if (tinted.length === 0) throw new PlainError('No token of the line is tinted.');
    step(`Tinted in the file: ${tinted.map(({ text }) => text).join(', ')}`);
    await window.screenshot('demo');
    return 0;
  } finally {
    await browser.close();
  }
}

void runScript(() => {
  const address = process.argv[2];
  if (address === undefined) throw new PlainError('Say which address: checkDemo.ts ADDRESS');
  return checkDemo(address);
});
