/** The flip program of a model as a session: gradients and the best replacements over the vocabulary, in batches. */
import type { Model, Releasable } from '../../../model/model';
import type { RunOptions } from '../../task/readText';
import type { FlipAnswer, FlipFrame, FlipQuestion } from './flipQuestion';

export class FlipProgram implements Releasable {
  private constructor(readonly model: Model) {}

  /** Built on first use and kept with the model. Throws GlassboxError 'unsupported' naming an op without a derivative. */
  static async of(model: Model): Promise<FlipProgram> {
    return await model.program('flip', () => Promise.resolve(new FlipProgram(model)));
  }

  /**
   * One answer a question, in order, and the runs that it took. Throws GlassboxError 'cancelled' between two runs.
   */
  run(
    _questions: readonly FlipQuestion[],
    _frame: FlipFrame,
    _options: RunOptions = {},
  ): Promise<{ answers: FlipAnswer[]; runs: number }> {
    return Promise.reject(new Error('not there yet'));
  }

  release(): Promise<void> {
    return Promise.resolve();
  }
}
