import { Session } from '../../src/runtime/session';
import { toBatch, type Example } from './batches';

/** What a model says of some reviews. */
export interface Evaluation {
  readonly accuracy: number;
  /** Index of the label with the largest logit, one a review. */
  readonly predicted: readonly number[];
  /** Softmax of the logits, one row a review. */
  readonly probabilities: readonly (readonly number[])[];
}

/** Runs a finished model (bytes or path) on reviews, one padded batch after the other. */
export async function evaluate(
  model: Uint8Array | string,
  examples: readonly Example[],
  { threads = 2, padId = 0, labels = 2 } = {},
): Promise<Evaluation> {
  const session = await Session.create(model, { threads });
  const probabilities: number[][] = [];
  try {
    for (let i = 0; i < examples.length; i += 50) {
      const chunk = toBatch(examples.slice(i, i + 50), { labels, padId });
      const dims = [chunk.batch, chunk.length];
      const { logits } = await session.run({
        input_ids: { dtype: 'int64', dims, data: chunk.ids },
        attention_mask: { dtype: 'int64', dims, data: chunk.mask },
      });
      const values = [...(logits!.data as Float32Array)];
      for (let row = 0; row < chunk.batch; row++) {
        probabilities.push(softmax(values.slice(row * labels, (row + 1) * labels)));
      }
    }
  } finally {
    await session.release();
  }
  const predicted = probabilities.map(row => row.indexOf(Math.max(...row)));
  const right = predicted.filter((label, i) => label === examples[i]!.label).length;
  return { accuracy: right / examples.length, predicted, probabilities };
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const powers = logits.map(logit => Math.exp(logit - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}
