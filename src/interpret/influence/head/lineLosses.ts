/** The losses of training lines by a head, and on which of them it decides something else than their label. */
import { indexOfLargest } from '../../task/reading';
import { eachBlock, type FeatureSource } from './features';
import { emptyState, logitsOf, lossOf, type LinearHead, type RowState } from './linearHead';

/** The first row of each line and, at the end, the number of rows, [lines + 1]. */
export type LineStarts = ArrayLike<number>;

/** Every row is a line. */
export function oneRowEach(rows: number): LineStarts {
  return Float64Array.from({ length: rows + 1 }, (_, row) => row);
}

/** A row that was read: its loss without its weight, and its target in the block. */
export interface LossRow {
  readonly row: number;
  readonly weight: number;
  readonly loss: number;
  readonly state: RowState;
  readonly targets: Float64Array;
  readonly offset: number;
}

/** Rows come in their order. */
export class LineLosses {
  /** [lines] */
  readonly losses: Float64Array;
  /** 1 where what is decided is not the target for some row of the line; of a regression 0. */
  readonly disagrees: Uint8Array;
  /** Of the last row. */
  line = 0;

  constructor(
    private readonly link: LinearHead['link'],
    private readonly starts: LineStarts,
  ) {
    const lines = starts.length - 1;
    this.losses = new Float64Array(lines);
    this.disagrees = new Uint8Array(lines);
  }

  add({ row, weight, loss, state, targets, offset }: LossRow): void {
    while (row >= this.starts[this.line + 1]!) this.line++;
    this.losses[this.line]! += weight * loss;
    if (!agrees(this.link, state.answers, targets, offset)) this.disagrees[this.line] = 1;
  }
}

/** One pass over the features. Throws GlassboxError 'cancelled'. */
export async function lineLossesOf(
  source: FeatureSource,
  starts: LineStarts,
  head: LinearHead,
  signal?: AbortSignal,
): Promise<LineLosses> {
  const { classes, link, width } = head;
  const found = new LineLosses(link, starts);
  const logits = new Float64Array(classes);
  const state = emptyState(classes);
  await eachBlock(
    source,
    ({ rows, features, targets, weights }, first) => {
      for (let row = 0; row < rows; row++) {
        const offset = row * classes;
        logitsOf(head, features, row * width, logits);
        const loss = lossOf(link, logits, targets, offset, state);
        found.add({ row: first + row, weight: weights?.[row] ?? 1, loss, state, targets, offset });
      }
    },
    signal,
  );
  return found;
}

/** A probability of one half is a yes. */
function agrees(
  link: LinearHead['link'],
  answers: Float64Array,
  targets: Float64Array,
  offset: number,
): boolean {
  if (link === 'identity') return true;
  if (link === 'softmax') return targets[offset + indexOfLargest(answers)] === 1;
  return answers.every((p, label) => p >= 0.5 === (targets[offset + label] === 1));
}
