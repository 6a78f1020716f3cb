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
import { explanationOfMap, ownMap } from './furtherMaps';
import { createMapTools } from './mapTools';
import { createPictureButtons } from './pictures/pictureButtons';
import { createProbabilityBars } from './probabilityBars';
import { createReadout } from './readout';
import { createShareBars } from './shareBars';
import type { SaliencyMap, TokenFacts } from './tokenFacts';
import { saliencyMap, spokenFacts } from './tokenFacts';
import { createTokenTable } from './tokenTable';
import { onlyTop, topCount } from './topWords';
import type { UiState } from './uiState';
import type { ViewEvents } from './viewEvents';
import { createWeightTable } from './weightTable';

export interface SaliencyView {
  readonly element: HTMLElement;
  readonly show: (state: PanelState) => void;
  /** The record starts on this line (from 1) now. */
  readonly move: (line: number) => void;
  /** The cursor in the file is on this token; returns what to say about it. */
  readonly highlight: (token: number | null) => string;
}

export interface SaliencyViewEvents extends Pick<ViewEvents, 'tell'> {
  readonly ui: () => UiState;
  readonly setUi: (change: Partial<UiState>) => void;
}

export function createSaliencyView(events: SaliencyViewEvents): SaliencyView {
  const { tell, ui, setUi } = events;
  /** `map` has the tints that are seen. */
  let current: { state: PanelState; map: SaliencyMap } | null = null;
  /** Which of the explanation's maps; the same of the next one, where it has it. */
  let wantedMap = ownMap;
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
  const pointElsewhere = (facts: TokenFacts | null) => {
    heatmap.echo(facts?.tokens[0] ?? null);
    point(facts);
  };
  const table = createTokenTable({
    onSort: sort => {
      setUi({ sort });
      showTable();
    },
    onPoint: pointElsewhere,
  });
  const weights = createWeightTable(pointElsewhere);
  const shares = createShareBars();
  const tools = createMapTools({
    onMap: name => {
      wantedMap = name;
      if (current) showMap(current.state);
    },
    onTop: top => {
      setUi({ top });
      if (current) showMap(current.state);
    },
  });
  const showMap = (state: PanelState) => {
    const { top } = ui();
    const { record } = state;
    const has = state.explanation.maps.some(({ name }) => name === wantedMap);
    const explanation = has ? explanationOfMap(state.explanation, wantedMap) : state.explanation;
    const map = onlyTop(saliencyMap(record, explanation), topCount(top));
    current = { state, map };
    pointed = null;
    lit = null;
    tools.show(state.explanation, has ? wantedMap : ownMap, top);
    heatmap.show(map);
    legend.show(map);
    weights.element.hidden = top === 'all';
    prediction.classList.toggle('with-weights', top !== 'all');
    if (top !== 'all') weights.show(map, topCount(top));
    showTable();
    read();
  };
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
  const pictures = createPictureButtons(
    () => current && { record: current.state.record, map: current.map },
  );
  const prediction = make('div', { class: 'prediction' }, bars.element, weights.element);

  return {
    element: make(
      'div',
      { class: 'view' },
      header.element,
      chips.element,
      prediction,
      health.warnings,
      tools.element,
      make(
        'section',
        { class: 'map-frame', 'aria-label': 'Map' },
        heatmap.element,
        readout.element,
      ),
      legend.element,
      shares.element,
      form.element,
      make('div', { class: 'actions' }, toggle.element, copy.element, ...pictures),
      table.element,
      health.passed,
    ),
    show: state => {
      header.show(state);
      chips.show(state);
      bars.show(state);
      health.show(state.explanation.health);
      shares.show(state.explanation);
      showMap(state);
      form.show(state);
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
