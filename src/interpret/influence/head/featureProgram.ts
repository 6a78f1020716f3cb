/** A model up to its last linear map as a session: the features and the logits of many rows. */
import { setImmediate } from 'node:timers/promises';
import { cleanup, narrow } from '../../../autodiff/passes';
import type { Facts } from '../../../autodiff/shapes';
import { vjp } from '../../../autodiff/vjp';
import { columnsOf as lengthOf, feedsOf, type Row } from '../../../model/inputs';
import type { Model, Releasable } from '../../../model/model';
import { GraphBuilder } from '../../../onnx/builder';
import type { Graph } from '../../../onnx/graph';
import type { HealthCheck } from '../../../protocol/explanation';
import { GlassboxError, reasonOf } from '../../../protocol/messages';
import { Session } from '../../../runtime/session';
import { extensible } from '../../programGraphs';
import { onDevice } from '../../onDevice';
import { Pace } from '../../saliency/gradients/pace';
import { largestDifference, tolerance } from '../../saliency/gradients/program';
import { groupsOf, type RunOptions } from '../../task/predictRows';
import { stopIfCancelled } from '../../pause';
import { headOf, type HeadPlace } from './headOf';
import { logitsOf } from './linearHead';

const output = { features: 'glassbox/features', logits: 'glassbox/logits' } as const;

/** What the last linear map reads and says, of texts or of chosen tokens, in the order in which they were asked for. */
export interface Features {
  readonly rows: number;
  /** [rows, width] */
  readonly features: Float32Array;
  /** [rows, classes] */
  readonly logits: Float32Array;
}

export interface FeatureOptions extends RunOptions {
  /** Of a model for tokens: the positions in each row that are wanted; all by default. */
  readonly positions?: readonly (readonly number[])[];
}

export class FeatureProgram implements Releasable {
  readonly pace: Pace;
  /** How far W h + b is from the model's logits, relative to the largest logit (at least 1). */
  disagreement = NaN;

  private constructor(
    readonly model: Model,
    readonly place: HeadPlace,
    readonly device: 'cpu' | 'webgpu',
    /** Set where the program runs elsewhere than the model. */
    readonly note: HealthCheck | null,
    private readonly session: Session,
  ) {
    // Forward only: half of what the pace counts.
    this.pace = new Pace(model.about.matrixWeights / 2, device);
  }

  /**
   * Built and checked on first use, then kept with the model. Throws GlassboxError 'unsupported' for a model without a last linear map
   * (headOf.ts) and 'bad-model' where the map does not give the model's logits.
   */
  static async of(model: Model): Promise<FeatureProgram> {
    return await model.program('head features', async () => {
      const { file, head } = model.about;
      // Positions of the last layer that nobody reads need not be computed.
      const { graph, facts } = narrow(await model.graph(), model.about.facts);
      const place = headOf({ graph, facts, decides: head, file });
      const program = buildFeatureGraph(graph, facts, place, file);
      const open = async (device: 'cpu' | 'webgpu', note: HealthCheck | null) => {
        const session = await Session.of(program, { device });
        const opened = new FeatureProgram(model, place, device, note, session);
        try {
          await opened.check();
          return opened;
        } catch (error) {
          await opened.release();
          throw error;
        }
      };
      return await onDevice(model, open, 'this model with its features as outputs');
    });
  }

