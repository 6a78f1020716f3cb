/**
 * Everything about one saliency explanation, from the answer down to the checks. The other views (attack, rewrite,
 * lines) have the same shape.
 */
import type { LabelChoice, PanelState } from '../src/protocol';
import { createChoicesForm } from './choicesForm';
import { createButton } from './controls';
import { make } from './dom';
import { createEntityChips } from './entityChips';
import { createHeader } from './header';
import { createHealth } from './health';
import { createHeatmap } from './heatmap';
import { createLegend } from './legend';
import { drawPicture } from './picture';
import { createProbabilityBars } from './probabilityBars';
import { createReadout } from './readout';
import type { Palette } from './theme';
import type { SaliencyMap, TokenFacts } from './tokenFacts';
import { saliencyMap, spokenFacts } from './tokenFacts';
import { createTokenTable } from './tokenTable';
import type { UiState } from './uiState';
import type { ViewEvents } from './viewEvents';

export interface SaliencyView {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  /** The cursor in the file is on this token; returns what to say about it. */
  readonly highlight: (token: number | null) => string;
}

export interface SaliencyViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly palette: () => Palette;
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createSaliencyView(events: SaliencyViewEvents): SaliencyView {
  const { tell, ui, setUi } = events;
  let current: { state: PanelState; map: SaliencyMap } | null = null;
  let pointed: TokenFacts | null = null;
  let lit: TokenFacts | null = null;

  const read = () => {
    if (current) readout.show(pointed ?? lit, current.map.explanation);
  };
  const point = (facts: TokenFacts | null) => {
    if (facts === pointed) return;
    pointed = facts;
    tell('hover', { token: facts?.tokens[0] ?? null });
    read();
  };
  const header = createHeader();
  const ask = (label: LabelChoice) => {
    if (current) tell('choose', { ...current.state.choices, label });
  };
  const bars = createProbabilityBars(ask);
  const chips = createEntityChips(ask);
  const health = createHealth();
  const readout = createReadout();
  const legend = createLegend();
  const form = createChoicesForm(choices => {
    tell('choose', choices);
  });
  const heatmap = createHeatmap({
    onPoint: point,
    onReveal: facts => {
      tell('reveal', { token: facts.tokens[0]! });
    },
  });
  const table = createTokenTable({
    onSort: sort => {
      setUi({ sort });
      showTable();
    },
    onPoint: facts => {
      heatmap.echo(facts?.tokens[0] ?? null);
      point(facts);
    },
  });
  const showTable = () => {
    const { tableOpen, sort } = ui();
    toggle.setExpanded(tableOpen);
    table.element.hidden = !tableOpen;
    if (tableOpen && current) table.show(current.map, sort);
  };
  const toggle = createButton('Table', () => {
    setUi({ tableOpen: !ui().tableOpen });
    showTable();
  });
  const copy = createButton('Copy JSON', () => {
    tell('copyJson', null);
  });
  const save = createButton('Save Picture', () => {
    if (current)
      tell('savePicture', { svg: drawPicture(current.state, current.map, events.palette()) });
  });

  return {
    element: make(
      'div',
      { class: 'view' },
      header.element,
      chips.element,
      bars.element,
      health.warnings,
      make(
        'section',
        { class: 'map-frame', 'aria-label': 'Map' },
        heatmap.element,
        readout.element,
      ),
      legend.element,
      form.element,
      make('div', { class: 'actions' }, toggle.element, copy.element, save.element),
      table.element,
      health.passed,
    ),
    show: state => {
      const map = saliencyMap(state.record, state.explanation);
      current = { state, map };
      lit = null;
      header.show(state);
      chips.show(state);
      bars.show(state);
      health.show(state.explanation.health);
      heatmap.show(map);
      legend.show(map);
      form.show(state);
      showTable();
      read();
    },
    move: line => {
      if (!current) return;
      const { state } = current;
      current.state = { ...state, record: { ...state.record, line } };
      header.show(current.state);
    },
    highlight: token => {
      lit = heatmap.highlight(token);
      read();
      return lit && current ? spokenFacts(lit, current.map.explanation) : '';
    },
  };
}
