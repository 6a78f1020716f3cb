/** A mean over noise, in groups of draws: together they are the whole, and apart they tell how steady it is. */
import { pearson } from '../../correlation';
import type { RunOptions } from '../../task/predictRows';
import * as health from '../health';
import type { Attribution, Job, SaliencyWork } from '../method';
import type { Plan } from './plan';
import { runPlan } from './runPlan';

const mostGroups = 4;

/** As runPlan, for plans that sum over equally weighted draws. */
export async function runGroups(
  plan: Plan,
  work: SaliencyWork,
  options: RunOptions,
): Promise<Attribution[]> {
  const { points } = plan;
  const count = Math.min(points.length, mostGroups);
  const groups: Attribution[][] = [];
  const shares: number[] = [];
  for (let group = 0; group < count; group++) {
    const from = Math.floor((group * points.length) / count);
    const some = points.slice(from, Math.floor(((group + 1) * points.length) / count));
    const equally = some.map(point => ({ ...point, weight: 1 / some.length }));
    groups.push(await runPlan({ ...plan, points: equally, absolute: false }, work, options));
    shares.push(some.length / points.length);
  }
  return work.jobs.map((job, index): Attribution => {
    const parts = groups.map(group => group[index]!);
    const [first] = parts as [Attribution, ...Attribution[]];
    const mean = first.attributions.map((_, i) =>
      parts.reduce((sum, part, group) => sum + shares[group]! * part.attributions[i]!, 0),
    );
    const steady = health.steady(agreementOf(job, parts));
    return {
      ...first,
      attributions: plan.absolute ? mean.map(Math.abs) : mean,
      signed: first.signed && !plan.absolute,
      health: steady ? [...first.health, steady] : first.health,
    };
  });
}

/**
 * The share of the differences between tokens (special ones not counted: they outweigh the others, and nobody reads them) that other draws
 * would give again: k r / (1 + (k - 1) r), with r the mean correlation of two of k groups (Spearman 1910; Brown 1910).
 * Null: undefined, or a single group.
 */
function agreementOf(job: Job, parts: readonly Attribution[]): number | null {
  const words = parts.map(({ seen, attributions }) =>
    attributions.filter((_, i) => !job.read.hand.tokens[seen[i]!]!.special),
  );
  const pairs = words.flatMap((a, at) => words.slice(at + 1).map(b => pearson(a, b)));
  const found = pairs.filter(value => value !== null);
  if (found.length === 0) return null;
  const r = found.reduce((sum, value) => sum + value, 0) / found.length;
  const count = parts.length;
  return Math.max(0, (count * r) / (1 + (count - 1) * r));
}
