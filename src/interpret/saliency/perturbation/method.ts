/** Perturbation methods: what becomes of the explained number when features of the text are taken away. */
import type { HealthCheck, MethodDescription } from '../../../protocol/explanation';
import type { RunOptions } from '../../task/predictRows';
import type { Attribution, Method, ResolvedParameters, SaliencyWork } from '../method';
import { heldNote } from './health';
import { PerturbedText } from './perturbedText';

export interface Weighed {
  /** One number a feature. */
  readonly weights: ArrayLike<number>;
  /** Standard deviation of each over seeds; null where nothing is drawn. */
  readonly spread: ArrayLike<number> | null;
  readonly health: readonly HealthCheck[];
}

/** How a method weighs the features of a text, of which there is at least one. Throws GlassboxError as Method.attribute. */
export type Weigh = (
  text: PerturbedText,
  asked: Pick<SaliencyWork, 'scalar'> & { readonly parameters: ResolvedParameters },
  options: RunOptions,
) => Promise<Weighed>;

export function perturbationMethod(description: MethodDescription, weigh: Weigh): Method {
  return {
    description,
    fixed: [],
    attribute: async (work, options) => {
      const found: Attribution[] = [];
      // Each text by itself: what is found about it must not depend on the others, not even by rounding.
      for (const [index, job] of work.jobs.entries()) {
        const text = PerturbedText.of(work, job);
        const weighed =
          text.features.length > 0
            ? await weigh(text, work, ofOne(options, index, work.jobs.length))
            : nothing;
        found.push(attributionOf(work, text, weighed));
      }
      return found;
    },
  };
}

const nothing: Weighed = { weights: [], spread: null, health: [] };

/** Progress of one of several texts as that of all. */
function ofOne({ signal, progress }: RunOptions, index: number, texts: number): RunOptions {
  return {
    ...(signal && { signal }),
    ...(progress && {
      progress: ({ done, total, says }) => {
        progress({ done: index * total + done, total: texts * total, says });
      },
    }),
  };
}

/**
 * The tokens of a feature share its number equally (a word of three pieces gives each a third), and its spread too, so that the numbers
 * of tokens add up as those of features do. Special tokens have 0.
 */
function attributionOf(
  { model, parameters }: SaliencyWork,
  { seen, features, held }: PerturbedText,
  { weights, spread, health }: Weighed,
): Attribution {
  const place = new Map(seen.map((token, at) => [token, at]));
  const shared = (numbers: ArrayLike<number>): number[] => {
    const values = new Array<number>(seen.length).fill(0);
    features.forEach((tokens, feature) => {
      for (const token of tokens) values[place.get(token)!] = numbers[feature]! / tokens.length;
    });
    return values;
  };
  return {
    seen,
    attributions: shared(weights),
    signed: true,
    normalisation: 'max',
    spread: spread && shared(spread),
    maps: [],
    shares: [],
    health: [...health, ...(held > 0 ? [heldNote(held, parameters.feature)] : [])],
    // The file itself is run.
    disagreement: 0,
    device: model.about.device,
  };
}
