/** The one panel beside the file: opened when needed, reused, and told everything anew when it wakes. */
import * as vscode from 'vscode';
import type {
  AttackMap,
  AttackState,
  EvaluationCell,
  InfluenceMap,
  InfluenceState,
  PanelState,
  PanelTab,
  RecordInfo,
  RewriteState,
  ToPanelEvents,
} from '../../protocol';
import { Channel } from '../../protocol';
import { panelViewType } from '../ids';
import { listenTo, type PanelChannel, type PanelHandlers } from './listen';
import { panelHtml, webviewRoot } from './panelHtml';
import { panelPort } from './panelPort';
import { Told, type WorkEvent } from './told';

export class PanelHost implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private channel: PanelChannel | null = null;
  private readonly told = new Told();

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

  /** The tab that is in front, or will be once the panel is open. */
  get tab(): PanelTab {
    return this.told.tab;
  }

  /**
   * Opens the panel beside the editor, or brings it to the front, with `tab` in front of its others; the focus stays
   * where it is.
   */
  open(tab: PanelTab = this.told.tab): void {
    this.front(tab);
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
    channel.on('tab', ({ tab }) => {
      this.told.tab = tab;
      this.nameTab();
    });
    listenTo(channel, this.handlers);
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
    this.nameTab();
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
    this.nameTab();
    this.channel?.emit('moved', state.memory);
  }

  /** The record of the attack, of the trace, or of the rewriting, stands on another line now. */
  movedElsewhere(
    moved: { attack: AttackState } | { influence: InfluenceState } | { rewrite: RewriteState },
  ): void {
    Object.assign(this.told, moved);
    this.nameTab();
    const tell = (tab: 'attack' | 'influence' | 'rewrite', record: RecordInfo | null) => {
      if (record) this.channel?.emit('movedElsewhere', { tab, line: record.line });
    };
    if ('attack' in moved) tell('attack', moved.attack.record);
    else if ('influence' in moved) tell('influence', moved.influence.record);
    else tell('rewrite', moved.rewrite.original.state.record);
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

  /** An attack that has come further, or another one; its steps may be others than those that had maps. */
  attack(state: AttackState): void {
    const { told } = this;
    // What was told while it runs is about something else.
    if (!told.attack?.running) Object.assign(told, { busy: null, failed: null });
    told.maps.clear();
    told.attack = state;
    this.nameTab();
    this.channel?.emit('attack', state);
  }

  attackMap(map: AttackMap): void {
    this.told.maps.set(map.step, map);
    this.channel?.emit('attackMap', map);
  }

  /** A trace that has come further, or another one. */
  influence(state: InfluenceState): void {
    const { told } = this;
    // As in `attack`.
    if (!told.influence?.running) Object.assign(told, { busy: null, failed: null });
    // The rows are the same as long as the result is.
    if (told.influence?.result !== state.result) told.influenceMaps.clear();
    told.influence = state;
    this.nameTab();
    this.channel?.emit('influence', state);
  }

  influenceMap(map: InfluenceMap): void {
    const { list, disagreeing, row } = map.place;
    this.told.influenceMaps.set(`${list} ${disagreeing} ${row}`, map);
    this.channel?.emit('influenceMap', map);
  }

  /** Work that a tab is about begins, has come further, or has ended. */
  work<Name extends WorkEvent>(name: Name, state: ToPanelEvents[Name]): void {
    const { told } = this;
    // As in `attack`.
    if (!told.isRunning(name)) Object.assign(told, { busy: null, failed: null });
    told.keep(name, state);
    this.nameTab();
    this.channel?.emit(name, state);
  }

  /** Lines of a cell of the evaluation that is shown. */
  evaluationCell(cell: EvaluationCell): void {
    this.told.evaluationCell = cell;
    this.channel?.emit('evaluationCell', cell);
  }

  /** Another line to rewrite, or other pins. */
  rewrite(state: RewriteState): void {
    Object.assign(this.told, { rewrite: state, busy: null, failed: null });
    this.nameTab();
    this.channel?.emit('rewrite', state);
  }

  /** How the edit with a number went; `state` is what a page is told that wakes later. */
  rewritten(answer: ToPanelEvents['rewritten'], state: RewriteState): void {
    this.told.rewrite = state;
    this.channel?.emit('rewritten', answer);
  }

  /** The panel itself stays open: VS Code closes it, or brings it back after a restart. */
  dispose(): void {
    this.channel?.dispose();
  }

  private front(tab: PanelTab): void {
    if (this.told.tab === tab) return;
    this.told.tab = tab;
    this.nameTab();
    this.channel?.emit('tab', { tab });
  }

  private nameTab(): void {
    const { subject } = this.told;
    if (this.panel && subject !== null) this.panel.title = `Glassbox: ${subject}`;
  }

  private tellEverything(): void {
    const { channel } = this;
    if (!channel) return;
    this.told.retell((event, body) => {
      channel.emit(event, body);
    });
  }
}
