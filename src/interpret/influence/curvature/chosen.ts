/** The parameters that options choose: a model as a function of them, and what they are in words. */
import { hasBlocks, parametersOf } from '../../../autodiff/parameters';
import type { Model } from '../../../model/model';
import type { ResolvedInfluenceOptions } from '../../../protocol/influence';
import { LossModel } from './lossModel';

export type ParameterOptions = Pick<ResolvedInfluenceOptions, 'params' | 'lastBlocks'> &
  Partial<Pick<ResolvedInfluenceOptions, 'params_to_freeze'>>;

export interface Chosen {
  readonly losses: LossModel;
  /** 'the last block and what comes after it (20 tensors, 215,042 numbers)'. */
  readonly says: string;
}

/** Of a model without numbered blocks: its tables of words are left out, for most of their rows no line would move. */
const withoutTables = /^(?!.*embed)/iu;

/** More names than these are counted instead. */
const mostNames = 4;

/**
 * Those whose names fit `params`; else those of the last blocks and after them, or all but embeddings in a model without blocks.
 * Throws GlassboxError: 'bad-input' where no parameter fits, 'unsupported' for heads without a loss of one output.
 */
export async function chosenBy(model: Model, options: ParameterOptions): Promise<Chosen> {
  const { params, lastBlocks, params_to_freeze = [] } = options;
  const frozen = params_to_freeze.map(pattern => new RegExp(pattern, 'u'));
  const but = frozen.length > 0 ? ' but those frozen' : '';
  if (params !== null) {
    const losses = await LossModel.of(model, new RegExp(params, 'u'), frozen);
    return { losses, says: `the parameters named like /${params}/${but} (${sizeOf(losses)})` };
  }
  const { head } = model.about;
  const whole = lastBlocks > 0 && !hasBlocks(parametersOf(await model.graph(), head.outputs[0]!));
  const losses = await LossModel.of(model, whole ? withoutTables : { lastBlocks }, frozen);
  const what = whole
    ? 'all parameters but embeddings, for the model has no numbered blocks'
    : blocksOf(lastBlocks);
  return { losses, says: `${what}${but} (${sizeOf(losses)})` };
}

function blocksOf(count: number): string {
  if (count === 0) return 'what comes after the last block';
  if (count === 1) return 'the last block and what comes after it';
  return `the last ${count} blocks and what comes after them`;
}

function sizeOf({ parameters, size }: LossModel): string {
  const names = parameters.map(({ name }) => name);
  const tensors = names.length > mostNames ? `${names.length} tensors` : names.join(', ');
  return `${tensors}: ${size.toLocaleString('en')} numbers`;
}