  /**
   * In runs that stay short enough to be cancelled between two. The numbers do not depend on how the rows are cut into runs, but for
   * rounding. Throws GlassboxError 'cancelled'.
   */
  async run(rows: readonly Row[], options: FeatureOptions = {}): Promise<Features> {
    const { about } = this.model;
    const { width, classes } = this.place.head;
    const ofText = about.head.decides === 'text';
    const wanted = rows.map((row, i) =>
      ofText ? [0] : (options.positions?.[i] ?? [...row.ids.keys()]),
    );
    const starts: number[] = [];
    let total = 0;
    for (const list of wanted) {
      starts.push(total);
      total += list.length;
    }
    const features = new Float32Array(total * width);
    const logits = new Float32Array(total * classes);
    let done = 0;
    for (const group of groupsOf(this.model, rows)) {
      // Rows of about one length together: padding costs as much as text.
      const sorted = group.toSorted((i, j) => rows[i]!.ids.length - rows[j]!.ids.length);
      for (let at = 0; at < sorted.length;) {
        stopIfCancelled(options.signal);
        const some = sorted.slice(at, at + this.rowsFrom(sorted, at, rows));
        // Other messages come first, or a cancel would never be heard.
        await setImmediate();
        const found = await this.runOnce(some.map(i => rows[i]!));
        some.forEach((i, row) => {
          wanted[i]!.forEach((position, k) => {
            const from = ofText ? row : row * found.length + position;
            const to = starts[i]! + k;
            features.set(found.features.subarray(from * width, (from + 1) * width), to * width);
            logits.set(found.logits.subarray(from * classes, (from + 1) * classes), to * classes);
          });
        });
        at += some.length;
        done += some.length;
        const says = `Features of ${done} of ${rows.length} lines`;
        options.progress?.({ done, total: rows.length, says });
      }
    }
    return { rows: total, features, logits };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /** How many of `sorted` from `at` on go into one run: the longest row decides, and it is the last. */
  private rowsFrom(sorted: readonly number[], at: number, rows: readonly Row[]): number {
    const { inputs } = this.model.about;
    if (inputs.batch !== null) return inputs.batch;
    let count = 1;
    while (at + count < sorted.length) {
      const length = inputs.length ?? rows[sorted[at + count]!]!.ids.length;
      if (this.pace.pointsOf(length) < count + 1) break;
      count++;
    }
    return count;
  }

  private async runOnce(
    rows: readonly Row[],
  ): Promise<{ features: Float32Array; logits: Float32Array; length: number }> {
    const { inputs } = this.model.about;
    const length = lengthOf(inputs, rows);
    const started = performance.now();
    const found = await this.session.run(feedsOf(inputs, rows));
    this.pace.learn(rows.length * length, performance.now() - started);
    return {
      features: found[output.features]!.data as Float32Array,
      logits: found[output.logits]!.data as Float32Array,
      length,
    };
  }

  /** Everything after the features is the linear map in closed form, or there is no head. */
  private async check(): Promise<void> {
    const { embedding, maxTokens, file } = this.model.about;
    const trial = [Math.min(5, maxTokens), Math.min(7, maxTokens)].map((length, row): Row => {
      const ids = Array.from({ length }, (_, i) => (3 + 11 * i + 5 * row) % embedding.vocabulary);
      return { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    });
    const { rows, features, logits } = await this.run(trial);
    const { head } = this.place;
    const own = new Float64Array(head.classes);
    const all: number[] = [];
    for (let row = 0; row < rows; row++) {
      logitsOf(head, features, row * head.width, own);
      all.push(...own);
    }
    this.disagreement = largestDifference(logits, all);
    if (this.disagreement <= tolerance[this.device]) return;
    throw new GlassboxError(
      'unsupported',
      `${file} does not give the logits that its last linear layer gives (they differ by ${this.disagreement.toExponential(1)}), so there is no head whose influence could be computed exactly; choose the method "cg".`,
    );
  }
}

/** The model's graph with features and logits for outputs. */
function buildFeatureGraph(source: Graph, facts: Facts, place: HeadPlace, file: string): Graph {
  const graph = extensible(source);
  const { features, logits, pickedFrom } = place;
  const picked =
    pickedFrom === null ? features : pickFeatures(graph, { ...place, pickedFrom }, facts, file);
  const b = new GraphBuilder(graph, 'glassbox/');
  b.output(picked, output.features);
  b.output(logits, output.logits);
  return cleanup(graph);
}

/**
 * The features of the token whose logits are taken, [batch, width]. The derivative of a text's first logit by the products for class 0 is 1
 * at that token and 0 elsewhere, however the exporter has written the choice.
 */
function pickFeatures(
  graph: Graph,
  { head, features, logits, pickedFrom }: HeadPlace & { readonly pickedFrom: string },
  facts: Facts,
  file: string,
): string {
  const b = new GraphBuilder(graph, 'glassbox/pick/');
  const first = Array.from({ length: head.classes }, (_, c) => Number(c === 0));
  const row = b.constant('float32', [1, head.classes], first);
  const seed = b.op('Expand', [row, b.op('Shape', [logits])]);
  const seeds = new Map([[logits, seed]]);
  const wrt = [pickedFrom];
  const adjoint = attempt(file, () => vjp({ graph, seeds, wrt, facts, prefix: 'glassbox/vjp/' }));
  const end = new GraphBuilder(graph, 'glassbox/pick/');
  const share = end.op('Gather', [adjoint.get(pickedFrom)!, end.int(0)], { axis: 2 });
  const mixed = end.op('MatMul', [end.op('Unsqueeze', [share, end.ints([1])]), features]);
  return end.op('Squeeze', [mixed, end.ints([1])]);
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new GlassboxError('unsupported', `${file}: ${reasonOf(error)}`);
  }
}
