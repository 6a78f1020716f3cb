/** The methods by name. */
import type { InfluenceMethodName, SuspicionMethodName } from '../../../protocol/influence';
import type { InfluenceMethod, SuspicionMethod } from '../method';
import { conjugateGradientMethod } from './conjugateGradient';
import { ekfacMethod, ekfacSuspicion } from './ekfac';
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
  ekfac: ekfacMethod,
  tracin: tracinMethod,
  'gradient-dot': gradientDotMethod,
  'gradient-cosine': gradientCosineMethod,
  neighbours: neighboursMethod,
};

export const suspicionMethodTable: Readonly<Record<SuspicionMethodName, SuspicionMethod>> = {
  head: headSuspicion,
  ekfac: ekfacSuspicion,
  loss: lossSuspicion,
};
