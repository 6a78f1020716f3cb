/** A window of VS Code as a person uses it: files, right-clicks, menus, palette, notifications. */
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Painted } from './painted';
import { paintedIn } from './painted';
import { Panel } from './panel';
import { makeWorkspace, screenshots, session } from './session';
import { until } from './until';

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

  /** Opens VS Code on a fresh copy of the sample, to which `prepare` may add files. */
  static async open(
    prepare: (workspace: string) => Promise<unknown> = () => Promise.resolve(),
    size = { width: 1280, height: 800 },
  ): Promise<VscodeWindow> {
    const { server, browser } = await session();
    const workspace = await makeWorkspace();
    await prepare(workspace);
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
    // tsx gives functions their names by this helper, also those that are sent to the page.
    await this.page.addInitScript('globalThis.__name = named => named');
    await this.page.goto(this.address);
    await this.ready();
  }

  /** Until the extensions are known: the explorer shows the files before that. */
  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page.getByRole('treeitem').first().waitFor();
  }

  /**
   * Like closing and reopening VS Code: the page is made anew. By VS Code's own command, which waits
   * until everything is stored; a browser that is told to reload does not.
   */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.runCommand('Developer: Reload Window');
    await loaded;
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
    const menu = this.page.locator('.monaco-menu-container').first();
    await until(`the context menu of "${text}"`, async () => {
      if (!(await menu.isVisible())) {
        await this.line(text).click({ button: 'right', position: { x: 60, y: 8 } });
      }
      return (await menu.getByRole('menuitem').count()) > 0;
    });
    return menu;
  }

  /**
   * Right-click, then the items of the menu one after the other (submenus open on the way). A menu
   * that was opened before the extensions were known lacks our items: it is closed and opened again.
   */
  async chooseFromMenu(text: string, ...items: readonly string[]): Promise<void> {
    await until(`to choose ${items.join(' > ')} on "${text}"`, async () => {
      const menu = await this.openContextMenu(text);
      try {
        for (const item of items) {
          const entry = this.page.getByRole('menuitem', { name: item, exact: true }).last();
          await entry.click({ timeout: 2000 });
          if (item !== items.at(-1)) continue;
          // A menu that has just opened ignores clicks for a moment.
          await until(
            'the menu to close',
            async () => {
              if (!(await menu.isVisible())) return true;
              await entry.click({ timeout: 500 });
              return false;
            },
            5000,
          );
        }
        return true;
      } catch (error) {
        await this.closeMenus();
        throw error;
      }
    });
  }

  /** Escape closes one menu at a time. */
  private async closeMenus(): Promise<void> {
    const menu = this.page.locator('.monaco-menu-container').first();
    await until('all menus to close', async () => {
      if (!(await menu.isVisible())) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
  }

  /** The story of the product: right-click a line, explain it, wait for the answer. */
  async explain(text: string): Promise<void> {
    await this.panel.answerTo(() => this.chooseFromMenu(text, 'Glassbox: Explain Line'));
  }

  /** Runs a command by its full title from the palette. */
  async runCommand(title: string): Promise<void> {
    await this.openPalette();
    const input = this.page.locator('.quick-input-widget input').first();
    await input.fill(`>${title}`);
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    await row.click();
  }

  /** The same without a pointer: the first of the commands that are found is this one. */
  async runCommandByKeys(title: string): Promise<void> {
    await this.openPalette();
    await this.page.keyboard.type(title);
    const first = this.page.locator('.quick-input-list .monaco-list-row.focused');
    await first.filter({ hasText: title }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  async openPalette(): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await until('the palette', async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press('F1');
      await input.waitFor({ timeout: 2000 });
      return true;
    });
  }

  /** Chooses a row of a list that VS Code shows on top; long lists are narrowed by typing. */
  async pick(text: string): Promise<void> {
    await this.page.locator('.quick-input-widget input').first().fill(text);
    await this.page
      .locator('.quick-input-list .monaco-list-row', { hasText: text })
      .first()
      .click();
  }

  /** Chooses a row of a short list by its words, without typing. */
  async choose(text: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).click();
  }

  /** Sentences of the notifications that are shown. */
  async notifications(): Promise<string[]> {
    return this.page
      .locator('.notifications-toasts .notification-list-item-message')
      .allInnerTexts();
  }

  /** Until a notification says something like this; returns its sentence. */
  async notification(says: RegExp): Promise<string> {
    return until(`a notification that says ${says.source}`, async () => {
      const shown = await this.notifications();
      return shown.find(sentence => says.test(sentence)) ?? null;
    });
  }

  /** Waits until a list that was asked for is there. */
  async listIsOpen(placeholder: RegExp): Promise<void> {
    await this.page.getByPlaceholder(placeholder).waitFor();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** The item of Glassbox in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id="glassbox.glassbox.glassbox.model"]');
  }

  /** Tokens of the file that carry a tint, in the order of the text. */
  async tinted(): Promise<Painted[]> {
    return (await paintedIn(this.page)).filter(({ line }) => line !== 'none');
  }

  /** Characters of the file with an outline: those that the panel points at. */
  async emphasised(): Promise<string> {
    const painted = await paintedIn(this.page);
    return painted
      .filter(({ outline }) => outline === 'solid')
      .map(({ text }) => text)
      .join('');
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
