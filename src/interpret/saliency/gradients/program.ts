/** The saliency program of a model as a session, checked against the model that it was made from. */
import { setImmediate } from 'node:timers/promises';
import type { Row } from '../../../model/inputs';
import type { Model, Releasable } from '../../../model/model';
import type { Graph } from '../../../onnx/graph';
import type { HealthCheck } from '../../../protocol/explanation';
import { GlassboxError } from '../../../protocol/messages';
import { Session, type Feeds } from '../../../runtime/session';
import { cannotRun, onDevice } from '../../onDevice';
import { Pace } from './pace';
import { logitsAt } from '../../../model/rowOutput';
import { idleDecisions } from './decisionFeeds';
import { buildProgramGraph } from './programGraph';
import { runPoints, silentPoint } from './runPoints';

/** Largest difference between both predictions, relative to the largest logit (at least 1). */
export const tolerance = { cpu: 1e-5, webgpu: 1e-4 };

export class SaliencyProgram implements Releasable {
  readonly pace: Pace;
  /** How far the prediction through injected word vectors is from the one from ids (see `check`). */
  disagreement = NaN;

  private constructor(
    readonly model: Model,
    readonly device: 'cpu' | 'webgpu',
    private readonly session: Session,
    /** Set where the program runs elsewhere than the model. */
    readonly note: HealthCheck | null,
  ) {
    this.pace = new Pace(model.about.matrixWeights, device);
  }

  /**
   * The program of a model: built and checked on first use, then kept. Where a GPU cannot run it, the CPU does.
   * Throws GlassboxError.
   */
  static async of(model: Model): Promise<SaliencyProgram> {
    return await model.program('saliency', async () => {
      const graph = await buildProgramGraph(model);
      return await onDevice(model, (device, note) =>
        SaliencyProgram.open(model, graph, device, note),
      );
    });
  }

  private static async open(
    model: Model,
    graph: Graph,
    device: 'cpu' | 'webgpu',
    note: HealthCheck | null,
  ): Promise<SaliencyProgram> {
    const { file } = model.about;
    const session = await Session.of(graph, { device }).catch((error: unknown) => {
      throw cannotRun(file, error);
    });
    const program = new SaliencyProgram(model, device, session, note);
    try {
      await program.check();
      return program;
    } catch (error) {
      await program.release();
      // What `check` itself finds is said already.
      const found = error instanceof GlassboxError && error.code === 'bad-model';
      throw found ? error : cannotRun(file, error);
    }
  }

  /** One run. The caller cuts the work into slices and gives way to messages between them (runPoints.ts). */
  async run(feeds: Feeds, fetches: readonly string[]): Promise<Feeds> {
    await setImmediate();
    return await this.session.run(feeds, fetches);
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /**
   * The prediction from ids and the one from word vectors put in by hand must be the same function:
   * else positions or types would be added twice and the map would explain another model.
   */
  private async check(): Promise<void> {
    const { embedding, head, maxTokens, file, exact } = this.model.about;
    const length = Math.min(7, maxTokens);
    const ids = Array.from({ length }, (_, i) => (3 + 11 * i) % embedding.vocabulary);
    const row: Row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    const positions = head.decides === 'ends' ? [0, 1] : [0];
    const [output] = await this.model.predict([row]);
    const { rows } = await runPoints(this, {
      rows: [row],
      decisions: idleDecisions(1, positions),
      scalar: 'logit',
      baseline: { ids: [ids.map(() => 0)], scale: 0 },
      points: [silentPoint(1)],
      wantsLogits: true,
    });
    const expected = positions.flatMap(at => Array.from(logitsAt(head, output!, at)));
    this.disagreement = largestDifference(expected, rows[0]!.logits[0]!);
    // Converted weights (half precision, whole numbers) compute another function: each explanation measures it.
    if (!exact) return;
    if (!(this.disagreement <= tolerance[this.model.about.device])) {
      throw new GlassboxError(
        'bad-model',
        `${file} predicts differently from its own word vectors than from token ids (by ${this.disagreement.toExponential(1)}), so a gradient would explain another function; export the model again with a standard exporter.`,
      );
    }
  }
}

/** Relative to the largest expected magnitude, or to 1 where all are smaller. */
export function largestDifference(expected: ArrayLike<number>, found: ArrayLike<number>): number {
  let scale = 1;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(expected[i]! - found[i]!));
  }
  return Number.isNaN(difference) ? NaN : difference / scale;
}
