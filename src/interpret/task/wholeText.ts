/** Decisions about a whole text, however many windows it was read in: their mean. */
import { logitsAt } from '../../model/rowOutput';
import type { Cell, Part } from './decision';
import { checkFinite, type TextAtHand } from './reading';

/** The text's logits are the mean of its windows'. Throws GlassboxError 'bad-model' where one is no number. */
export function meanLogits({ head, outputs }: TextAtHand): number[] {
  const each = outputs.map(output => logitsAt(head, output, 0));
  const mean = Array.from(
    each[0]!,
    (_, i) => each.reduce((sum, z) => sum + z[i]!, 0) / each.length,
  );
  checkFinite(mean);
  return mean;
}

/** The same question of every window. */
export function meanParts({ outputs }: TextAtHand, cells: readonly Cell[]): Part[] {
  return outputs.map((_, window) => ({
    window,
    weight: 1 / outputs.length,
    decisions: [{ position: 0, cells }],
  }));
}

/** For the end of a sentence about what is explained; '' for a single window. */
export function meanInWords({ outputs }: TextAtHand): string {
  return outputs.length > 1 ? ` (mean of ${outputs.length} windows)` : '';
}
