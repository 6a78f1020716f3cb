/**
 * A changed text with its marks, and its saliency map as soon as there is one. Both are set alike, so that the text stands
 * still when the tints come.
 */
import type { PanelState } from '../../src/protocol';
import { fill, make } from '../dom';
import { createHealth } from '../health';
import { createHeatmap } from '../heatmap';
import { createLegend } from '../legend';
import { createPictureLinks } from '../pictures/pictureButtons';
import type { Pictured } from '../pictures/pictureWish';
import { createReadout } from '../readout';
import type { SaliencyMap } from '../tokenFacts';
import { saliencyMap } from '../tokenFacts';
import { markedNodes } from './markElements';
import type { Mark } from './marks';

const hint = 'Point at a token, or walk with the arrow keys, for its number.';

export interface MarkedField {
  /** Name of the field in the file; shown where there are two. */
  readonly name: string;
  readonly text: string;
  readonly marks: readonly Mark[];
}

export interface MarkedMap {
  readonly element: HTMLElement;
  /** `says` stands in place of the readout while there is no map: that one is awaited, or why there is none. */
  readonly show: (fields: readonly MarkedField[], state: PanelState | null, says: string) => void;
}

/**
 * 'full': with readout, legend and what is wrong with it; 'beside': with readout, for a map that stands beside such a one;
 * 'small': the map alone.
 */
export type MapSize = 'full' | 'beside' | 'small';

/** `label` names the map to a screen reader: 'Text of the step'. */
export function createMarkedMap(label: string, size: MapSize = 'full'): MarkedMap {
  let map: SaliencyMap | null = null;
  let pictured: Pictured | null = null;
  let shown = '';
  const readout = createReadout(hint);
  const heatmap = createHeatmap(
    {
      onPoint: facts => {
        if (map) readout.show(facts, map.explanation);
      },
      // These words are not in the file: there is nowhere to go.
      onReveal: () => undefined,
    },
    label,
  );
  const plain = make('div', { class: 'map map-plain', tabindex: '-1' });
  heatmap.element.hidden = true;
  const legend = createLegend(true);
  const health = createHealth();
  const pictures = createPictureLinks(label, () => pictured);
  const frame = make(
    'div',
    { class: 'map-frame', role: 'group', 'aria-label': label },
    plain,
    heatmap.element,
    size === 'small' ? null : readout.element,
  );

  const swap = (toMap: boolean) => {
    const [from, to] = toMap ? [plain, heatmap.element] : [heatmap.element, plain];
    const hadFocus = from.contains(document.activeElement);
    from.hidden = true;
    to.hidden = false;
    if (!hadFocus) return;
    const stop = to.querySelector<HTMLElement>('[tabindex="0"]') ?? to;
    stop.focus({ preventScroll: true });
  };
  return {
    element:
      size === 'full'
        ? make('div', { class: 'marked-map' }, frame, legend.element, pictures, health.warnings)
        : make('div', { class: 'marked-map' }, frame, pictures),
    show: (fields, state, says) => {
      const next = JSON.stringify([fields, state, says]);
      // Whoever walks in the map stays there when the same is told again.
      if (next === shown) return;
      shown = next;
      map = state && saliencyMap(state.record, state.explanation);
      pictured = state && map && { record: state.record, map };
      if (state && map) {
        heatmap.show(
          map,
          fields.map(({ marks }) => marks),
        );
        legend.show(map);
        health.show(state.explanation.health);
        readout.show(null, state.explanation);
      } else {
        fill(plain, ...plainFields(fields));
        readout.say(says);
      }
      pictures.classList.toggle('not-yet', !map);
      legend.element.classList.toggle('fading', !map);
      if (plain.hidden !== (map !== null)) swap(map !== null);
    },
  };
}

/** Texts set as the map sets them, so that they stand still when it takes their place. */
export function plainFields(fields: readonly MarkedField[]): HTMLElement[] {
  return [...fields.map(field => fieldElement(field, fields.length > 1)), apart()];
}

function fieldElement({ name, text, marks }: MarkedField, named: boolean): HTMLElement {
  return make(
    'div',
    { class: 'map-field' },
    named ? make('span', { class: 'field-name muted' }, name) : null,
    make('div', { class: 'map-text', dir: 'auto' }, ...markedNodes(text, marks)),
  );
}

/** Room for the special tokens that the map will have below the text. */
function apart(): HTMLElement {
  const room = make('span', { class: 'token' }, '\u00a0');
  return make('div', { class: 'map-apart', 'aria-hidden': 'true' }, room);
}
