/** A program that looks at each text once, as a session. */
import { setImmediate } from 'node:timers/promises';
import { columnsOf, type Row } from '../../../model/inputs';
import type { Model, Releasable } from '../../../model/model';
import type { HealthCheck } from '../../../protocol/explanation';
import { Session, type Feeds } from '../../../runtime/session';
import { cannotRun, onDevice } from '../../onDevice';
import { namingFile } from '../../programGraphs';
import { idleDecisions } from '../gradients/decisionFeeds';
import { Pace } from '../gradients/pace';
import type { RowGraph } from './rowGraph';
import { feedsOfRows } from './rowFeeds';

export class RowProgram implements Releasable {
  readonly pace: Pace;

  private constructor(
    readonly model: Model,
    readonly device: 'cpu' | 'webgpu',
    private readonly session: Session,
    readonly outputs: Omit<RowGraph, 'graph'>,
    /** Set where the program runs elsewhere than the model. */
    readonly note: HealthCheck | null,
  ) {
    this.pace = new Pace(model.about.matrixWeights, device);
  }

  /**
   * The program called `name`, made on first use and kept with the model. `extra`: what it is fed besides rows. Throws GlassboxError,
   * 'unsupported' from `build` with the model's file in its sentence.
   */
  static async of(
    model: Model,
    name: string,
    build: (model: Model) => Promise<RowGraph>,
    extra: Feeds = {},
  ): Promise<RowProgram> {
    return await model.program(name, async () => {
      const made = await namingFile(model, () => build(model));
      return await onDevice(model, (device, note) => open(model, made, device, note, extra));
    });

    async function open(
      ...[of, { graph, ...outputs }, device, note, more]: [
        Model,
        RowGraph,
        'cpu' | 'webgpu',
        HealthCheck | null,
        Feeds,
      ]
    ): Promise<RowProgram> {
      const { file } = of.about;
      const session = await Session.of(graph, { device }).catch((error: unknown) => {
        throw cannotRun(file, error);
      });
      const program = new RowProgram(of, device, session, outputs, note);
      try {
        await program.tryOut(more);
        return program;
      } catch (error) {
        await program.release();
        throw cannotRun(file, error);
      }
    }
  }

  /** One run. The caller cuts the work into slices and gives way to messages between them (runRows.ts). */
  async run(feeds: Feeds, fetches: readonly string[]): Promise<Feeds> {
    await setImmediate();
    return await this.session.run(feeds, fetches);
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /** Only when it has run once there is it known that a device can. */
  private async tryOut(extra: Feeds): Promise<void> {
    const { inputs, embedding, maxTokens } = this.model.about;
    const length = Math.min(4, maxTokens);
    const ids = Array.from({ length }, (_, i) => (3 + 11 * i) % embedding.vocabulary);
    const row: Row = { ids, mask: ids.map(() => 1), typeIds: ids.map(() => 0) };
    const { tokens, numbers } = this.outputs;
    const decisions = idleDecisions(1, [0]);
    const feeds = feedsOfRows(
      this.model.about,
      [row],
      decisions,
      'logit',
      columnsOf(inputs, [row]),
    );
    await this.session.run({ ...feeds, ...extra }, [...tokens, ...numbers]);
  }
}
