/** From the graph of a file to the one that is explained, and what was changed on the way. */
import { convert, type Conversion } from '../autodiff/lower';
import { prepare } from '../autodiff/passes';
import type { Graph } from '../onnx/graph';
import type { HealthCheck } from '../protocol/explanation';
import { GlassboxError } from '../protocol/messages';
import { giveLogits, type Squashed, type Unsquashed } from './probabilityOutputs';

export interface Prepared extends Unsquashed {
  readonly conversions: readonly Conversion[];
}

/** In float32 and in the form that the derivative rules know. Errors of the passes name the file. */
export function prepareGraph(graph: Graph, file: string): Prepared {
  try {
    const { graph: converted, conversions } = convert(graph);
    return { ...giveLogits(prepare(converted)), conversions };
  } catch (error) {
    if (!(error instanceof GlassboxError) || error.message.includes(file)) throw error;
    throw new GlassboxError(error.code, `${file}: ${error.message}`);
  }
}

export function squashedNote(how: Squashed): HealthCheck {
  return {
    check: 'conversion',
    ok: true,
    value: null,
    says: `The file gives probabilities (it ends in a ${how}); what is explained are the logits before it.`,
  };
}

export function conversionNote({ says, exact }: Conversion): HealthCheck {
  return {
    check: 'conversion',
    ok: true,
    value: null,
    says: `The file has ${says}${exact ? '' : '; how far that changes the prediction is measured'}.`,
  };
}
