/** What a model says of examples: their loss, what it decides, and whether that is the label. */
import type { Head } from '../../model/head';
import type { Model } from '../../model/model';
import { logitsAt, type RowOutput } from '../../model/rowOutput';
import type { InfluenceInstance } from '../../protocol/influence';
import { predictRows, type RunOptions } from '../task/predictRows';
import { checkFinite } from '../task/reading';
import type { Example } from './curvature/batches';
import type { Target } from './curvature/rowLoss';
import { decisionsOf } from './decisions';
import { emptyState, lossOf } from './head/linearHead';
import { decided, labelInWords, probabilityOf } from './train/labelInWords';

export type Judgement = Pick<
  InfluenceInstance,
  'label' | 'predicted' | 'probability' | 'agrees' | 'loss'
>;

/** In the order of the examples. Throws GlassboxError 'cancelled', and 'bad-model' where a logit is no number. */
export async function judgeExamples(
  model: Model,
  examples: readonly Example[],
  options: RunOptions,
): Promise<Judgement[]> {
  const rows = examples.map(({ row }) => row);
  const { outputs } = await predictRows(model, rows, options);
  const { head } = model.about;
  return examples.map(({ target }, i) => judge(head, target, outputs[i]!));
}

/**
 * `output`: of the example's row. The loss is the mean over the decisions that count, as in curvature/rowLoss.ts. Throws GlassboxError
 * 'bad-model' where a logit is no number.
 */
export function judge(head: Head, target: Target, output: RowOutput): Judgement {
  const decisions = decisionsOf(head, target);
  const logits = decisions.map(({ position }) => logitsAt(head, output, position));
  let loss = 0;
  decisions.forEach(({ right }, i) => {
    checkFinite(logits[i]!);
    const state = emptyState(right.length);
    loss += lossOf(head.link, Float64Array.from(logits[i]!), right, 0, state) / decisions.length;
  });
  const counted =
    head.decides === 'token' ? (target as readonly number[]).filter(tag => tag >= 0) : target;
  const label = labelInWords(head, counted);
  const predicted = labelInWords(head, decided(head, logits));
  return {
    label,
    predicted,
    probability: probabilityOf(head, logits[0]!),
    agrees: head.task === 'regression' ? null : label === predicted,
    loss,
  };
}
