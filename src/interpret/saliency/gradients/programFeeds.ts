/** The tensors that the saliency program is fed. */
import { feedsOf, wholeNumbers, type Row } from '../../../model/inputs';
import type { ModelFacts } from '../../../model/model';
import type { Feeds, TensorValue } from '../../../runtime/session';
import { noiseCounters } from './noise';
import { decisionFeeds } from './decisionFeeds';
import { programInputs as input } from './programValues';
import type { Moment, Point, Work } from './runPoints';

/** One point of one row: an entry of the batch. */
export interface Entry {
  readonly row: number;
  readonly point: Point;
}

/** m0 A + m1 Q + m2 A^2, of which program inputs `moment` are the coefficients. */
const momentCoefficients: Readonly<Record<Moment, readonly number[]>> = {
  mean: [1, 0, 0],
  square: [0, 1, 0],
  variance: [0, 1, -1],
};

/** What is the same in every slice. */
export function fixedFeeds(about: ModelFacts, work: Work, columns: number): Feeds {
  const { inputs, embedding, head } = about;
  const { width } = embedding;
  const { rows, baseline, points, moment = 'mean', seed = 0 } = work;
  const noisy = points.some(point => point.sigma !== 0);
  const padded = (lists: readonly (readonly number[])[], filling: number): number[] =>
    lists.flatMap(list => Array.from({ length: columns }, (_, i) => list[i] ?? filling));
  // Padding must be what it is to the model itself: not every model has a mask.
  const { padId } = inputs;
  const dims = [rows.length, columns];
  return {
    [input.rowIds]: wholeNumbers(
      'int64',
      dims,
      padded(
        rows.map(row => row.ids),
        padId,
      ),
    ),
    [input.baselineIds]: wholeNumbers('int64', dims, padded(baseline.ids, padId)),
    [input.baselineScale]: floats([1], [baseline.scale]),
    [input.rowMask]: floats(
      dims,
      padded(
        rows.map(row => row.mask),
        0,
      ),
    ),
    [input.seed]: wholeNumbers('int64', [1], [seed]),
    [input.counters]: noisy
      ? {
          dtype: 'int64',
          dims: [columns, width + (width % 2)],
          data: noiseCounters(columns, width),
        }
      : wholeNumbers('int64', [1, 2], [0, 1]),
    [input.noiseWidth]: wholeNumbers('int64', [1], [noisy ? width : 1]),
    [input.moment]: floats([3], momentCoefficients[moment]),
    [input.linear]: floats([1], [moment === 'mean' ? 1 : 0]),
    ...decisionFeeds(head, work, columns),
  };
}

/** What differs from slice to slice; the caller adds the sums so far and the pivot. */
export function sliceFeeds(
  { inputs }: ModelFacts,
  work: Work,
  slice: readonly Entry[],
  columns: number,
): Feeds {
  const count = inputs.batch ?? slice.length;
  // An export with a fixed batch is filled up with points of weight zero.
  const all = Array.from({ length: count }, (_, i) => slice[i] ?? slice[0]!);
  const perPoint = (pick: (entry: Entry) => number): TensorValue => floats([count], all.map(pick));
  const noisy = work.points.some(point => point.sigma !== 0);
  const samples = noisy ? all.map(({ point }) => point.sample) : [0];
  const weights = work.rows.flatMap((_, row) =>
    all.map((entry, i) => (i < slice.length && entry.row === row ? entry.point.weight : 0)),
  );
  // Rows are as long as their columns, so that the model sees the padding that the program sees.
  const rows = all.map(({ row }) => padRow(work.rows[row]!, columns, inputs.padId));
  return {
    ...feedsOf(inputs, rows),
    [input.rowOf]: wholeNumbers(
      'int64',
      [count],
      all.map(entry => entry.row),
    ),
    [input.alpha]: perPoint(({ point }) => point.alpha),
    [input.sigma]: perPoint(({ point }) => point.sigma),
    [input.relative]: perPoint(({ point }) => (point.relative ? 1 : 0)),
    [input.samples]: wholeNumbers('int64', [samples.length], samples),
    [input.weights]: floats([work.rows.length, count], weights),
  };
}

function padRow(row: Row, columns: number, padId: number): Row {
  const padded = (list: readonly number[], filling: number): number[] =>
    Array.from({ length: columns }, (_, i) => list[i] ?? filling);
  return {
    ids: padded(row.ids, padId),
    mask: padded(row.mask, 0),
    typeIds: padded(row.typeIds, 0),
  };
}

function floats(dims: readonly number[], numbers: readonly number[]): TensorValue {
  return { dtype: 'float32', dims, data: Float32Array.from(numbers) };
}
