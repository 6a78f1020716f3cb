/** The heatmaps of training lines of the trace that is shown: made when they are asked for, once each. */
import * as vscode from 'vscode';
import type {
  InfluenceMap,
  InfluencePlace,
  InfluenceResult,
  PanelChoices,
  PanelState,
} from '../../protocol';
import { GlassboxError } from '../../protocol';
import type { ChoiceMemory } from '../choices';
import { askEngine, panelState } from '../explain/askEngine';
import type { Engine } from '../explain/engine';
import type { PanelHost } from '../panel/panelHost';
import type { RecordReader } from '../records/readRecord';
import { failureOf } from '../report';
import type { Traced, Tracer } from './tracer';
import { rowRecord, textRow } from '../records/rowPlaces';

export interface RowMapsParts {
  readonly engine: Engine;
  readonly choices: ChoiceMemory;
  readonly reader: RecordReader;
  readonly panel: Pick<PanelHost, 'influenceMap'>;
  readonly tracer: () => Pick<Tracer, 'current' | 'rowAt'>;
  readonly log: vscode.LogOutputChannel;
}

export class RowMaps {
  /** By line and choices, of one result. */
  private made = { of: null as InfluenceResult | null, maps: new Map<string, PanelState>() };
  private running = new AbortController();

  constructor(private readonly parts: RowMapsParts) {}

  /** Explains the line of a row as the panel's choices say, and tells the panel how that went; nothing where the trace is another one by then. */
  async ask(place: InfluencePlace): Promise<void> {
    const { current } = this.parts.tracer();
    const result = current?.state.result ?? null;
    if (!result) return;
    const map = await this.answer(place, current!);
    if (this.parts.tracer().current?.state.result === result) this.parts.panel.influenceMap(map);
  }

  cancel(): void {
    this.running.abort();
    this.running = new AbortController();
  }

  private async answer(place: InfluencePlace, traced: Traced): Promise<InfluenceMap> {
    const { signal } = this.running;
    try {
      return { place, state: await this.map(place, traced, signal), failed: null };
    } catch (error) {
      const { message } = failureOf(error, this.parts.log);
      return { place, state: null, failed: message };
    }
  }

  private async map(
    place: InfluencePlace,
    { modelDir, places, state }: Traced,
    signal: AbortSignal,
  ): Promise<PanelState> {
    const { tracer, choices, reader, engine } = this.parts;
    const row = tracer().rowAt(place);
    if (!row) {
      throw new GlassboxError('bad-input', vscode.l10n.t('There is no such training line.'));
    }
    // What a label is explained against was chosen for another text.
    const wanted: PanelChoices = choices.get();
    if (this.made.of !== state.result) this.made = { of: state.result, maps: new Map() };
    const { maps } = this.made;
    const key = JSON.stringify([row.line, wanted]);
    const known = maps.get(key);
    if (known) return known;
    const found = await rowRecord(textRow(row), places, reader, signal);
    const asked = { modelDir, found, wanted, sameText: false };
    const made = panelState(found, await askEngine(engine, asked, { signal }));
    maps.set(key, made);
    return made;
  }
}
