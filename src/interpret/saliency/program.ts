/** The saliency program of a model as a session, checked against the model that it was made from. */
import { setImmediate } from 'node:timers/promises';
import type { Row } from '../../model/inputs';
import type { Model, Releasable } from '../../model/model';
import { writeModel } from '../../onnx/writeModel';
import { GlassboxError, reasonOf } from '../../protocol/messages';
import { Session, type Feeds } from '../../runtime/session';
import { Pace } from './pace';
import { buildProgramGraph } from './programGraph';
import { runPoints } from './runPoints';
import { noTarget } from './target';

/** Largest difference between both predictions, relative to the largest logit (at least 1). */
const tolerance = { cpu: 1e-5, webgpu: 1e-4 };

export class SaliencyProgram implements Releasable {
  readonly pace: Pace;
  /** How far the prediction through injected word vectors is from the one from ids (see `check`). */
  disagreement = NaN;

  private constructor(
    readonly model: Model,
    private readonly session: Session,
  ) {
    const { matrixWeights, device } = model.about;
    this.pace = new Pace(matrixWeights, device);
  }

  /** The program of a model: built and checked on first use, then kept. Throws GlassboxError. */
  static async of(model: Model): Promise<SaliencyProgram> {
    return await model.program('saliency', async () => {
      const bytes = writeModel(await buildProgramGraph(model));
      const { file, device } = model.about;
      const session = await Session.create(bytes, { device }).catch((error: unknown) => {
        throw cannotRun(file, error);
      });
      const program = new SaliencyProgram(model, session);
      try {
        await program.check();
      } catch (error) {
        await program.release();
        // What `check` itself finds is said already.
        const found = error instanceof GlassboxError && error.code === 'bad-model';
        throw found ? error : cannotRun(file, error);
      }
      return program;
    });
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
    const { embedding, labels, maxTokens, file, device } = this.model.about;
    const length = Math.min(7, maxTokens);
    const ids = Array.from({ length }, (_, i) => (3 + 11 * i) % embedding.vocabulary);
    const row: Row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    const [expected] = await this.model.predict([row]);
    const { rows } = await runPoints(this, {
      rows: [row],
      targets: [noTarget(labels.length)],
      baseline: { ids: [ids.map(() => 0)], scale: 0 },
      points: [{ alpha: 1, weight: 0, sigma: 0, relative: false, sample: 0 }],
    });
    const found = rows[0]!.logits[0]!;
    const scale = Math.max(1, ...expected!.map(Math.abs));
    const differences = expected!.map((value, index) => Math.abs(value - found[index]!));
    this.disagreement = Math.max(...differences) / scale;
    if (!(this.disagreement <= tolerance[device])) {
      throw new GlassboxError(
        'bad-model',
        `${file} predicts differently from its own word vectors than from token ids (by ${this.disagreement.toExponential(1)}), so a gradient would explain another function; export the model again with a standard exporter.`,
      );
    }
  }
}

function cannotRun(file: string, error: unknown): GlassboxError {
  return new GlassboxError(
    'unsupported',
    `${file} runs, but not together with its derivative (${reasonOf(error)}); export the model again with another exporter or opset.`,
  );
}
