/** One legend for all rows: what the tints mean, and on which scale they are. */
import type { ComparisonState, Explanation } from '../../src/protocol';
import { fill, make } from '../dom';
import { signedScale, unsignedScale } from '../legend';
import { formatRaw } from '../numbers';
import { explainedPhrase, methodSentence, scaleEnds } from '../words';
import { fullestOf } from './oneScale';

export interface CompareLegend {
  readonly element: HTMLElement;
  readonly show: (state: ComparisonState) => void;
}

export function createCompareLegend(): CompareLegend {
  const element = make('section', { class: 'legend', 'aria-label': 'Legend' });
  return {
    element,
    show: ({ kind, rows }) => {
      const there = rows.flatMap(({ explanation }) => (explanation ? [explanation] : []));
      element.hidden = there.length === 0;
      const signed = there.filter(one => one.signed);
      const [any] = there;
      fill(
        element,
        signed.length > 0 ? signedScale(endsOf(signed)) : null,
        signed.length < there.length ? unsignedScale() : null,
        make('p', { class: 'muted' }, scaleSays(kind, there)),
        kind !== 'methods' && any ? make('p', { class: 'muted' }, methodSays(kind, any)) : null,
      );
    },
  };
}

/** One pair of ends for all rows; where they explain different labels, in general words. */
function endsOf(signed: readonly Explanation[]): ReturnType<typeof scaleEnds> {
  const ends = signed.map(scaleEnds);
  const [first] = ends;
  const alike = ends.every(one => one.towards === first!.towards && one.away === first!.away);
  return alike ? first! : { towards: 'towards what its row explains', away: 'away from it' };
}

function scaleSays(kind: ComparisonState['kind'], there: readonly Explanation[]): string {
  if (kind === 'methods') {
    return 'One colour scale: in every row the strongest token has the fullest tint, because the raw numbers of different methods have different units.';
  }
  return `One colour scale for all rows: the fullest tint is a raw number of ${formatRaw(fullestOf(there), false)}, the largest of all.`;
}

/** How all maps were made; by label each explains its own number. */
function methodSays(kind: ComparisonState['kind'], explanation: Explanation): string {
  const sentence = methodSentence(explanation);
  if (kind !== 'labels') return sentence;
  return sentence.replace(
    explainedPhrase(explanation),
    () => `${explanation.explained.scalar} of the label of each row`,
  );
}
