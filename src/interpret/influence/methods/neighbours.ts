/**
 * The nearest labelled examples in the model's own features, what its last linear layer reads: those with the label of the
 * test line speak for it, those with another label against it. Similarities, no influences.
 */
import type { Example } from '../curvature/batches';
import { decisionsOf } from '../decisions';
import { dotAt } from '../head/dot';
import { eachBlock, type FeatureBlock } from '../head/features';
import type { HeadQuery } from '../head/headInfluence';
import type { InfluenceMethod } from '../method';
import { headQueries } from './headQueries';
import { trainLosses } from './loss';

export const neighboursMethod: InfluenceMethod = async (tests, { distance, unit }, context) => {
  const { model, train, signal } = context;
  const { head } = model.about;
  const { source, starts } = await train.features(context);
  const queries = await headQueries(model, tests, context);
  const kind = head.task === 'regression' ? 'any' : unit === 'entity' ? 'contains' : 'same';
  const asked = queries.map((list, i) => pointOf(list, labelsOf(tests[i]!)));
  const scores = new Float64Array(train.count);
  const line = new LineMean();
  let at = 0;
  const finish = (): void => {
    const { mean, labels } = line.take();
    for (const test of asked) {
      const same = kind === 'any' || fits(test.labels, labels, kind === 'contains');
      scores[at]! += ((same ? 1 : -1) * similarity[distance](test.point, mean)) / asked.length;
    }
    at++;
  };
  await eachBlock(
    source,
    (block, first) => {
      for (let row = 0; row < block.rows; row++) {
        line.add(block, row);
        if (first + row + 1 === starts[at + 1]) finish();
      }
    },
    signal,
  );
  const labels = head.decides === 'token' ? 'its tags' : 'its label';
  const of = head.decides === 'token' ? ', the mean over the tokens that count' : '';
  const other =
    kind === 'any' ? 'numbers have no sides' : `positive where a line has ${labels}, else negative`;
  return {
    scores,
    ...(await trainLosses(context)),
    says: `Nearest labelled examples by ${inWords[distance]} between what the last linear layer reads${of}; ${other}.`,
    residual: null,
    damping: null,
    notes: [],
  };

  function labelsOf({ target }: Example): string[] {
    const found = decisionsOf(head, target).map(({ right }) => right.join());
    return [...new Set(found)];
  }
};

const inWords = {
  cosine: 'the cosine',
  euclidean: 'the Euclidean distance d, as 1 / (1 + d),',
} as const;

/** The same labels; of an entity: its tags are among those of the line. */
function fits(asked: readonly string[], labels: ReadonlySet<string>, contained: boolean): boolean {
  return asked.every(label => labels.has(label)) && (contained || labels.size === asked.length);
}

interface Point {
  /** Mean of the features. */
  readonly point: Float64Array;
  /** Each different target, written down. */
  readonly labels: readonly string[];
}

function pointOf(queries: readonly HeadQuery[], labels: readonly string[]): Point {
  const point = new Float64Array(queries[0]!.features.length);
  for (const { features } of queries) {
    for (let k = 0; k < point.length; k++) point[k]! += features[k]! / queries.length;
  }
  return { point, labels };
}

/** The rows of one line after another. */
class LineMean {
  private sum = new Float64Array();
  private count = 0;
  private readonly labels = new Set<string>();

  add({ features, targets, rows }: FeatureBlock, row: number): void {
    const [width, classes] = [features.length / rows, targets.length / rows];
    if (this.sum.length !== width) this.sum = new Float64Array(width);
    for (let k = 0; k < width; k++) this.sum[k]! += features[row * width + k]!;
    this.labels.add(targets.subarray(row * classes, (row + 1) * classes).join());
    this.count++;
  }

  /** The mean is overwritten by the next line. */
  take(): { mean: Float64Array; labels: ReadonlySet<string> } {
    const { sum, count } = this;
    const labels = new Set(this.labels);
    const mean = sum.map(value => value / count);
    sum.fill(0);
    this.count = 0;
    this.labels.clear();
    return { mean, labels };
  }
}

const similarity = {
  cosine: (a: Float64Array, b: Float64Array): number => {
    const lengths = Math.sqrt(dotAt(a, 0, a, 0, a.length) * dotAt(b, 0, b, 0, b.length));
    return lengths === 0 ? 0 : dotAt(a, 0, b, 0, a.length) / lengths;
  },
  euclidean: (a: Float64Array, b: Float64Array): number => {
    let squares = 0;
    for (let k = 0; k < a.length; k++) squares += (a[k]! - b[k]!) ** 2;
    return 1 / (1 + Math.sqrt(squares));
  },
};
