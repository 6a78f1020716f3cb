/** Runs the points of some rows through the saliency program, in slices that add up. */
import { columnsOf, type Row } from '../../../model/inputs';
import type { ScalarKind } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import type { Feeds, TensorValue } from '../../../runtime/session';
import type { Decision } from '../../task/decision';
import type { RunOptions } from '../../task/predictRows';
import type { SaliencyProgram } from './program';
import { fixedFeeds, sliceFeeds, type Entry } from './programFeeds';
import { programInputs as input, programOutputs as output } from './programValues';

/** A place near or before a text at which the gradient is taken; the same for every row. */
export interface Point {
  /** 1 at the text, 0 at the baseline. */
  readonly alpha: number;
  /** In the sum of gradients. */
  readonly weight: number;
  /** Standard deviation of the noise; `relative`: in units of the row's largest minus smallest number. */
  readonly sigma: number;
  readonly relative: boolean;
  /** Which draw of the noise. */
  readonly sample: number;
}

/** A point that counts for nothing: only the scalar (and the logits) there are wanted. */
export function silentPoint(alpha: number): Point {
  return { alpha, weight: 0, sigma: 0, relative: false, sample: 0 };
}

export type Moment = 'mean' | 'square' | 'variance';

export interface Work {
  readonly rows: readonly Row[];
  /** What is decided in each row, and the scalar of it. */
  readonly decisions: readonly (readonly Decision[])[];
  readonly scalar: ScalarKind;
  /** Ids of each row's baseline; scale 0 makes it the zero vector. */
  readonly baseline: { readonly ids: readonly (readonly number[])[]; readonly scale: 0 | 1 };
  readonly points: readonly Point[];
  /** Of the gradient over the points; by default the mean. */
  readonly moment?: Moment;
  readonly seed?: number;
  readonly wantsLogits?: boolean;
}

/** Numbers a token (zero on padding): norms of the moment, and of the moment times the input. */
export interface Reductions {
  readonly rawSum: readonly number[];
  readonly rawL1: readonly number[];
  readonly rawL2: readonly number[];
  readonly productSum: readonly number[];
  readonly productL1: readonly number[];
  readonly productL2: readonly number[];
  /** L2 norm of the input's distance from the baseline. */
  readonly inputL2: readonly number[];
}

export interface RowResult {
  readonly reductions: Reductions;
  /** The scalar at each point. */
  readonly scalars: readonly number[];
  /** The logits of the row's decisions at each point, [K, C]; only where the work wants them. */
  readonly logits: readonly Float32Array[];
}

const reductionNames = {
  rawSum: output.rawSum,
  rawL1: output.rawL1,
  rawL2: output.rawL2,
  productSum: output.productSum,
  productL1: output.productL1,
  productL2: output.productL2,
  inputL2: output.inputL2,
};

const zero: TensorValue = { dtype: 'float32', dims: [1, 1, 1], data: Float32Array.of(0) };

/**
 * Gradients at all points of all rows, summed up and reduced. The result does not depend on how the work
 * is cut into slices, but for rounding. Throws GlassboxError 'cancelled' between two slices.
 */
export async function runPoints(
  program: SaliencyProgram,
  work: Work,
  options: RunOptions = {},
): Promise<{ rows: RowResult[] }> {
  // A variance is the difference of two numbers that are almost equal unless both are taken around a
  // point nearby: the gradient at the text itself.
  const pivot = work.moment === 'variance' ? await gradientAtText(program, work, options) : zero;
  const { values, scalars, logits } = await accumulate(
    program,
    work,
    pivot,
    Object.values(reductionNames),
    options,
  );
  const columns = columnsOf(program.model.about.inputs, work.rows);
  const rows = work.rows.map((row, index): RowResult => {
    const ofRow = (name: string): number[] =>
      Array.from(
        (values[name]!.data as Float32Array).subarray(
          index * columns,
          index * columns + row.ids.length,
        ),
      );
    return {
      reductions: {
        rawSum: ofRow(reductionNames.rawSum),
        rawL1: ofRow(reductionNames.rawL1),
        rawL2: ofRow(reductionNames.rawL2),
        productSum: ofRow(reductionNames.productSum),
        productL1: ofRow(reductionNames.productL1),
        productL2: ofRow(reductionNames.productL2),
        inputL2: ofRow(reductionNames.inputL2),
      },
      scalars: scalars[index]!,
      logits: logits[index]!,
    };
  });
  return { rows };
}

async function gradientAtText(
  program: SaliencyProgram,
  work: Work,
  options: RunOptions,
): Promise<TensorValue> {
  const points = [{ alpha: 1, weight: 1, sigma: 0, relative: false, sample: 0 }];
  const clean: Work = { ...work, points, moment: 'mean' };
  const { signal } = options;
  const { values } = await accumulate(
    program,
    clean,
    zero,
    [output.sum],
    signal === undefined ? {} : { signal },
  );
  return values[output.sum]!;
}

interface Accumulated {
  /** What was asked for, after the last slice. */
  readonly values: Feeds;
  /** By row, then by point. */
  readonly scalars: number[][];
  readonly logits: Float32Array[][];
}

async function accumulate(
  program: SaliencyProgram,
  work: Work,
  pivot: TensorValue,
  fetches: readonly string[],
  { signal, progress }: RunOptions,
): Promise<Accumulated> {
  const { inputs } = program.model.about;
  const columns = columnsOf(inputs, work.rows);
  const entries = work.rows.flatMap((_, row) =>
    work.points.map((point): Entry => ({ row, point })),
  );
  const fixed = fixedFeeds(program.model.about, work, columns);
  const scalars: number[][] = work.rows.map(() => []);
  const logits: Float32Array[][] = work.rows.map(() => []);
  let sums = { sum: zero, square: zero };
  for (let done = 0; ;) {
    if (signal?.aborted) throw new GlassboxError('cancelled', 'The explanation was cancelled.');
    const slice = entries.slice(done, done + (inputs.batch ?? program.pace.pointsOf(columns)));
    const last = done + slice.length >= entries.length;
    const feeds = {
      ...fixed,
      ...sliceFeeds(program.model.about, work, slice, columns),
      [input.pivot]: pivot,
      [input.sumSoFar]: sums.sum,
      [input.squareSoFar]: sums.square,
    };
    const fetched = last ? fetches : [output.sum, output.square];
    const started = performance.now();
    const values = await program.run(feeds, [
      ...fetched,
      output.scalar,
      ...(work.wantsLogits ? [output.logits] : []),
    ]);
    program.pace.learn(slice.length * columns, performance.now() - started);
    slice.forEach(({ row }, index) => {
      scalars[row]!.push(Number(values[output.scalar]!.data[index]));
      if (!work.wantsLogits) return;
      const { dims, data } = values[output.logits]!;
      const size = dims[1]! * dims[2]!;
      logits[row]!.push((data as Float32Array).slice(index * size, (index + 1) * size));
    });
    done += slice.length;
    if (last) return { values, scalars, logits };
    progress?.({ done, total: entries.length, says: `${done} of ${entries.length} points` });
    sums = { sum: values[output.sum]!, square: values[output.square]! };
  }
}
