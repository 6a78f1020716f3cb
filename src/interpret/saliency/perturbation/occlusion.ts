import type { Weigh } from './method';
import { perturbationMethod } from './method';
import { fieldOf } from './features';
import { GlassboxError } from '../../../protocol/messages';
import type { PerturbedText } from './perturbedText';
import type { Coalition } from './removal';

/** From `first` to before `end`. */
interface Span {
  readonly first: number;
  readonly end: number;
}

const weigh: Weigh = async (text, { parameters: { span, feature } }, options) => {
  if (feature === 'type' && span > 1) {
    throw new GlassboxError(
      'bad-input',
      'Occlusion: words that are spelt alike stand at several places and have no neighbours, so they cannot be taken away in spans; take a span of 1, or single words.',
    );
  }
  const spans = spansOf(text, span);
  const values = await text.values(without(text.all(1), spans), spans.length, options);
  const sums = new Float64Array(text.features.length);
  const counts = new Float64Array(text.features.length);
  spans.forEach(({ first, end }, at) => {
    for (let i = first; i < end; i++) {
      sums[i]! += text.value - values[at]!;
      counts[i]!++;
    }
  });
  return { weights: sums.map((sum, i) => sum / counts[i]!), spread: null, health: [] };
};

/** All spans of so many neighbours; none reaches over two fields, and a shorter field is one span. */
function spansOf({ features, hand }: PerturbedText, size: number): Span[] {
  const fields = features.map(feature => fieldOf(hand, feature));
  return [0, 1].flatMap(field => {
    const from = fields.indexOf(field);
    if (from < 0) return [];
    const to = fields.lastIndexOf(field) + 1;
    const length = Math.min(size, to - from);
    return Array.from({ length: to - from - length + 1 }, (_, i) => ({
      first: from + i,
      end: from + i + length,
    }));
  });
}

/** The text without each span in turn. */
function* without(standing: Coalition, spans: readonly Span[]): Generator<Coalition> {
  for (const { first, end } of spans) {
    yield standing.fill(0, first, end);
    standing.fill(1, first, end);
  }
}

/**
 * a_i = mean over the spans S with i of f(x) - f(x without S): with a span of 1, leave-one-out. The mean is not divided by the span, as
 * in Captum.
 */
export const occlusion = perturbationMethod(
  {
    name: 'occlusion',
    title: 'Occlusion',
    about:
      'How far the explained number falls when a word is taken away and all others stay (leave-one-out); with a longer span, neighbours go together and a word has the mean over the spans that it is in. What two words do only together it counts twice or not at all, and a text with a gap may be like none that the model has seen.',
    source: 'Zeiler and Fergus 2014, arXiv:1311.2901; Li et al. 2016, arXiv:1612.08220',
    defaults: { feature: 'word', removal: 'mask', span: 1 },
    aggregations: [],
    family: 'perturbation',
    costly: false,
    linear: true,
  },
  weigh,
);
