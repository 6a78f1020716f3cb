/** How far the function that a program explains is from the file's. */
import type { Model } from '../../model/model';
import { logitsAt } from '../../model/rowOutput';
import { largestDifference } from './gradients/program';
import type { Job } from './method';

/** The largest over the parts of a text's question, relative to the largest logit; `logits`: what the program gave for each part. */
export function disagreementWith(
  { about: { head } }: Model,
  { read, asked }: Job,
  logits: readonly Float32Array[],
): number {
  const differences = asked.parts.map(({ window, decisions }, part) => {
    const output = read.hand.outputs[window]!;
    const positions = head.decides === 'ends' ? [0, 1] : decisions.map(({ position }) => position);
    const expected = positions.map(at => Array.from(logitsAt(head, output, at)));
    const own = logits[part]!;
    // A text that ran with longer ones has logits of an end at the padding too.
    const width = head.decides === 'ends' ? own.length / 2 : (head.classes ?? own.length);
    const found = expected.map((values, at) =>
      Array.from(own.subarray(at * width, at * width + values.length)),
    );
    return largestDifference(expected.flat(), found.flat());
  });
  return Math.max(...differences);
}
