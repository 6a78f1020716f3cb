/** The methods by name. */
import {
  influenceNames,
  suspicionNames,
  type InfluenceMethodName,
  type SuspicionMethodName,
} from '../../../protocol/influence';
import { GlassboxError } from '../../../protocol/messages';
import type { InfluenceMethod, SuspicionMethod } from '../method';
import { headMethod, headSuspicion } from './head';
import { lossSuspicion } from './loss';
import { neighboursMethod } from './neighbours';

export const influenceMethodTable: Readonly<Record<InfluenceMethodName, InfluenceMethod>> = {
  head: headMethod,
  cg: missing(influenceNames.cg),
  lissa: missing(influenceNames.lissa),
  ekfac: missing(influenceNames.ekfac),
  tracin: missing(influenceNames.tracin),
  'gradient-dot': missing(influenceNames['gradient-dot']),
  'gradient-cosine': missing(influenceNames['gradient-cosine']),
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
