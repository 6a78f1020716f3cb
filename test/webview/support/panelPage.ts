/** The panel in a real browser without VS Code: the bundle on a page that plays the host. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Locator, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Envelope, FromPanelEvents, ToPanelEvents } from '../../../src/protocol';
import { protocolVersion } from '../../../src/protocol';
import { chromiumArguments, findChromium } from '../../../scripts/tools/chromium.mjs';
import type { Theme } from './themes';
import { themes } from './themes';

const origin = 'http://panel.test';
const nonce = 'f00dfeedf00dfeed';

/** Read once; the source of axe, run through the debugging protocol, which a CSP does not stop. */
const axeSource = readFileSync(path.resolve('node_modules/axe-core/axe.min.js'), 'utf8');

/** The same policy as the host's: nothing inline, nothing from elsewhere. */
const policy = [
  "default-src 'none'",
  `script-src 'nonce-${nonce}'`,
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self' blob:",
  "font-src 'self'",
].join('; ');

let browser: Browser | null = null;
let bundle: { js: string; css: string } | null = null;

after(async () => {
  await browser?.close();
  browser = null;
});

async function bundled(): Promise<{ js: string; css: string }> {
  if (bundle) return bundle;
  const { outputFiles } = await build({
    entryPoints: ['webview/panel.ts', 'webview/panel.css'],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome128',
    outdir: 'out/webview',
    write: false,
  });
  const ending = (end: string) => outputFiles.find(file => file.path.endsWith(end))!.text;
  bundle = { js: ending('.js'), css: ending('.css') };
  return bundle;
}

function html(theme: Theme, state: unknown): string {
  // Only the test's own constants go in here, as JSON in a script, never the user's text.
  const setup = `
    const theme = ${JSON.stringify(theme)};
    window.setTheme = theme => {
      for (const name of [...document.documentElement.style]) document.documentElement.style.removeProperty(name);
      for (const [name, value] of Object.entries(theme.variables)) document.documentElement.style.setProperty(name, value);
      document.body.className = theme.bodyClass;
    };
    window.setTheme(theme);
    window.sent = [];
    window.violations = [];
    window.savedState = ${JSON.stringify(state ?? null)} ?? undefined;
    document.addEventListener('securitypolicyviolation', event => {
      window.violations.push(event.violatedDirective + ' ' + event.blockedURI);
    });
    window.addEventListener('error', event => window.violations.push('error ' + event.message));
    window.receive = data => window.dispatchEvent(new MessageEvent('message', { data }));
    window.acquireVsCodeApi = () => ({
      postMessage: message => {
        const copy = structuredClone(message);
        window.sent.push(copy);
        if ('hello' in copy && !copy.answer) queueMicrotask(() => window.receive({ hello: ${protocolVersion}, answer: true }));
      },
      getState: () => window.savedState,
      setState: state => { window.savedState = structuredClone(state); },
    });`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta property="csp-nonce" content="${nonce}"><title>Glassbox</title>
    <link rel="stylesheet" href="${origin}/panel.css"></head>
    <body><script nonce="${nonce}">${setup}</script>
    <script nonce="${nonce}" src="${origin}/panel.js"></script></body></html>`;
}

interface TestWindow {
  sent: Envelope[];
  violations: string[];
  savedState: unknown;
  receive(envelope: Envelope): void;
  setTheme(theme: Theme): void;
}

/** Until a field holds a value: the toolkit shows what it was told a moment later. */
export async function untilHolds(field: Locator, wanted: string): Promise<void> {
  await field.evaluate(
    (input, value) =>
      new Promise<void>(resolve => {
        const look = () => {
          if ((input as HTMLInputElement).value === value) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    wanted,
  );
}

export interface OpenOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** What the panel had saved when it was closed. */
  readonly state?: unknown;
  readonly forcedColors?: boolean;
  readonly reducedMotion?: boolean;
  /** The test has the clock of the page: `page.clock`. */
  readonly ownsClock?: boolean;
}

/** What a test does with the panel. */
export class PanelPage {
  private constructor(readonly page: Page) {}

  static async open({
    theme = themes[0]!,
    width = 640,
    height = 900,
    state,
    forcedColors = false,
    reducedMotion = false,
    ownsClock = false,
  }: OpenOptions = {}): Promise<PanelPage> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('These tests need Chromium (npm test installs it).');
    browser ??= await chromium.launch({ executablePath, args: chromiumArguments });
    const { js, css } = await bundled();
    const page = await browser.newPage({
      viewport: { width, height },
      forcedColors: forcedColors ? 'active' : 'none',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    });
    if (ownsClock) await page.clock.install();
    // Functions that tsx compiles for the page call this helper of esbuild.
    await page.addInitScript('globalThis.__name = f => f');
    await page.route(`${origin}/**`, route => {
      const file = new URL(route.request().url()).pathname;
      if (file === '/panel.js') return route.fulfill({ contentType: 'text/javascript', body: js });
      if (file === '/panel.css') return route.fulfill({ contentType: 'text/css', body: css });
      if (file !== '/') return route.fulfill({ status: 404, body: '' });
      return route.fulfill({ contentType: 'text/html', body: html(theme, state) });
    });
    await page.goto(`${origin}/`);
    const panel = new PanelPage(page);
    await panel.waitForEvent('ready');
    return panel;
  }

  close(): Promise<void> {
    return this.page.close();
  }

  /** Plays the host. */
  emit<Name extends keyof ToPanelEvents>(event: Name, body: ToPanelEvents[Name]): Promise<void> {
    return this.page.evaluate(
      envelope => {
        (window as unknown as TestWindow).receive(envelope);
      },
      { event, body } as Envelope,
    );
  }

  /** All bodies of the events called `name` that the panel sent, oldest first. */
  events<Name extends keyof FromPanelEvents>(name: Name): Promise<FromPanelEvents[Name][]> {
    return this.page.evaluate(
      wanted =>
        (window as unknown as TestWindow).sent.flatMap(envelope =>
          'event' in envelope && envelope.event === wanted ? [envelope.body] : [],
        ),
      name,
    ) as Promise<FromPanelEvents[Name][]>;
  }

  /** The last body of the event called `name`, as soon as `count` were sent. */
  async waitForEvent<Name extends keyof FromPanelEvents>(
    name: Name,
    count = 1,
  ): Promise<FromPanelEvents[Name]> {
    await this.page.waitForFunction(
      ([wanted, least]) =>
        (window as unknown as TestWindow).sent.filter(
          envelope => 'event' in envelope && envelope.event === wanted,
        ).length >= least,
      [name, count] as const,
    );
    return (await this.events(name)).at(-1)!;
  }

  savedState(): Promise<unknown> {
    return this.page.evaluate(() => (window as unknown as TestWindow).savedState);
  }

  /** Breaches of the content security policy, and uncaught errors. */
  violations(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as TestWindow).violations);
  }

  setTheme(theme: Theme): Promise<void> {
    return this.page.evaluate(next => {
      (window as unknown as TestWindow).setTheme(next);
    }, theme);
  }

  /** One line for each violation that axe finds, with the elements. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      return (await axe.run()).violations;
    });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' | ')}`);
  }

  async screenshot(name: string): Promise<void> {
    const folder = path.resolve('out', 'screenshots');
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `webview-${name}.png`), fullPage: true });
  }
}
