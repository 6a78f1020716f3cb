/** Methods that show attention itself. */
import type { HealthCheck, MethodDescription } from '../../../protocol/explanation';
import { plain, type Attribution, type Method } from '../method';
import { RowProgram } from '../rows/rowProgram';
import { runRows } from '../rows/runRows';
import { attentionOutput, buildAttentionGraph, type Combine } from './attentionGraph';
import { attentionTimesGradient, rollout } from './combine';

type Own = Pick<MethodDescription, 'name' | 'title' | 'about' | 'source'>;

function attentionMethod(own: Own, combine: Combine, gradients: boolean, note: string): Method {
  const says: HealthCheck = { check: 'attention', ok: true, value: null, says: note };
  return {
    description: {
      ...own,
      defaults: {},
      aggregations: [],
      // Of a loss, "towards the label" would be what is negative.
      scalar: 'logit',
      family: 'attention',
      costly: false,
      linear: false,
    },
    fixed: [],
    attribute: async (work, options) => {
      const program = await RowProgram.of(work.model, own.name, model =>
        buildAttentionGraph(model, combine, gradients),
      );
      const found = await runRows(program, work.jobs, 'logit', {}, options);
      return found.map(({ seen, tokens, disagreement }): Attribution => ({
        ...plain,
        seen,
        attributions: tokens[attentionOutput]!,
        signed: false,
        normalisation: 'max',
        health: [...(program.note ? [program.note] : []), says],
        disagreement,
        device: program.device,
      }));
    },
  };
}

export const attentionRollout = attentionMethod(
  {
    name: 'attention-rollout',
    title: 'Attention rollout',
    about:
      'Where the position that decides looks, through all layers: attention probabilities, averaged over heads, half of each layer being what passes by. Attention is no explanation of itself: it knows nothing of the label, nor of what is done with what is looked at.',
    source:
      'Abnar and Zuidema 2020, arXiv:2005.00928; caution: Jain and Wallace 2019, arXiv:1902.10186',
  },
  rollout,
  false,
  'Attention says where the model looks, not what it makes of it: this map is the same for every label.',
);

export const attentionXGradient = attentionMethod(
  {
    name: 'attention-x-gradient',
    title: 'Attention x gradient',
    about:
      'Attention probabilities times their gradient, where the product is positive, averaged over heads and added up through all layers. It asks for the label, but what passes by attention, and what speaks against the label, is not in it: attention is no explanation of itself.',
    source: 'Chefer et al. 2021, arXiv:2103.15679, equations 5 and 6',
  },
  attentionTimesGradient,
  true,
  'Only attention that speaks for the label is shown, without what speaks against it and without what the layers make of it.',
);
