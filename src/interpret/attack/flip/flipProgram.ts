/** The flip program of a model as a session: gradients and the best replacements over the vocabulary, in batches. */
import { setImmediate } from 'node:timers/promises';
import type { Model, Releasable } from '../../../model/model';
import type { HealthCheck } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import { Session, type Feeds } from '../../../runtime/session';
import { cannotRun, onDevice } from '../../onDevice';
import { Pace } from '../../saliency/gradients/pace';
import type { RunOptions } from '../../task/predictRows';
import { buildFlipGraph, excluded, flipInputs as input, flipOutputs as output } from './flipGraph';
import type { FlipAnswer, FlipFrame, FlipQuestion, Replacement } from './flipQuestion';
import { columnsIn, filterFeed, nextRun, partsOf, runFeeds, type FlipPart } from './flipRuns';

const outputs = Object.values(output);

/** Numbers that the product with the vocabulary may make in one run (128 MB). */
const mostScores = 2 ** 25;

/** Of the first, silent run. */
const trialFrame: FlipFrame = { filters: [], best: 1, minCosine: null };

export class FlipProgram implements Releasable {
  readonly pace: Pace;
  /** Positions whose replacements may be looked for in one run. */
  mostPositions: number;

  private constructor(
    readonly model: Model,
    readonly device: 'cpu' | 'webgpu',
    /** Set where the program runs elsewhere than the model. */
    readonly note: HealthCheck | null,
    private readonly cosine: boolean,
    private readonly session: Session,
  ) {
    const { matrixWeights, embedding } = model.about;
    this.mostPositions = Math.max(1, Math.floor(mostScores / embedding.vocabulary));
    // The product with the table is made once, the others forward and back.
    this.pace = new Pace(matrixWeights + (embedding.vocabulary * embedding.width) / 2, device);
  }

  /**
   * Built on first use and kept with the model. Where a GPU cannot run it, the CPU does. Throws GlassboxError 'unsupported' naming an
   * op without a derivative.
   */
  static async of(model: Model): Promise<FlipProgram> {
    return await FlipProgram.variant(model, false);
  }

  /** The one that compares word vectors is another graph: it takes a second product with the table. */
  private static async variant(model: Model, cosine: boolean): Promise<FlipProgram> {
    return await model.program(cosine ? 'flip by cosine' : 'flip', async () => {
      const graph = await buildFlipGraph(model, cosine);
      return await onDevice(model, async (device, note) => {
        const { file } = model.about;
        const session = await Session.of(graph, { device }).catch((error: unknown) => {
          throw cannotRun(file, error);
        });
        const program = new FlipProgram(model, device, note, cosine, session);
        try {
          await program.runOnce([trialPart(model)], {
            ...trialFrame,
            minCosine: cosine ? 0 : null,
          });
          return program;
        } catch (error) {
          await program.release();
          throw cannotRun(file, error);
        }
      });
    });
  }

  /**
   * One answer a question, in order, and the runs that it took. The answers do not depend on how the work is cut into runs, but for
   * rounding. Throws GlassboxError 'cancelled' between two runs.
   */
  async run(
    questions: readonly FlipQuestion[],
    { minCosine, ...asked }: FlipFrame,
    options: RunOptions = {},
  ): Promise<{ answers: FlipAnswer[]; runs: number }> {
    // No cosine is less than -1.
    const cosine = minCosine !== null && minCosine > -1;
    const frame: FlipFrame = { ...asked, minCosine: cosine ? minCosine : null };
    if (cosine !== this.cosine) {
      const other = await FlipProgram.variant(this.model, cosine);
      return await other.run(questions, frame, options);
    }
    const { about } = this.model;
    const answers = questions.map(emptyAnswer);
    const filters = filterFeed(about, frame.filters);
    const groups = partsOf(this.model, questions, this.mostPositions);
    const total = groups.reduce((sum, parts) => sum + parts.length, 0);
    let [done, runs] = [0, 0];
    for (const group of groups) {
      for (let at = 0; at < group.length;) {
        if (options.signal?.aborted) {
          throw new GlassboxError('cancelled', 'The attack was cancelled.');
        }
        const left = group.slice(at);
        const rows = about.inputs.batch ?? this.pace.pointsOf(columnsIn(about, left));
        const parts = nextRun(left, rows, this.mostPositions);
        // Other messages come first, or a cancel would never be heard.
        await setImmediate();
        const started = performance.now();
        const found = await this.runOnce(parts, frame, filters);
        this.pace.learn(parts.length * columnsIn(about, parts), performance.now() - started);
        readRun(found, parts, frame.best, answers, columnsIn(about, parts));
        at += parts.length;
        done += parts.length;
        runs++;
        if (done < total) {
          options.progress?.({ done, total, says: `${done} of ${total} gradients` });
        }
      }
    }
    return { answers, runs };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async runOnce(
    parts: readonly FlipPart[],
    frame: FlipFrame,
    filters = filterFeed(this.model.about, frame.filters),
  ): Promise<Feeds> {
    const feeds = { ...runFeeds(this.model.about, parts, frame), [input.filters]: filters };
    return await this.session.run(feeds, outputs);
  }
}

/** While it is being filled. */
type Answer = { -readonly [K in keyof FlipAnswer]: FlipAnswer[K] } & {
  replacements: Replacement[][];
};

function emptyAnswer({ row }: FlipQuestion): Answer {
  return { value: NaN, norms: [], dots: [], replacements: row.ids.map(() => []) };
}

/** Puts what a run has found into the answers of its questions. */
function readRun(
  found: Feeds,
  parts: readonly FlipPart[],
  best: number,
  answers: readonly Answer[],
  columns: number,
): void {
  const [values, norms, dots, gains] = [output.scalar, output.norms, output.dots, output.gains].map(
    name => found[name]!.data as Float32Array,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const ids = found[output.ids]!;
  const most = ids.dims[1]!;
  let next = 0;
  parts.forEach(({ index, question: { row }, positions }, r) => {
    const answer = answers[index]!;
    const ofRow = (data: Float32Array): number[] =>
      Array.from(data.subarray(r * columns, r * columns + row.ids.length));
    answer.value = values[r]!;
    answer.norms = ofRow(norms);
    answer.dots = ofRow(dots);
    for (const position of positions) {
      const list: Replacement[] = [];
      for (let at = next * most; at < (next + 1) * most; at++) {
        const [id, gain] = [Number(ids.data[at]), gains[at]!];
        // A gradient that is no number says nothing.
        const fits = gain > excluded / 2 && gain < Infinity;
        if (fits && id !== row.ids[position]) list.push({ id, gain });
      }
      answer.replacements[position] = list.slice(0, best);
      next++;
    }
  });
}

/** A short text that asks for nothing at one position. */
function trialPart({ about: { embedding, head, maxTokens } }: Model): FlipPart {
  const length = Math.min(7, maxTokens);
  const ids = Array.from({ length }, (_, i) => (3 + 11 * i) % embedding.vocabulary);
  const row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
  const decisions = [{ position: head.decides === 'ends' ? 1 : 0, cells: [] }];
  return { index: 0, question: { row, decisions, filterOf: [] }, positions: [] };
}
