/** The methods by name. */
import {
  influenceNames,
  suspicionNames,
  type InfluenceMethodName,
  type SuspicionMethodName,
} from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { InfluenceMethod, SuspicionMethod } from '../method';
import { conjugateGradientMethod } from './conjugateGradient';
import { gradientCosineMethod } from './gradientCosine';
import { gradientDotMethod } from './gradientDot';
import { headMethod, headSuspicion } from './head';
import { lissaMethod } from './lissa';
import { lossSuspicion } from './loss';
import { neighboursMethod } from './neighbours';
import { tracinMethod } from './tracin';

export const influenceMethodTable: Readonly<Record<InfluenceMethodName, InfluenceMethod>> = {
  head: headMethod,
  cg: conjugateGradientMethod,
  lissa: lissaMethod,
  ekfac: missing(influenceNames.ekfac),
  tracin: tracinMethod,
  'gradient-dot': gradientDotMethod,
  'gradient-cosine': gradientCosineMethod,
  neighbours: neighboursMethod,
};

export const suspicionMethodTable: Readonly<Record<SuspicionMethodName, SuspicionMethod>> = {
  head: headSuspicion,
  ekfac: missing(suspicionNames.ekfac),
  loss: lossSuspicion,
};

function missing(name: string): () => Promise<never> {
  const says = `${name} is not there yet; choose the method "head".`;
  return () => Promise.reject(new GlassboxError('unsupported', says));
}
