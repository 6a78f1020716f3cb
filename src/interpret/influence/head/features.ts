/** The features of a training file as the head's methods read them: in blocks, as often as they are asked for, never all at once. */
import { GlassboxError } from '../../../protocol/messages';
import { pauser } from '../../pause';

export interface FeatureBlock {
  readonly rows: number;
  /** What the last linear map reads, [rows, width]. */
  readonly features: Float32Array;
  /** y [rows, classes]: 1 for the right label and else 0, or the right numbers of a regression. */
  readonly targets: Float64Array;
  /**
   * What each row counts in the loss of its line, [rows]: of a tagger 1 / (tokens of the line that count), so that a line's loss is
   * the mean over its tokens. By default every row is a line of its own, and counts 1.
   */
  readonly weights?: Float64Array;
}

export interface FeatureSource {
  /** In all blocks mostRows. */
  readonly rows: number;
  /** One pass; always the same rows in the same order. */
  blocks(): Iterable<FeatureBlock> | AsyncIterable<FeatureBlock>;
}

/** Rows that are worked on between two looks at the signal. */
export const mostRows = 2048;

/** What a pass does with some rows; `first` is the number of their first one. */
export type Visit = (block: FeatureBlock, first: number) => Promise<void> | void;

/**
 * One pass over all rows, in blocks of at most 2,048. Throws GlassboxError 'cancelled', and 'internal' where the source has not
 * as many rows as it says.
 */
export async function eachBlock(
  source: FeatureSource,
  visit: Visit,
  signal?: AbortSignal,
): Promise<void> {
  const pause = pauser(signal);
  let first = 0;
  for await (const block of source.blocks()) {
    const [width, classes] = [
      block.features.length / block.rows,
      block.targets.length / block.rows,
    ];
    for (let from = 0; from < block.rows; from += mostRows) {
      await pause();
      const to = Math.min(block.rows, from + mostRows);
      const part = {
        rows: to - from,
        features: block.features.subarray(from * width, to * width),
        targets: block.targets.subarray(from * classes, to * classes),
        ...(block.weights && { weights: block.weights.subarray(from, to) }),
      };
      await visit(part, first + from);
    }
    first += block.rows;
  }
  if (first !== source.rows) {
    throw new GlassboxError(
      'internal',
      `The features have ${first} rows where ${source.rows} were expected; compute them again.`,
    );
  }
}
