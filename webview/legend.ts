/** What the tints mean and how the numbers were made, in words. */
import { fill, make } from './dom';
import type { SaliencyMap } from './tokenFacts';
import { topSentence } from './topWords';
import { methodSentence, normalisationSentence, scaleEnds, windowsSentence } from './words';

/** Checks whose number belongs beside the map even where all is well; what is not well is above it. */
const besideMap = new Set(['completeness', 'surrogate', 'spread']);

export const unsureLegend =
  'Dotted under the letters: the score is smaller than its spread over seeds, so that its sign may be chance.';

export interface Legend {
  readonly element: HTMLElement;
  readonly show: (map: SaliencyMap) => void;
}

/** `brief`: tints and method only, for a map that stands beside others. */
export function createLegend(brief = false): Legend {
  const element = make('section', { class: 'legend', 'aria-label': 'Legend' });
  return {
    element,
    show: map => {
      const { explanation, fields, target } = map;
      const top = topSentence(map);
      const pieces = fields.flatMap(field => field.pieces);
      const windows = windowsSentence(explanation);
      const measured = explanation.health.filter(({ check, ok }) => ok && besideMap.has(check));
      const normalised = normalisationSentence(explanation);
      const unknown = pieces.some(({ facts }) => facts?.unknown === true);
      const unsure = pieces.some(({ facts }) => facts?.unsure === true);
      const unseen = pieces.some(({ segment }) => segment.kind === 'unseen');
      if (brief) {
        fill(
          element,
          explanation.signed ? signedScale(scaleEnds(explanation)) : unsignedScale(),
          make('p', { class: 'muted' }, methodSentence(explanation)),
        );
        return;
      }
      fill(
        element,
        explanation.signed ? signedScale(scaleEnds(explanation)) : unsignedScale(),
        make('p', { class: 'muted' }, methodSentence(explanation)),
        make('p', { class: 'muted' }, [normalised, ...measured.map(({ says }) => says)].join(' ')),
        windows === null ? null : make('p', { class: 'muted' }, windows),
        target ? make('p', { class: 'muted' }, 'Frame: what the decision is about.') : null,
        top === null ? null : make('p', { class: 'muted' }, top),
        unsure ? make('p', { class: 'muted' }, unsureLegend) : null,
        unseen ? make('p', { class: 'muted' }, 'Italic and struck: not seen by the model.') : null,
        unknown
          ? make('p', { class: 'muted' }, 'Dotted frame: not in the vocabulary of the model.')
          : null,
      );
    },
  };
}

export function signedScale(ends: ReturnType<typeof scaleEnds>): HTMLElement {
  return make(
    'p',
    { class: 'scale' },
    make('span', {}, ends.towards),
    swatches('towards', [1, 0.6, 0.3]),
    swatches('away', [0.3, 0.6, 1]),
    make('span', {}, ends.away),
  );
}

export function unsignedScale(): HTMLElement {
  return make(
    'p',
    { class: 'scale' },
    make('span', {}, 'little'),
    swatches('magnitude', [0.2, 0.4, 0.7, 1]),
    make('span', {}, 'much: size only, neither for nor against'),
  );
}

/** Samples of tint and underline, drawn by the same rules as the tokens. */
function swatches(sign: string, sizes: readonly number[]): HTMLElement {
  const samples = sizes.map(size => {
    const sample = make('span', { class: `token ${sign} swatch` });
    sample.style.setProperty('--size', String(size));
    return sample;
  });
  return make('span', { class: 'swatches', 'aria-hidden': 'true' }, ...samples);
}
