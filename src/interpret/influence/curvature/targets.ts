/** Whether a model can be asked for the loss of examples. */
import type { Model } from '../../../model/model';
import { GlassboxError } from '../../../protocol/messages';
import type { Example } from './batches';
import { lossOf } from './rowLoss';

/** Numbers of a target in an error. */
const shown = 8;

/** Throws GlassboxError 'bad-input' for a target that the model does not have, or where nothing counts. */
export function checkTargets({ about: { head, file } }: Model, examples: readonly Example[]): void {
  const loss = lossOf(head, file);
  const wrong = examples.findIndex(
    ({ target }) => !loss.fits(target, head.classes ?? Infinity) || loss.decisions(target) === 0,
  );
  if (wrong < 0) return;
  const target = [examples[wrong]!.target].flat().slice(0, shown).join(', ');
  throw new GlassboxError(
    'bad-input',
    `Example ${wrong + 1} has the target ${target || '(none)'}, which says nothing to ${file}; leave it out, or give it a label of the model.`,
  );
}
