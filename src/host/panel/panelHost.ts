/** The one panel beside the file: opened when needed, reused, and told everything anew when it wakes. */
import * as vscode from 'vscode';
import type { FromPanelEvents, NoRequests, PanelState, ToPanelEvents } from '../../protocol';
import { Channel } from '../../protocol';
import { panelViewType } from '../ids';
import { panelHtml, webviewRoot } from './panelHtml';
import { panelPort } from './panelPort';

type PanelChannel = Channel<NoRequests, NoRequests, ToPanelEvents, FromPanelEvents>;

/** What the panel asks of the host, but for 'ready', which is answered here. */
export type PanelHandlers = {
  readonly [Name in Exclude<keyof FromPanelEvents, 'ready'>]: (body: FromPanelEvents[Name]) => void;
};

/** Everything that a page must be told when it is loaded. */
interface Told {
  state: PanelState | null;
  busy: string | null;
  failed: string | null;
  stale: string | null;
  highlight: number | null;
}

export class PanelHost implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private channel: PanelChannel | null = null;
  private readonly told: Told = {
    state: null,
    busy: null,
    failed: null,
    stale: null,
    highlight: null,
  };

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly handlers: PanelHandlers,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get isOpen(): boolean {
    return this.panel !== null;
  }

  get isActive(): boolean {
    return this.panel?.active ?? false;
  }

  /** Opens the panel beside the editor, or brings it to the front; the focus stays where it is. */
  open(): void {
    const { panel } = this;
    if (panel) {
      const editor = vscode.window.activeTextEditor?.viewColumn;
      const wouldHideTheFile = editor !== undefined && editor === panel.viewColumn;
      if (wouldHideTheFile) panel.reveal(vscode.ViewColumn.Beside, true);
      else if (!panel.visible) panel.reveal(undefined, true);
      return;
    }
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.adopt(vscode.window.createWebviewPanel(panelViewType, 'Glassbox', place));
  }

  /** Takes over a panel: one just made, or one that VS Code brought back after a restart. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(this.extensionUri, 'media', 'panel-dark.svg'),
    };
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [webviewRoot(this.extensionUri)],
    };
    const channel: PanelChannel = new Channel(panelPort(panel.webview), {
      peer: 'the panel',
      log: (message, detail) => {
        this.log.warn(message, detail);
      },
    });
    this.channel = channel;
    channel.on('ready', () => {
      this.tellEverything();
    });
    this.listen(channel);
    panel.onDidDispose(() => {
      channel.dispose();
      if (this.panel !== panel) return;
      this.panel = null;
      this.channel = null;
      this.handlers.hover({ token: null });
    });
    panel.webview.html = panelHtml(panel.webview, this.extensionUri);
  }

  /** A finished explanation. */
  show(state: PanelState): void {
    Object.assign(this.told, { state, busy: null, failed: null, stale: null, highlight: null });
    this.nameTab(state);
    this.channel?.emit('show', state);
  }

  /** A new explanation is on its way. */
  busy(says: string): void {
    Object.assign(this.told, { busy: says, failed: null });
    this.channel?.emit('busy', { says });
  }

  /** There will be no new explanation: what was shown before counts again. */
  idle(): void {
    this.told.busy = null;
    this.tellEverything();
  }

  failed(message: string): void {
    Object.assign(this.told, { busy: null, failed: message });
    this.channel?.emit('failed', { message });
  }

  /** The record that is shown stands on another line now. */
  moved(state: PanelState): void {
    this.told.state = state;
    this.nameTab(state);
    this.channel?.emit('moved', state.memory);
  }

  /** The line was edited since it was explained (one sentence), or is as it was again (null). */
  stale(says: string | null): void {
    if (this.told.stale === says) return;
    this.told.stale = says;
    this.channel?.emit('stale', { says });
  }

  highlight(token: number | null): void {
    if (this.told.highlight === token) return;
    this.told.highlight = token;
    this.channel?.emit('highlight', { token });
  }

  /** The panel itself stays open: VS Code closes it, or brings it back after a restart. */
  dispose(): void {
    this.channel?.dispose();
  }

  private nameTab({ record }: PanelState): void {
    if (this.panel) this.panel.title = `Glassbox: ${record.file}:${record.line}`;
  }

  private listen(channel: PanelChannel): void {
    const { handlers } = this;
    channel.on('choose', handlers.choose);
    channel.on('hover', handlers.hover);
    channel.on('reveal', handlers.reveal);
    channel.on('cancel', handlers.cancel);
    channel.on('copyJson', handlers.copyJson);
    channel.on('savePicture', handlers.savePicture);
    channel.on('selectModel', handlers.selectModel);
    channel.on('showLog', handlers.showLog);
  }

  private tellEverything(): void {
    const { state, busy, failed, stale, highlight } = this.told;
    if (state) this.channel?.emit('show', state);
    else {
      const says = vscode.l10n.t(
        'Right-click a line of a .jsonl, .csv, .tsv, .conll or .txt file and choose Glassbox: Explain Line.',
      );
      this.channel?.emit('empty', { says });
    }
    if (stale !== null) this.channel?.emit('stale', { says: stale });
    if (failed !== null) this.channel?.emit('failed', { message: failed });
    if (busy !== null) this.channel?.emit('busy', { says: busy });
    if (highlight !== null) this.channel?.emit('highlight', { token: highlight });
  }
}
