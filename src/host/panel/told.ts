/** What the panel was told last about each thing: a page that is loaded anew is told all of it again. */
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

export type Emit = <Name extends keyof ToPanelEvents>(
  event: Name,
  body: ToPanelEvents[Name],
) => void;

/** Events that tell how far work has come that a tab is about. */
export type WorkEvent =
  'suspicious' | 'lines' | 'comparison' | 'evaluation' | 'drivers' | 'modelChanges' | 'measures';

type Works = { [Name in WorkEvent]?: ToPanelEvents[Name] };

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
  rewrite: RewriteState | null = null;
  readonly works: Works = {};
  evaluationCell: EvaluationCell | null = null;
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
    if (this.rewrite) emit('rewrite', this.rewrite);
    for (const name of Object.keys(this.works) as WorkEvent[]) emit(name, this.works[name]!);
    if (this.evaluationCell) emit('evaluationCell', this.evaluationCell);
    if (failed !== null) emit('failed', { message: failed });
    if (busy !== null) emit('busy', { says: busy });
    if (highlight !== null) emit('highlight', { token: highlight });
    if (this.tab !== 'saliency') emit('tab', { tab: this.tab });
  }

  /** Whether the work was at work when it was told of last. */
  isRunning(name: WorkEvent): boolean {
    const work = this.works[name];
    if (!work) return false;
    return 'running' in work ? work.running !== null : work.state === 'running';
  }

  /** Keeps what is told of work; a cell belongs to its evaluation. */
  keep<Name extends WorkEvent>(name: Name, state: ToPanelEvents[Name]): void {
    const before = this.works.evaluation?.about;
    Object.assign(this.works, { [name]: state });
    if (this.works.evaluation?.about !== before) this.evaluationCell = null;
  }

  /** What the tab in front is about: 'reviews.dev.jsonl:17'; null where it has nothing. */
  get subject(): string | null {
    const { works, influence } = this;
    const place = (record: RecordInfo | undefined) =>
      record ? `${record.file}:${record.line}` : null;
    switch (this.tab) {
      case 'saliency':
        return place(this.state?.record);
      case 'attack':
        return place(this.attack?.record);
      case 'rewrite':
        return place(this.rewrite?.original.state.record);
      case 'influence':
        return influence?.record ? place(influence.record) : (influence?.about ?? null);
      case 'compare':
        return place(works.comparison?.record);
      case 'suspicious':
        return works.suspicious?.train ?? null;
      case 'models':
        return works.modelChanges?.file ?? null;
      case 'lines':
      case 'evaluation':
      case 'drivers':
      case 'measures':
        return works[this.tab]?.file ?? null;
    }
  }
}
