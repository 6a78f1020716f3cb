/** What the panel was told last about each thing: a page that is loaded anew is told all of it again. */
import * as vscode from 'vscode';
import type {
  AttackMap,
  AttackState,
  AttackTable,
  InfluenceMap,
  InfluenceState,
  PanelState,
  PanelTab,
  RewriteState,
  SuspicionState,
  ToPanelEvents,
} from '../../protocol';

export type Emit = <Name extends keyof ToPanelEvents>(
  event: Name,
  body: ToPanelEvents[Name],
) => void;

export class Told {
  state: PanelState | null = null;
  busy: string | null = null;
  failed: string | null = null;
  stale: string | null = null;
  highlight: number | null = null;
  attack: AttackState | null = null;
  /** Maps of the attack's steps, by step. */
  readonly maps = new Map<number, AttackMap>();
  influence: InfluenceState | null = null;
  /** Maps of training lines of the trace, by their place. */
  readonly influenceMaps = new Map<string, InfluenceMap>();
  suspicious: SuspicionState | null = null;
  rewrite: RewriteState | null = null;
  lines: AttackTable | null = null;
  tab: PanelTab = 'saliency';

  /** Says everything, the tab in front last. */
  retell(emit: Emit): void {
    const { state, busy, failed, stale, highlight } = this;
    if (state) emit('show', state);
    else {
      const says = vscode.l10n.t(
        'Right-click a line of a .jsonl, .csv, .tsv, .conll or .txt file and choose Glassbox: Explain Line.',
      );
      emit('empty', { says });
    }
    if (stale !== null) emit('stale', { says: stale });
    if (this.attack) emit('attack', this.attack);
    for (const map of this.maps.values()) emit('attackMap', map);
    if (this.influence) emit('influence', this.influence);
    for (const map of this.influenceMaps.values()) emit('influenceMap', map);
    if (this.suspicious) emit('suspicious', this.suspicious);
    if (this.rewrite) emit('rewrite', this.rewrite);
    if (this.lines) emit('lines', this.lines);
    if (failed !== null) emit('failed', { message: failed });
    if (busy !== null) emit('busy', { says: busy });
    if (highlight !== null) emit('highlight', { token: highlight });
    if (this.tab !== 'saliency') emit('tab', { tab: this.tab });
  }

  /** What the tab in front is about: 'reviews.dev.jsonl:17'; null where it has nothing. */
  get subject(): string | null {
    if (this.tab === 'lines') return this.lines?.file ?? null;
    if (this.tab === 'suspicious') return this.suspicious?.train ?? null;
    if (this.tab === 'influence' && !this.influence?.record) return this.influence?.about ?? null;
    const record = {
      saliency: this.state?.record,
      attack: this.attack?.record,
      influence: this.influence?.record,
      rewrite: this.rewrite?.original.state.record,
    }[this.tab];
    return record ? `${record.file}:${record.line}` : null;
  }
}
