/** The table of saliency methods: swapping one for another is one name. */
import type { ModelFacts } from '../../model/model';
import type { MethodDescription } from '../../protocol/explanation';
import { GlassboxError } from '../../protocol/messages';
import { attentionRollout, attentionXGradient } from './attention/methods';
import {
  allenNlpIntegratedGradient,
  allenNlpSimpleGradient,
  allenNlpSmoothGradient,
} from './gradients/allenNlp';
import { gradient } from './gradients/gradient';
import { inputXGradient } from './gradients/inputXGradient';
import { integratedGradients } from './gradients/integratedGradients';
import type { Method } from './method';
import { cpLrp, epsilonLrp, lrp } from './relevance/lrp';
import { defaultsFor } from './parameters';
import { smoothGrad } from './gradients/smoothGrad';
import { random } from './control';
import { kernelShap } from './perturbation/kernelShap';
import { lime } from './perturbation/lime';
import { occlusion } from './perturbation/occlusion';
import { shapleySampling } from './perturbation/shapleySampling';

const methods: readonly Method[] = [
  integratedGradients,
  inputXGradient,
  gradient,
  smoothGrad,
  allenNlpSimpleGradient,
  allenNlpIntegratedGradient,
  allenNlpSmoothGradient,
  lrp,
  cpLrp,
  epsilonLrp,
  occlusion,
  lime,
  kernelShap,
  shapleySampling,
  attentionRollout,
  attentionXGradient,
  random,
];

/** All methods in the order in which a menu shows them, the default first. */
export const methodDescriptions: readonly MethodDescription[] = methods.map(
  method => method.description,
);

/** The same with the defaults that fit a model. */
export function methodsFor(about: Pick<ModelFacts, 'maskId'>): MethodDescription[] {
  return methodDescriptions.map(description => ({
    ...description,
    defaults: defaultsFor(description, about),
  }));
}

/** Throws GlassboxError 'bad-input' listing the names there are. */
export function methodNamed(name: string): Method {
  const found = methods.find(({ description }) => description.name === name);
  if (found) return found;
  throw new GlassboxError(
    'bad-input',
    `There is no method "${name}"; choose one of ${methods.map(({ description }) => description.name).join(', ')}.`,
  );
}
