/** A window of VS Code as a person uses it: files, right-clicks, menus, palette, notifications. */
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Panel } from './panel';
import type { Settings } from './session';
import { makeWorkspace, screenshots, session, usualSettings } from './session';
import { until } from './until';

/** What a token of the file looks like. */
export interface Tinted {
  readonly text: string;
  /** Style of the line under it: solid towards the label, dotted away, double without sign. */
  readonly line: string;
}

/** Windows that are open now. */
export const open = new Set<VscodeWindow>();

export class VscodeWindow {
  readonly panel: Panel;

  private constructor(
    readonly page: Page,
    readonly workspace: string,
    private readonly address: string,
  ) {
    this.panel = new Panel(page);
    open.add(this);
  }

  /** Opens VS Code on a fresh workspace with the sample's files and `files`. */
  static async open(
    files: Record<string, string> = {},
    size = { width: 1280, height: 800 },
  ): Promise<VscodeWindow> {
    const { server, browser } = await session();
    const workspace = await makeWorkspace(files);
    const context = await browser.newContext({ viewport: size });
    // Only what is truly slow on a busy machine takes longer than this.
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const window = new VscodeWindow(page, workspace, server.address(workspace));
    await window.load();
    return window;
  }

  /** Opens an address in which VS Code runs already. */
  static async visit(page: Page, address: string): Promise<VscodeWindow> {
    const window = new VscodeWindow(page, '', address);
    await window.load();
    return window;
  }

  private async load(): Promise<void> {
    await this.page.goto(this.address);
    await this.ready();
  }

  /** Until the extensions are known: the explorer shows the files before that. */
  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.getByRole('treeitem').first().waitFor();
  }

  /** Like closing and reopening VS Code: everything in the page is made anew. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  async close(): Promise<void> {
    open.delete(this);
    await this.page.context().close();
  }

  /** Opens a file by a double click in the explorer, and waits for its first line. */
  async openFile(name: string): Promise<void> {
    await this.page.getByRole('treeitem', { name, exact: true }).dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** The text editor; the panel is no text editor. */
  get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }

  /** The line with this text on the screen. */
  line(text: string): Locator {
    return this.editor.locator('.view-line').filter({ hasText: text }).first();
  }

  /** Puts the cursor on a line without selecting. */
  async clickLine(text: string, x = 60): Promise<void> {
    await this.line(text).click({ position: { x, y: 8 } });
  }

  /** Right-clicks a line; a menu that lost its focus and closed is opened again. */
  async openContextMenu(text: string): Promise<Locator> {
    const menu = this.page.locator('.monaco-menu-container, .context-view .monaco-menu').first();
    await until(`the context menu of "${text}"`, async () => {
      if (!(await menu.isVisible())) {
        await this.line(text).click({ button: 'right', position: { x: 60, y: 8 } });
      }
      return (await menu.getByRole('menuitem').count()) > 0;
    });
    return menu;
  }

  /** Right-click, then the items of the menu one after the other (submenus open on the way). */
  async chooseFromMenu(text: string, ...items: readonly string[]): Promise<void> {
    await until(`to choose ${items.join(' > ')} on "${text}"`, async () => {
      await this.openContextMenu(text);
      for (const item of items) {
        const entry = this.page.getByRole('menuitem', { name: item, exact: true }).last();
        await entry.click({ timeout: 5000 });
      }
      return true;
    });
  }

  /** The story of the product: right-click a line, explain it, wait for the answer. */
  async explain(text: string): Promise<void> {
    const before = await this.panel.generation();
    await this.chooseFromMenu(text, 'Glassbox: Explain Line');
    await this.panel.settled(before);
  }

  /** Runs a command by its full title from the palette. */
  async runCommand(title: string): Promise<void> {
    await this.openPalette();
    const input = this.page.locator('.quick-input-widget input').first();
    await input.fill(`>${title}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    await row.click();
  }

  async openPalette(): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await until('the palette', async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press('F1');
      await input.waitFor({ timeout: 2000 });
      return true;
    });
  }

  /** Chooses a row of a list that VS Code shows on top. */
  async pick(text: string): Promise<void> {
    await this.page
      .locator('.quick-input-list .monaco-list-row', { hasText: text })
      .first()
      .click();
  }

  /** Sentences of the notifications that are shown. */
  async notifications(): Promise<string[]> {
    return this.page
      .locator('.notifications-toasts .notification-list-item-message')
      .allInnerTexts();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** The item of Glassbox in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="glassbox.glassbox.glassbox.model"]');
  }

  /** Tokens of the file that carry a tint, in the order of the text. */
  async tinted(): Promise<Tinted[]> {
    return this.editor.evaluate(editor => {
      const spans = editor.ownerDocument.querySelectorAll<HTMLElement>(
        '.editor-instance .view-line span[class*="TextEditorDecorationType"]',
      );
      return [...spans]
        .map(span => ({
          text: span.textContent.replaceAll('\u00a0', ' '),
          style: getComputedStyle(span),
        }))
        .filter(({ style }) => parseFloat(style.borderBottomWidth) > 0)
        .map(({ text, style }) => ({ text, line: style.borderBottomStyle }));
    });
  }

  /** Tokens of the file with an outline: those that the panel points at. */
  async emphasised(): Promise<string> {
    return this.editor.evaluate(editor =>
      [
        ...editor.querySelectorAll<HTMLElement>(
          '.view-line span[class*="TextEditorDecorationType"]',
        ),
      ]
        .filter(span => getComputedStyle(span).outlineStyle === 'solid')
        .map(span => span.textContent)
        .join(''),
    );
  }

  /** True when typing would go into the file. */
  async hasEditorFocus(): Promise<boolean> {
    return this.page.evaluate(
      () => document.activeElement?.closest('.editor-instance .monaco-editor') !== null,
    );
  }

  async screenshot(name: string, folder = screenshots): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
  }
}

/** Changes the user's settings for all windows, as if settings.json had been edited. */
export async function changeSettings(changes: Settings): Promise<void> {
  const { server } = await session();
  await server.writeSettings({ ...usualSettings, ...changes });
}
