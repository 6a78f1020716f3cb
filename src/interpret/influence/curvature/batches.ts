/** How examples are cut into runs of a program. */
import type { ModelFacts } from '../../../model/model';
import { columnsOf, type Row } from '../../../model/inputs';
import type { Target } from './rowLoss';

/** A text as numbers with what is right for it. */
export interface Example {
  readonly row: Row;
  readonly target: Target;
}

/** Multiply-adds of one run: some tenths of a second on a desktop's CPU, for between two runs one can cancel. */
const operations = { cpu: 1e11, webgpu: 1e12 };
/** Tokens of one run. More are no faster, and the values between of a derivative take memory. */
const tokens = { least: 128, most: { cpu: 2048, webgpu: 8192 } };
/** Logits of one run, of a masked model. */
const mostLogits = 1 << 24;

/** Tokens of a run of a program that costs a token `cost` forward passes. */
export function tokensOfRun(
  { matrixWeights, head, embedding }: ModelFacts,
  device: 'cpu' | 'webgpu',
  cost: number,
): number {
  const affordable = Math.max(tokens.least, operations[device] / (cost * matrixWeights));
  const logits = head.decides === 'token' ? (head.classes ?? embedding.vocabulary) : 1;
  return Math.floor(Math.min(tokens.most[device], affordable, mostLogits / logits));
}

/**
 * Numbers of examples (from 0) in batches of at most `most` tokens with padding, at least one example each. Those of like
 * length stand together, so that little is padded; where the model is not told what is padding (no mask), those
 * of the same length alone. The cut depends on nothing but the examples and `most`.
 */
export function cutIntoBatches(
  { inputs }: ModelFacts,
  examples: readonly Example[],
  most: number,
): number[][] {
  const lengthOf = (at: number): number => columnsOf(inputs, [examples[at]!.row]);
  const masked = inputs.values.some(({ role }) => role === 'mask' || role === 'lengths');
  const order = [...examples.keys()].sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  const batches: number[][] = [];
  for (const at of order) {
    const batch = batches.at(-1);
    const length = lengthOf(at);
    const rows = (batch?.length ?? 0) + 1;
    const fits = inputs.batch === null ? rows * length <= most : rows <= inputs.batch;
    if (batch && fits && (masked || lengthOf(batch[0]!) === length)) batch.push(at);
    else batches.push([at]);
  }
  return batches;
}
