/** What the methods of relevance propagation have in common: maps of the embeddings, shares, and whether they add up. */
import type { MethodDescription, Share, TokenMap } from '../../../protocol/explanation';
import type { Feeds } from '../../../runtime/session';
import type { RunOptions } from '../../task/predictRows';
import { programOutputs } from '../gradients/programValues';
import type { Attribution, Method, SaliencyWork } from '../method';
import { RowProgram } from '../rows/rowProgram';
import { runRows, type Found } from '../rows/runRows';
import { conservation, isLost, type RelevanceSums } from './conservation';
import { buildRelevanceGraph, relevanceOutputs as output } from './relevanceGraph';
import { epsilonInput, variants, type VariantName } from './variants';

export function relevanceMethod(
  description: Omit<
    MethodDescription,
    'name' | 'aggregations' | 'scalar' | 'family' | 'costly' | 'linear'
  > & {
    readonly name: VariantName;
  },
): Method {
  const { name } = description;
  return {
    description: {
      ...description,
      aggregations: [],
      // A softmax or a logarithm over the logits has no rule that would be a relevance.
      scalar: 'logit',
      family: 'relevance',
      costly: false,
      linear: true,
    },
    fixed: [],
    attribute: (work, options) => attribute(name, work, options),
  };
}

async function attribute(
  name: VariantName,
  work: SaliencyWork,
  options: RunOptions,
): Promise<Attribution[]> {
  const feeds = (epsilon: number): Feeds =>
    variants[name].epsilon === null
      ? {}
      : { [epsilonInput]: { dtype: 'float32', dims: [1], data: Float32Array.of(epsilon) } };
  const program = await RowProgram.of(
    work.model,
    `relevance ${name}`,
    model => buildRelevanceGraph(model, variants[name]),
    feeds(1),
  );
  const found = await runRows(program, work.jobs, 'logit', feeds(work.parameters.epsilon), options);
  return found.map((each): Attribution => ({
    seen: each.seen,
    attributions: each.tokens[output.word]!,
    signed: true,
    normalisation: 'max',
    spread: null,
    maps: mapsOf(each),
    shares: sharesOf(each),
    health: [...(program.note ? [program.note] : []), conservation(name, sumsOf(each))],
    disagreement: each.disagreement,
    device: program.device,
  }));
}

const kinds = {
  position: {
    title: 'Positions',
    about: 'Relevance of the vector that is added to each token for its place in the text.',
    share: 'Positions',
  },
  type: {
    title: 'Types',
    about:
      'Relevance of the vector that is added to each token for its segment, the first or the second text.',
    share: 'Types',
  },
} as const;

/** Further maps, where the model adds embeddings of positions or types to its word vectors. */
function mapsOf({ tokens }: Found): TokenMap[] {
  const found = (['position', 'type'] as const).filter(kind => tokens[output[kind]]);
  if (found.length === 0) return [];
  const combined = tokens[output.word]!.map((word, i) =>
    found.reduce((sum, kind) => sum + tokens[output[kind]]![i]!, word),
  );
  return [
    ...found.map((kind): TokenMap => ({
      name: kind,
      title: kinds[kind].title,
      about: kinds[kind].about,
      signed: true,
      attributions: tokens[output[kind]]!,
    })),
    {
      name: 'combined',
      title: 'Combined embeddings',
      about: 'Relevance of all that is known of each token: its word, its position and its type.',
      signed: true,
      attributions: combined,
    },
  ];
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What the rules have lost or made is a share of its own, so that all shares add up to the explained number. */
function sharesOf(found: Found): Share[] {
  const { tokens, numbers } = found;
  const shares: Share[] = [{ name: 'word', title: 'Words', value: total(tokens[output.word]!) }];
  for (const kind of ['position', 'type'] as const) {
    const map = tokens[output[kind]];
    if (map) shares.push({ name: kind, title: kinds[kind].share, value: total(map) });
  }
  shares.push({ name: 'bias', title: 'Biases', value: numbers[output.bias]! });
  const sums = sumsOf(found);
  if (!isLost(sums)) return shares;
  const value = sums.value - sums.sum;
  return [...shares, { name: 'lost', title: 'Lost or gained by the rules', value }];
}

function sumsOf({ tokens, numbers }: Found): RelevanceSums {
  const terms = [...Object.values(tokens).flat(), numbers[output.bias]!];
  return {
    value: numbers[programOutputs.scalar]!,
    sum: total(terms),
    magnitude: total(terms.map(Math.abs)),
    bias: numbers[output.bias]!,
  };
}
