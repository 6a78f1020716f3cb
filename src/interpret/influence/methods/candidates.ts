/**
 * FastIF's pruning (Guo et al. 2021): only the training lines nearest to the ones asked about are scored. That misses lines that are
 * influential and unlike, so it is an option, and what it misses is measured by the exact influence of the head, which is cheap.
 */
import type { HealthCheck } from '../../../protocol/explanation';
import type { ResolvedInfluenceOptions } from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { Example } from '../curvature/batches';
import { eachBlock } from '../head/features';
import { extremesOf, type Ranked } from '../head/extremes';
import type { InfluenceMethod, MethodContext } from '../method';
import { signalOf } from '../../pause';
import { headMethod } from './head';
import { headQueries } from './headQueries';
import { counted } from './notes';

export interface Candidates {
  /** Of training examples, ascending. */
  readonly numbers: readonly number[];
  readonly notes: readonly HealthCheck[];
}

/** Null where all lines are candidates. Throws GlassboxError 'unsupported' for a model without features, 'cancelled'. */
export async function candidatesOf(
  tests: readonly Example[],
  options: ResolvedInfluenceOptions,
  context: MethodContext,
  exact: InfluenceMethod = headMethod,
): Promise<Candidates | null> {
  const { train } = context;
  const { candidates: most } = options;
  if (most === null || most >= train.count || tests.length === 0) return null;
  const squares = await squaredDistances(tests, context);
  const numbers = smallest(squares, most);
  return { numbers, notes: [await recallNote(numbers, tests, options, context, exact)] };
}

/**
 * From each training line to the mean of the lines asked about, by what the last linear layer reads of them (of tokens the mean over
 * those that count), squared, [train.count].
 */
export async function squaredDistances(
  tests: readonly Example[],
  { model, train, ...options }: MethodContext,
): Promise<Float64Array> {
  const centre = await centreOf(tests, { model, ...signalOf(options) });
  const { source, starts } = await train.features(options);
  const width = centre.length;
  const squares = new Float64Array(train.count);
  const sum = new Float64Array(width);
  let example = 0;
  await eachBlock(
    source,
    ({ features, rows }, first) => {
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < width; k++) sum[k]! += features[row * width + k]!;
        if (first + row + 1 < starts[example + 1]!) continue;
        const count = starts[example + 1]! - starts[example]!;
        for (let k = 0; k < width; k++) squares[example]! += (sum[k]! / count - centre[k]!) ** 2;
        sum.fill(0);
        example++;
      }
    },
    options.signal,
  );
  return squares;
}

async function centreOf(
  tests: readonly Example[],
  { model, ...options }: Pick<MethodContext, 'model' | 'signal'>,
): Promise<Float64Array> {
  try {
    const queries = (await headQueries(model, tests, options)).flat();
    const centre = new Float64Array(queries[0]?.features.length ?? 0);
    for (const { features, weight = 1 } of queries) {
      for (let k = 0; k < centre.length; k++) centre[k]! += weight * features[k]!;
    }
    return centre;
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    throw new GlassboxError(
      'unsupported',
      `${model.about.file} has no last linear layer by whose features the nearest lines could be found; ask without candidates.`,
    );
  }
}

/** Numbers of the `most` smallest values, ascending; of equal ones the earlier. */
function smallest(values: Float64Array, most: number): number[] {
  const last = values.toSorted()[most - 1]!;
  const below: number[] = [];
  const equal: number[] = [];
  values.forEach((value, number) => {
    if (value < last) below.push(number);
    else if (value === last) equal.push(number);
  });
  return [...below, ...equal.slice(0, most - below.length)].sort((a, b) => a - b);
}

/** The share of the head's most helpful and most hurtful lines that are candidates. */
async function recallNote(
  numbers: readonly number[],
  tests: readonly Example[],
  options: ResolvedInfluenceOptions,
  context: MethodContext,
  exact: InfluenceMethod,
): Promise<HealthCheck> {
  const { k } = options;
  const what = `Only the ${counted(numbers.length)} nearest of ${counted(context.train.count)} lines were scored`;
  const wayOut = 'influential lines that are unlike may be missing';
  try {
    const { scores } = await exact(tests, { ...options, damping: null }, context);
    const { top, bottom } = extremesOf(scores, k);
    const wanted = [
      ...top.filter(({ score }) => score > 0),
      ...bottom.filter(({ score }) => score < 0),
    ];
    const among = new Set(numbers);
    const found = wanted.filter(({ row }: Ranked) => among.has(row)).length;
    const value = wanted.length === 0 ? null : found / wanted.length;
    const says = `${what}. Of the ${wanted.length} lines that help and hurt most by the head's exact influence, ${found} are among them (a recall of ${value === null ? 'nothing' : `${(100 * value).toFixed(0)} %`}); ${wayOut}.`;
    return { check: 'recall', ok: value === null || value >= goodRecall, value, says };
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    const says = `${what}; their recall is unknown, for this model's head has no exact influence, and ${wayOut}.`;
    return { check: 'recall', ok: false, value: null, says };
  }
}

function isUnsupported(error: unknown): boolean {
  return error instanceof GlassboxError && error.code === 'unsupported';
}

/** Below this it is a warning. */
const goodRecall = 0.9;
