/**
 * The nearest labelled examples in the model's own features, what its last linear layer reads: those with the label of the
 * test line speak for it, those with another label against it. Similarities, no influences.
 */
import type { Link } from '../../../protocol/task';
import type { Example } from '../curvature/batches';
import { decisionsOf } from '../decisions';
import { dotAt } from '../../linear/dot';
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
  const labelsOf = ({ target }: Example): Label[] => {
    const found = decisionsOf(head, target).map(({ right }) => labelOf(head.link, right));
    return [...new Set(found)];
  };
  const asked = queries.map((list, i) => pointOf(list, labelsOf(tests[i]!)));
  const scores = new Float64Array(train.count);
  const line = new LineMean(asked[0]!.point.length, head.link);
  let at = 0;
  const finish = (): void => {
    line.finish();
    for (const { point, labels } of asked) {
      const same = kind === 'any' || fits(labels, line.labels, kind === 'contains');
      scores[at]! += ((same ? 1 : -1) * similarity[distance](point, line.mean)) / asked.length;
    }
    line.clear();
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
  const ofTokens = head.decides === 'token';
  const of = ofTokens ? ', the mean over the tokens that count' : '';
  const side = ofTokens
    ? kind === 'contains'
      ? 'has its tags'
      : 'has the same tags'
    : 'has its label';
  const sides =
    kind === 'any' ? 'numbers have no sides' : `positive where a line ${side}, else negative`;
  return {
    scores,
    ...(await trainLosses(context)),
    says: `Nearest labelled examples by ${inWords[distance]} between what the last linear layer reads${of}; ${sides}.`,
    residual: null,
    damping: null,
    notes: [],
  };
};

const inWords = {
  cosine: 'the cosine (0 where it is negative)',
  euclidean: 'the Euclidean distance d, as 1 / (1 + d),',
} as const;

/** The same for the same targets: the index of a class, else the numbers written down. */
type Label = number | string;

function labelOf(link: Link, right: Float64Array): Label {
  return link === 'softmax' ? right.indexOf(1) : right.join();
}

/** The same labels, or `contained`: those asked about are among those of the line. */
function fits(asked: readonly Label[], labels: ReadonlySet<Label>, contained: boolean): boolean {
  return asked.every(label => labels.has(label)) && (contained || labels.size === asked.length);
}

interface Point {
  /** Mean of the features. */
  readonly point: Float64Array;
  /** Each different one. */
  readonly labels: readonly Label[];
}

function pointOf(queries: readonly HeadQuery[], labels: readonly Label[]): Point {
  const point = new Float64Array(queries[0]!.features.length);
  for (const { features } of queries) {
    for (let k = 0; k < point.length; k++) point[k]! += features[k]! / queries.length;
  }
  return { point, labels };
}

/** The rows of one line after another. */
class LineMean {
  /** Once the line is finished. */
  readonly mean: Float64Array;
  readonly labels = new Set<Label>();
  private count = 0;

  constructor(
    private readonly width: number,
    private readonly link: Link,
  ) {
    this.mean = new Float64Array(width);
  }

  add({ features, targets, rows }: FeatureBlock, row: number): void {
    const { mean, width } = this;
    const classes = targets.length / rows;
    for (let k = 0; k < width; k++) mean[k]! += features[row * width + k]!;
    this.labels.add(labelOf(this.link, targets.subarray(row * classes, (row + 1) * classes)));
    this.count++;
  }

  finish(): void {
    if (this.count > 1) for (let k = 0; k < this.width; k++) this.mean[k]! /= this.count;
  }

  clear(): void {
    this.mean.fill(0);
    this.labels.clear();
    this.count = 0;
  }
}

/** From 0: the sign of a score is the label's. What points the other way is not near, and counts 0. */
const similarity = {
  cosine: (a: Float64Array, b: Float64Array): number => {
    const lengths = Math.sqrt(dotAt(a, 0, a, 0, a.length) * dotAt(b, 0, b, 0, b.length));
    return lengths === 0 ? 0 : Math.max(0, dotAt(a, 0, b, 0, a.length) / lengths);
  },
  euclidean: (a: Float64Array, b: Float64Array): number => {
    let squares = 0;
    for (let k = 0; k < a.length; k++) squares += (a[k]! - b[k]!) ** 2;
    return 1 / (1 + Math.sqrt(squares));
  },
};
